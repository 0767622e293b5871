"""Records: named fields one after the other, and in flexible versions a buffer of tagged fields (KIP-482)."""

from __future__ import annotations

from typing import Any

from klamm.wire.base import WireType, renamed
from klamm.wire.errors import Malformed
from klamm.wire.reader import DEFAULT_BUDGET, Reader, write_uvarint

__all__ = ["UNKNOWN_TAGS", "Message", "NullableRecord", "Record"]

UNKNOWN_TAGS = "_unknown_tags"
"""Key under which a record keeps tags without a declaration, ``{tag: bytes}``; absent when there are none."""

_MAX_UNKNOWN_TAGS = 64
_MAX_UNKNOWN_TAG_SIZE = 4096


class Record(WireType):
    """Fields in wire order; values are plain dicts with every field of the version, tagged ones included.

    Declared as ``Record("name" / Type, ...)``. Building takes the default for what the dict does not hold.
    """

    flexible = False

    def __init__(self, *fields: Any) -> None:
        super().__init__()
        self._arrange([renamed(field) for field in fields])

    def _arrange(self, fields: list[tuple[str, WireType]]) -> None:
        self.fields = dict(fields)
        if len(self.fields) != len(fields):
            raise TypeError(f"a record names a field twice: {[name for name, _ in fields]}")
        self.plain = [(name, kind) for name, kind in fields if not hasattr(kind, "tag")]
        self.tagged = {kind.tag: (name, kind) for name, kind in fields if hasattr(kind, "tag")}
        self.min_size = max(1, sum(kind.min_size for _, kind in self.plain) + self.flexible)

    def at(self, version: int, flexible: bool) -> Record:
        resolved = ((name, kind.at(version, flexible)) for name, kind in self.fields.items())
        layout = self.varied(flexible=flexible)
        layout._arrange([(name, kind) for name, kind in resolved if kind is not None])
        return layout

    def as_nullable(self) -> NullableRecord:
        """Gives the same record with a marker byte before it."""
        return NullableRecord(self)

    def fresh_default(self) -> dict[str, Any]:
        return {name: kind.fresh_default() for name, kind in self.fields.items()}

    def read(self, reader: Reader) -> dict[str, Any]:
        value: dict[str, Any] = {}
        name = ""
        try:
            for name, kind in self.plain:
                value[name] = kind.read(reader)
        except Malformed as error:
            raise error.within(name) from None
        if self.flexible:
            self._read_tags(reader, value)
        return value

    def _read_tags(self, reader: Reader, value: dict[str, Any]) -> None:
        for name, kind in self.tagged.values():
            value[name] = kind.fresh_default()
        count = reader.spend(reader.uvarint(), 2)
        unknown: dict[int, bytes] = {}
        last = -1
        for _ in range(count):
            tag = reader.uvarint()
            if tag <= last:
                raise reader.fail(f"tag {tag} after tag {last}")
            last = tag
            data = reader.take(reader.uvarint())
            if tag in self.tagged:
                self._read_tag(tag, data, reader, value)
            elif len(unknown) >= _MAX_UNKNOWN_TAGS or len(data) > _MAX_UNKNOWN_TAG_SIZE:
                raise reader.fail("more unknown tags than a record may hold")
            elif reader.keep_tags:
                unknown[tag] = data
        if unknown:
            value[UNKNOWN_TAGS] = unknown

    def _read_tag(self, tag: int, data: bytes, reader: Reader, value: dict[str, Any]) -> None:
        name, kind = self.tagged[tag]
        start = reader.pos - len(data)
        inner = Reader(data, budget=reader.budget, keep_tags=reader.keep_tags)
        try:
            value[name] = kind.read(inner)
            inner.finish()
        except Malformed as error:
            error.offset = start + (error.offset or 0)
            raise error.within(name) from None
        reader.budget = inner.budget

    def write(self, out: bytearray, value: Any) -> None:
        name = ""
        try:
            for name, kind in self.plain:
                kind.write(out, value[name] if name in value else kind.fresh_default())
            if self.flexible:
                name = ""
                self._write_tags(out, value)
        except Malformed as error:
            raise (error.within(name) if name else error) from None

    def _write_tags(self, out: bytearray, value: dict[str, Any]) -> None:
        tags: dict[int, bytes] = dict(value.get(UNKNOWN_TAGS, ()))
        for tag, (name, kind) in self.tagged.items():
            if name in value and value[name] != kind.fresh_default():
                try:
                    tags[tag] = kind.build(value[name])
                except Malformed as error:
                    raise error.within(name) from None
        write_uvarint(out, len(tags))
        for tag in sorted(tags):
            write_uvarint(out, tag)
            write_uvarint(out, len(tags[tag]))
            out += tags[tag]


class NullableRecord(WireType):
    """A record behind a marker byte: -1 for null, 1 for present."""

    nullable = True

    def __init__(self, record: Record) -> None:
        super().__init__()
        self.record = record

    def read(self, reader: Reader) -> dict[str, Any] | None:
        marker = reader.take(1)[0]
        if marker >= 0x80:
            return None
        return self.record.read(reader)

    def write(self, out: bytearray, value: Any) -> None:
        if value is None:
            out.append(0xFF)
            return
        out.append(1)
        self.record.write(out, value)


class Message(Record):
    """The record that is a whole body: it names api and version in its errors, and fills its bytes exactly."""

    def __init__(self, record: Record, api: str, version: int) -> None:
        self.__dict__.update(record.__dict__)
        self.api, self.version = api, version

    def parse(  # type: ignore[override]  # as in WireType
        self, data: bytes, *, budget: int = DEFAULT_BUDGET, keep_tags: bool = True, exact: bool = True
    ) -> Any:
        try:
            return super().parse(data, budget=budget, keep_tags=keep_tags, exact=exact)
        except Malformed as error:
            raise error.of(self.api, self.version) from None

    def build(self, obj: Any, **contextkw: Any) -> bytes:
        try:
            return super().build(obj)
        except Malformed as error:
            raise error.of(self.api, self.version) from None
