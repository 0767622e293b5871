"""Combinators of the tables: arrays, versions, nullability, defaults and tags around the leaves and records.

``Only``, ``Since``, ``Nullable``, ``Default`` and ``Tagged`` exist in declarations alone: ``at`` resolves them, so
that the layout of one version is made of leaves, arrays and records and nothing else.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

from klamm.wire.base import WireType
from klamm.wire.errors import Malformed
from klamm.wire.reader import Reader, write_uvarint
from klamm.wire.versions import NEVER, Versions

__all__ = ["Array", "Default", "Nullable", "Only", "Since", "Tagged"]

_INT32 = Struct(">i")


class Array(WireType):
    """Elements of one type: int32 count and -1 for null, or in flexible versions a varint of count + 1 and 0 for null.

    ``nullable`` names the versions in which the array may be null.
    """

    compact = False
    min_size = 4
    default: Any = ()

    def __init__(self, element: WireType, nullable: str = "none") -> None:
        super().__init__()
        self.element = element
        self.nullable_versions = NEVER if nullable == "none" else Versions.parse(nullable)

    def at(self, version: int, flexible: bool) -> Array:
        return self.varied(
            element=self.element.at(version, flexible),
            nullable=self.nullable or version in self.nullable_versions,
            compact=flexible,
            min_size=1 if flexible else 4,
        )

    def fresh_default(self) -> list[Any] | None:
        return None if self.default is None else list(self.default)

    def read(self, reader: Reader) -> list[Any] | None:
        count = reader.uvarint() - 1 if self.compact else reader.unpack(_INT32)
        if count < 0:
            if count == -1 and self.nullable:
                return None
            raise reader.fail("null where a list is required" if count == -1 else f"a list of {count} elements")
        reader.spend(count, self.element.min_size)
        values: list[Any] = []
        read, append = self.element.read, values.append
        try:
            for _ in range(count):
                append(read(reader))
        except Malformed as error:
            raise error.within(f"[{len(values)}]") from None
        return values

    def write(self, out: bytearray, value: Any) -> None:
        if value is None:
            if not self.nullable:
                raise Malformed("null where a list is required")
            out += b"\0" if self.compact else b"\xff\xff\xff\xff"
            return
        if self.compact:
            write_uvarint(out, len(value) + 1)
        else:
            out += _INT32.pack(len(value))
        write = self.element.write
        for index, item in enumerate(value):
            try:
                write(out, item)
            except Malformed as error:
                raise error.within(f"[{index}]") from None


class _Declaration(WireType):
    """A wrapper that exists until the version is known."""

    def __init__(self, inner: WireType) -> None:
        super().__init__()
        self.inner = inner


class Only(_Declaration):
    """A field that exists in some versions only, written as Kafka writes them (``8-10``)."""

    def __init__(self, versions: str, inner: WireType) -> None:
        super().__init__(inner)
        self.versions = Versions.parse(versions)

    def at(self, version: int, flexible: bool) -> WireType | None:
        return self.inner.at(version, flexible) if version in self.versions else None


class Since(Only):
    """A field that exists from one version on."""

    def __init__(self, version: int, inner: WireType) -> None:
        super().__init__(f"{version}+", inner)


class Nullable(_Declaration):
    """A string, bytes or record that may be null in some versions (lists say so themselves)."""

    def __init__(self, inner: WireType, versions: str = "0+") -> None:
        super().__init__(inner)
        self.versions = Versions.parse(versions)

    def at(self, version: int, flexible: bool) -> WireType | None:
        inner = self.inner.at(version, flexible)
        if inner is None or version not in self.versions:
            return inner
        return inner.as_nullable() if hasattr(inner, "as_nullable") else inner.varied(nullable=True)


class Default(_Declaration):
    """A field whose value is not the type's zero when it is not sent."""

    def __init__(self, inner: WireType, value: Any) -> None:
        super().__init__(inner)
        self.value = value

    def at(self, version: int, flexible: bool) -> WireType | None:
        inner = self.inner.at(version, flexible)
        return None if inner is None else inner.varied(default=self.value)


class Tagged(_Declaration):
    """A field that travels in the tag buffer and is left out while it has its default (KIP-482)."""

    def __init__(self, tag: int, inner: WireType) -> None:
        super().__init__(inner)
        self.tag = tag

    def at(self, version: int, flexible: bool) -> WireType | None:
        inner = self.inner.at(version, flexible)
        return None if inner is None else inner.varied(tag=self.tag)
