"""Counts are promises of a peer: none is believed before the bytes for it are there and the budget allows it."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from klamm.wire import DEFAULT_BUDGET, Array, Malformed, Number, Record, Text

INT8 = Number("Int8", "b")
INT16 = Number("Int16", "h")
NAME = Text("TopicName")
SMALL = Record("name" / NAME)
"""Two bytes in flexible versions: an empty name and an empty tag buffer."""


def classic(element: Any, nullable: str = "none") -> Array:
    return Array(element, nullable).at(0, flexible=False)


def compact(element: Any, nullable: str = "none") -> Array:
    return Array(element, nullable).at(0, flexible=True)


BOMBS = {
    "classic 2^31-1": (classic(INT8), b"\x7f\xff\xff\xff" + bytes(1000)),
    "compact 2^31-1": (compact(INT8), b"\x80\x80\x80\x80\x08" + bytes(1000)),
    "compact 2^32-2": (compact(INT8), b"\xff\xff\xff\xff\x0f" + bytes(1000)),
    "as many as bytes, two bytes each": (classic(INT16), b"\0\0\x03\xe8" + bytes(1000)),
    "one more than bytes": (classic(INT8), b"\0\0\x03\xe9" + bytes(1000)),
    "records of two bytes": (compact(SMALL), b"\xe9\x07" + bytes(1000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_count_beyond_what_is_left_is_refused_unread(name: str, counted: Any) -> None:
    layout, data = BOMBS[name][0], counted(BOMBS[name][1])
    with pytest.raises(Malformed, match=r"\d+ elements cannot fit in 1000 bytes"):
        layout.parse(data)
    assert data.steps <= 5


def test_a_refused_count_allocates_nothing() -> None:
    layout, data = BOMBS["classic 2^31-1"]
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            layout.parse(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 65_536


def test_as_many_elements_as_bytes_are_read_when_each_takes_one() -> None:
    assert classic(INT8).parse(b"\0\0\x03\xe8" + bytes(1000)) == [0] * 1000


def test_a_frame_of_tiny_elements_stops_at_the_budget(counted: Any) -> None:
    # 390 kB of two-byte records: 195,000 of them become a hundred times their size in memory.
    count = 195_000
    data = counted(b"\xb9\xf3\x0b" + b"\x01\x00" * count)
    with pytest.raises(Malformed, match="more elements than one frame may hold"):
        compact(SMALL).parse(data, budget=count - 1)
    assert data.steps <= 5
    assert len(compact(SMALL).parse(data, budget=count)) == count
    assert count < DEFAULT_BUDGET


def test_no_frame_has_more_elements_than_the_default_budget() -> None:
    count = DEFAULT_BUDGET + 1
    with pytest.raises(Malformed, match="more elements than one frame may hold"):
        classic(INT8).parse(count.to_bytes(4, "big") + bytes(count))


def test_nested_lists_share_one_budget() -> None:
    nested = classic(classic(INT8))
    data = b"\0\0\0\x03" + (b"\0\0\0\x04" + bytes(4)) * 3
    assert nested.parse(data, budget=15) == [[0] * 4] * 3
    with pytest.raises(Malformed, match=r"^\[2\]: more elements"):
        nested.parse(data, budget=14)


def test_empty_elements_cannot_multiply_for_free() -> None:
    # Even an element without a plain field takes a byte for its tags, so a count never exceeds the bytes.
    empty = compact(Record())
    with pytest.raises(Malformed, match="cannot fit"):
        empty.parse(b"\x80\x80\x40" + bytes(100))


@pytest.mark.parametrize("count", [-2, -1000, -(2**31)])
def test_a_negative_count_is_refused(count: int) -> None:
    for layout in (classic(INT8), classic(INT8, "0+")):
        with pytest.raises(Malformed, match=f"a list of {count} elements"):
            layout.parse(count.to_bytes(4, "big", signed=True) + bytes(100))


def test_null_is_a_list_only_where_the_layout_says_so() -> None:
    assert classic(INT8, "0+").parse(b"\xff\xff\xff\xff") is None
    assert compact(INT8, "0+").parse(b"\0") is None
    for layout, data in ((classic(INT8), b"\xff\xff\xff\xff"), (compact(INT8), b"\0")):
        with pytest.raises(Malformed, match="null where a list is required"):
            layout.parse(data)
        with pytest.raises(Malformed, match="null where a list is required"):
            layout.build(None)


@pytest.mark.parametrize("size", [0, 1, 126, 127, 128, 16383])
def test_a_list_of_any_length_survives_the_trip(size: int) -> None:
    for layout in (classic(INT8), compact(INT8)):
        assert layout.parse(layout.build([1] * size)) == [1] * size
