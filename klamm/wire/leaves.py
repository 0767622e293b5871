"""Leaves: integers, strings, bytes and uuids, each check its own.

A leaf carries a ``kind``: what the value *is* (TopicName, GroupId, ErrorCode ...). Kafka's layout says how it is
written, the kind lets the rules say what happens to it.

Strings are decoded with surrogateescape: bytes that are not UTF-8 survive the trip unchanged, and what a name may
hold is decided where names are known, not here.
"""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error
from typing import Any

from klamm.wire.base import WireType
from klamm.wire.errors import Malformed
from klamm.wire.reader import Reader, write_uvarint

__all__ = ["Blob", "Boolean", "Leaf", "Number", "Text", "Uuid"]

_INT16 = Struct(">h")
_INT32 = Struct(">i")
_MAX_TEXT = 32767
_MAX_BLOB = 2**31 - 2


class Leaf(WireType):
    """A value without parts."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def at(self, version: int, flexible: bool) -> Leaf:
        return self


class Number(Leaf):
    """A fixed-size number, in network byte order; ``code`` is its letter in the struct module."""

    default: Any = 0

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(kind)
        self.layout = Struct(">" + code)
        self.min_size = self.layout.size

    def read(self, reader: Reader) -> Any:
        return reader.unpack(self.layout)

    def write(self, out: bytearray, value: Any) -> None:
        try:
            out += self.layout.pack(value)
        except (struct_error, OverflowError) as error:
            raise Malformed(f"{value!r} does not fit: {error}") from None


class Boolean(Leaf):
    """One byte; anything but zero is true, as for Kafka's readers.

    Another byte than 0 and 1 is read as that number, which is true as well, and survives the trip unchanged.
    """

    default = False

    def read(self, reader: Reader) -> bool | int:
        byte = reader.take(1)[0]
        return byte if byte > 1 else byte == 1

    def write(self, out: bytearray, value: Any) -> None:
        out.append(value & 0xFF if isinstance(value, int) else bool(value))


class Uuid(Leaf):
    """Sixteen bytes."""

    default = bytes(16)
    min_size = 16

    def read(self, reader: Reader) -> bytes:
        return reader.take(16)

    def write(self, out: bytearray, value: Any) -> None:
        if len(value) != 16:
            raise Malformed(f"a uuid has 16 bytes, not {len(value)}")
        out += value


class Text(Leaf):
    """A string: int16 length and -1 for null, or in flexible versions a varint of length + 1 and 0 for null."""

    default = ""
    compact = False
    min_size = 2

    def at(self, version: int, flexible: bool) -> Leaf:
        return self.varied(compact=True, min_size=1) if flexible else self

    def read(self, reader: Reader) -> str | None:
        size = reader.uvarint() - 1 if self.compact else reader.unpack(_INT16)
        if size < 0:
            if size == -1 and self.nullable:
                return None
            raise reader.fail("null where a string is required" if size == -1 else f"a string length of {size}")
        if size > _MAX_TEXT:
            raise reader.fail(f"a string of {size} bytes is too long")
        return reader.take(size).decode("utf-8", "surrogateescape")

    def write(self, out: bytearray, value: Any) -> None:
        if value is None:
            if not self.nullable:
                raise Malformed("null where a string is required")
            out += b"\0" if self.compact else b"\xff\xff"
            return
        try:
            data = value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise Malformed(f"a string that cannot be written: {error.reason}") from None
        if len(data) > _MAX_TEXT:
            raise Malformed(f"a string of {len(data)} bytes is too long")
        if self.compact:
            write_uvarint(out, len(data) + 1)
        else:
            out += _INT16.pack(len(data))
        out += data


class Blob(Leaf):
    """Bytes: int32 length and -1 for null, or in flexible versions a varint of length + 1 and 0 for null."""

    default = b""
    compact = False
    min_size = 4

    def at(self, version: int, flexible: bool) -> Leaf:
        return self.varied(compact=True, min_size=1) if flexible else self

    def read(self, reader: Reader) -> bytes | None:
        size = reader.uvarint() - 1 if self.compact else reader.unpack(_INT32)
        if size < 0:
            if size == -1 and self.nullable:
                return None
            raise reader.fail("null where bytes are required" if size == -1 else f"a length of {size} bytes")
        return reader.take(size)

    def write(self, out: bytearray, value: Any) -> None:
        if value is None:
            if not self.nullable:
                raise Malformed("null where bytes are required")
            out += b"\0" if self.compact else b"\xff\xff\xff\xff"
            return
        if len(value) > _MAX_BLOB:
            raise Malformed(f"{len(value)} bytes are too many")
        if self.compact:
            write_uvarint(out, len(value) + 1)
        else:
            out += _INT32.pack(len(value))
        out += value
