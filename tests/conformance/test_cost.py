"""What bytes can cost is bounded by their number, whatever they are: counted in calls and bytes, not timed."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import Any

import pytest

from conformance.cases import CASES, Case
from conformance.cost import cost
from conformance.fuzzing import MEMORY_PER_BYTE, STEPS_PER_BYTE, bounded
from klamm.wire import Array, FrameSplitter, Malformed, Message, NullableRecord, Record
from klamm.wire.base import WireType
from klamm.wire.headers import decode_request_header

MEGABYTE = 1_000_000
# What a peer that has read the protocol would send: runs that never end, and counts that promise more than there is.
NOISE = {
    "ones": b"\xff" * MEGABYTE,
    "continuations": b"\x80" * MEGABYTE,
    "greatest": b"\x7f" * MEGABYTE,
    "count of all": b"\x7f\xff\xff\xff" + bytes(MEGABYTE),
    "compact count of all": b"\xff\xff\xff\xff\x0f" + bytes(MEGABYTE),
}


def smallest(layout: WireType) -> Any:
    """Give the value of a layout that takes the fewest bytes."""
    if layout.nullable:
        return None
    if isinstance(layout, Record):
        return {name: smallest(kind) for name, kind in layout.fields.items()}
    return layout.fresh_default()


def crowded(layout: WireType, entries: int) -> Any:
    """Give a value whose lists have many of the smallest entries: the most objects that so many bytes can become."""
    match layout:
        case NullableRecord():
            return crowded(layout.record, entries)
        case Record():
            return {name: crowded(kind, entries) for name, kind in layout.fields.items()}
        case Array():
            return [smallest(layout.element)] * entries
    return smallest(layout)


def refused_at(layout: Message, data: bytes) -> int:
    """Give the number of bytes that were looked at; those of a message that has none are too many from the first."""
    with pytest.raises(Malformed) as caught:
        layout.parse(data)
    assert caught.value.offset is not None
    return caught.value.offset


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_most_objects_per_byte_stay_within_bounds(case: Case) -> None:
    layout = case.layout
    data = layout.build(crowded(layout, 100))
    bounded(lambda: layout.parse(data), len(data), str(case))


@pytest.mark.parametrize("name", NOISE)
def test_a_megabyte_of_noise_is_refused_for_what_was_looked_at_of_it(name: str) -> None:
    data = NOISE[name]
    looked_at = []
    for case in CASES:
        layout = case.layout
        seen = refused_at(layout, data)
        spent = cost(partial(refused_at, layout, data))
        assert spent.steps < 2_000 + STEPS_PER_BYTE * seen, f"{case}: {spent.steps} steps for {seen} bytes"
        assert spent.memory < 2 * MEGABYTE + MEMORY_PER_BYTE * seen, f"{case}: {spent.memory} bytes for {seen} bytes"
        looked_at.append(seen)
    # What the rest is does not matter: half of the messages get no further than a few fields.
    assert median(looked_at) < 1_000


@pytest.mark.parametrize("name", NOISE)
def test_a_megabyte_of_noise_is_no_header(name: str) -> None:
    data = b"\0\3\0\x0c\0\0\0\1\xff\xff" + NOISE[name]

    def read() -> None:
        with pytest.raises(Malformed):
            decode_request_header(data, 2)

    spent = cost(read)
    assert spent.steps < 1_000
    assert spent.memory < 100_000


@pytest.mark.parametrize("length", [b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x80\0\0\0", bytes(4)])
def test_a_bad_length_costs_nothing(length: bytes) -> None:
    def read() -> None:
        with pytest.raises(Malformed):
            FrameSplitter(512 * 1024).feed(length)

    spent = cost(read)
    assert spent.steps < 200
    assert spent.memory < 65_536
