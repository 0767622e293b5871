"""Whatever a peer does to a body of any version of any API: Malformed or a value, and never anything else."""

from __future__ import annotations

from struct import Struct
from typing import Any

import pytest

from conformance.cases import CASES, Case
from conformance.fuzzing import read_body
from conformance.samples import sample
from klamm.wire import Malformed, Message, Reader

# What stands where a length or a count is expected: -2, -1, 0 and the greatest number.
NUMBERS = (-2, -1, 0, 1)
VARINTS = (b"\xff\xff\xff\xff\x0f", b"\xff\xff\xff\xff\x07", b"\0", b"\xff" * 9, b"\x80\x80\x80\x80\x00")


class NotingReader(Reader):
    """Notes where each number of the body begins and how many bytes it has; a varint has 0 of them."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.seen: list[tuple[int, int, int]] = []

    def unpack(self, layout: Struct) -> Any:
        self.seen.append((self.pos, layout.size, layout.size))
        return super().unpack(layout)

    def uvarint(self) -> int:
        start = self.pos
        value = super().uvarint()
        self.seen.append((start, self.pos - start, 0))
        return value


def replacements(data: bytes, layout: Message) -> list[bytes]:
    """Give the body with each of its numbers, lengths and counts replaced by each extreme."""
    reader = NotingReader(data)
    layout.read(reader)
    bodies = []
    for start, size, fixed in reader.seen:
        extremes = (
            [number.to_bytes(fixed, "big", signed=True) for number in NUMBERS] + [b"\x7f" + b"\xff" * (fixed - 1)]
            if fixed
            else VARINTS
        )
        bodies += [data[:start] + extreme + data[start + size :] for extreme in extremes]
    return bodies


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_extreme_in_any_length_or_count_is_malformed_or_a_value(case: Case) -> None:
    layout = case.layout
    for body in replacements(layout.build(sample(layout)), layout):
        read_body(case, body)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_body_cut_or_lengthened_anywhere_is_malformed(case: Case) -> None:
    layout = case.layout
    data = layout.build(sample(layout))
    for end in range(len(data)):
        with pytest.raises(Malformed):
            layout.parse(data[:end])
    with pytest.raises(Malformed, match="1 bytes too many"):
        layout.parse(data + b"\0")
