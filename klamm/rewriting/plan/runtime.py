"""What generated plans call: the rare cases, kept out of the generated code."""

from __future__ import annotations

from struct import Struct

__all__ = ["Unusual", "int16", "int32", "int32_bytes", "long_varint", "uvarint_bytes"]

int16 = Struct(">h").unpack_from
int32 = Struct(">i").unpack_from
int32_bytes = Struct(">i").pack


class Unusual(Exception):
    """Says that a frame is not of the plain kind that plans are made for; the walker decides what it is."""


def long_varint(data: bytes, pos: int) -> tuple[int, int]:
    """Reads a varint of more than one byte; gives its value and the position of its last byte.

    Only the shortest form is taken: the walker writes that, and what a plan copies must be equal to it.
    """
    value, shift = data[pos] & 0x7F, 7
    for position in range(pos + 1, pos + 5):
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if byte == 0 or value > 0xFFFFFFFF:
                raise Unusual
            return value, position
        shift += 7
    raise Unusual


def uvarint_bytes(value: int) -> bytes:
    """Gives a varint in its shortest form."""
    if value < 0x80:
        return bytes((value,))
    if value < 0x4000:
        return bytes((value & 0x7F | 0x80, value >> 7))
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
