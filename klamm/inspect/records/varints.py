"""Zigzag varints of records: signed, at most five or ten bytes."""

from __future__ import annotations

from klamm.wire import Reader

__all__ = ["read_varint"]


def read_varint(reader: Reader, bits: int = 32) -> int:
    """Reads a signed varint of 32 or 64 bits; raises Malformed."""
    data, start = reader.data, reader.pos
    value = shift = 0
    for position in range(start, min(start + (bits + 6) // 7, reader.end)):
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> bits:
                break
            reader.pos = position + 1
            return (value >> 1) ^ -(value & 1)
        shift += 7
    raise reader.fail("a varint that does not end" if reader.remaining else "1 byte wanted, 0 left")
