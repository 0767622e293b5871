"""Whatever a peer does to a body of any version of any API: Malformed or a value, and never anything else."""

from __future__ import annotations

from struct import Struct
from typing import Any

import pytest

from conformance.samples import sample
from klamm.wire import Malformed, Message, Reader
from protocol_tables import registry

LAYOUTS = [
    pytest.param(api.key, version, direction, id=f"{api.name}-v{version}-{direction}")
    for api in registry.BY_KEY.values()
    for version in api.versions
    for direction in ("request", "response")
]
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


def layout_of(key: int, version: int, direction: str) -> Message:
    layout: Message = getattr(registry.BY_KEY[key], direction)(version)
    return layout


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


@pytest.mark.parametrize(("key", "version", "direction"), LAYOUTS)
def test_an_extreme_in_any_length_or_count_is_malformed_or_a_value(key: int, version: int, direction: str) -> None:
    layout = layout_of(key, version, direction)
    for body in replacements(layout.build(sample(layout)), layout):
        try:
            value = layout.parse(body)
        except Malformed as error:
            assert (error.api, error.version) == (f"{registry.BY_KEY[key].name} {direction}", version)
            assert error.offset is not None
            assert 0 <= error.offset <= len(body)
        else:
            # What parses can be built again, and says the same then.
            assert layout.parse(layout.build(value)) == value


@pytest.mark.parametrize(("key", "version", "direction"), LAYOUTS)
def test_a_body_cut_or_lengthened_anywhere_is_malformed(key: int, version: int, direction: str) -> None:
    layout = layout_of(key, version, direction)
    data = layout.build(sample(layout))
    for end in range(len(data)):
        with pytest.raises(Malformed):
            layout.parse(data[:end])
    with pytest.raises(Malformed, match="1 bytes too many"):
        layout.parse(data + b"\0")
