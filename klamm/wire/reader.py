"""Checked reading: every length and count that a peer sends is held against the bytes that are really there."""

from __future__ import annotations

from struct import Struct
from typing import Any

from klamm.wire.errors import Malformed

__all__ = ["DEFAULT_BUDGET", "Reader", "write_uvarint"]

DEFAULT_BUDGET = 250_000
"""Array elements and tags that one client frame may hold: what a small frame can cost in memory is bounded by it."""

_MAX_VARINT_BYTES = 5


class Reader:
    """A cursor over immutable bytes that never reads past its end.

    ``budget`` counts down with every array element and tag, so that a frame of many tiny elements cannot
    become a tree a hundred times its size. ``keep_tags`` says whether tags without a declaration become part of the
    value. Every failed check raises Malformed with the offset.
    """

    __slots__ = ("budget", "data", "end", "keep_tags", "pos")

    def __init__(self, data: bytes, pos: int = 0, *, budget: int = DEFAULT_BUDGET, keep_tags: bool = True) -> None:
        self.data = data
        self.keep_tags = keep_tags
        self.pos = pos
        self.end = len(data)
        self.budget = budget

    @property
    def remaining(self) -> int:
        """Bytes not yet read."""
        return self.end - self.pos

    def fail(self, reason: str) -> Malformed:
        """Makes the error for this position."""
        return Malformed(reason, offset=self.pos)

    def take(self, size: int) -> bytes:
        """Reads exactly ``size`` bytes."""
        end = self.pos + size
        if size < 0 or end > self.end:
            raise self.fail(f"{size} bytes wanted, {self.remaining} left")
        data = self.data[self.pos : end]
        self.pos = end
        return data

    def unpack(self, layout: Struct) -> Any:
        """Reads one fixed-size value."""
        end = self.pos + layout.size
        if end > self.end:
            raise self.fail(f"{layout.size} bytes wanted, {self.remaining} left")
        (value,) = layout.unpack_from(self.data, self.pos)
        self.pos = end
        return value

    def uvarint(self) -> int:
        """Reads an unsigned varint of 32 bits in at most five bytes; over-long forms are legal, as for Kafka."""
        value = shift = 0
        for position in range(self.pos, min(self.pos + _MAX_VARINT_BYTES, self.end)):
            byte = self.data[position]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value > 0xFFFFFFFF:
                    break
                self.pos = position + 1
                return value
            shift += 7
        raise self.fail("a varint that does not end" if self.remaining else "1 byte wanted, 0 left")

    def spend(self, count: int, min_size: int) -> int:
        """Allows ``count`` elements of at least ``min_size`` bytes each, or raises before anything is allocated."""
        if count < 0 or count * min_size > self.remaining:
            raise self.fail(f"{count} elements cannot fit in {self.remaining} bytes")
        self.budget -= count
        if self.budget < 0:
            raise self.fail("more elements than one frame may hold")
        return count

    def finish(self) -> None:
        """Checks that everything was read."""
        if self.pos != self.end:
            raise self.fail(f"{self.remaining} bytes too many")


def write_uvarint(out: bytearray, value: int) -> None:
    """Appends an unsigned varint in its shortest form."""
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
