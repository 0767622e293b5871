"""What the tap leaves out of a frame: credentials always, records unless asked for. Zeros keep length and layout.

The value of a config may be a password (``sasl.jaas.config``, a plugin's token), so only those of topics' own configs,
which are numbers and modes, are written. It fails closed: where a table cannot say what is where, everything behind
the header is zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from klamm.wire import Array, Leaf, Malformed, Message, NullableRecord, Reader, Record
from klamm.wire.base import WireType
from klamm.wire.headers import decode_request_header, decode_response_header
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY

__all__ = ["HARMLESS_CONFIGS", "SECRET_APIS", "blanked"]

SECRET_APIS: Final = frozenset({36, 38, 39, 40, 41, 51, 58})
"""SaslAuthenticate, the delegation tokens', AlterUserScramCredentials and Envelope: their bodies are never written."""

HARMLESS_CONFIGS: Final = frozenset({
    "cleanup.policy", "compression.gzip.level", "compression.lz4.level", "compression.type",
    "compression.zstd.level", "delete.retention.ms", "file.delete.delay.ms", "flush.messages", "flush.ms",
    "index.interval.bytes", "local.retention.bytes", "local.retention.ms", "max.compaction.lag.ms",
    "max.message.bytes", "message.timestamp.after.max.ms", "message.timestamp.before.max.ms",
    "message.timestamp.type", "min.cleanable.dirty.ratio", "min.compaction.lag.ms", "min.insync.replicas",
    "preallocate", "remote.storage.enable", "retention.bytes", "retention.ms", "segment.bytes",
    "segment.index.bytes", "segment.jitter.ms", "segment.ms", "unclean.leader.election.enable",
})  # fmt: skip
"""Configs whose values are written; those of all others may be secrets."""

_COVERED: Final = frozenset({"ConfigValue", "Records"})
_ABSENT = 0x80
_BUDGET = 20_000_000
_BATCH_HEADER = 61
_MESSAGE_HEADER = 17
_MAGIC_AT = 16


def blanked(frame: bytes, api_key: int, version: int, is_response: bool, records: bool) -> tuple[bytes, bool, bool]:
    """Gives the frame to write, and whether its body was withheld and whether parts of it were blanked."""
    api = BY_KEY.get(api_key)
    try:
        start = _body_offset(frame, api, version, is_response)
    except Malformed:
        return _zeros_from(frame, 4 if is_response else 8), True, False
    if api is None or api_key in SECRET_APIS:
        return _zeros_from(frame, start), True, False
    if version not in api.versions:
        return _zeros_from(frame, start), True, False
    layout = api.response(version) if is_response else api.request(version)
    kinds = _COVERED - {"Records"} if records else _COVERED
    if not _kinds_in(layout) & kinds:
        return frame, False, False
    try:
        written, is_covered = _without(frame, layout, start, kinds)
        return written, False, is_covered
    except Malformed:
        return _zeros_from(frame, start), True, False


def _body_offset(frame: bytes, api: Api | None, version: int, is_response: bool) -> int:
    if api is None:
        return 4 if is_response else 8
    if is_response:
        return decode_response_header(frame, api.response_header_version(version))[1]
    return decode_request_header(frame, api.request_header_version(version))[1]


def _zeros_from(frame: bytes, start: int) -> bytes:
    return frame[:start] + bytes(max(0, len(frame) - start))


def _without(frame: bytes, layout: Message, start: int, kinds: frozenset[str]) -> tuple[bytes, bool]:
    reader = Reader(frame, start, budget=_BUDGET)
    out = bytearray(frame)
    is_covered = False
    for begin, end, is_text in _spans(layout, reader, kinds):
        is_covered = True
        for first, last in ((begin, end),) if is_text else _contents(frame, begin, end):
            out[first:last] = bytes(last - first)
    reader.finish()
    return bytes(out), is_covered


def _contents(frame: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Finds what is behind the header of each batch: that may stay, for it holds no key, value or header."""
    pos = begin
    while end - pos > _MAGIC_AT:
        following = pos + 12 + int.from_bytes(frame[pos + 8 : pos + 12], "big", signed=True)
        if following <= pos + _MAGIC_AT or following > end:
            break
        header = _BATCH_HEADER if frame[pos + _MAGIC_AT] >= 2 else _MESSAGE_HEADER
        yield min(pos + header, following), following
        pos = following
    yield pos, end


@cache
def _kinds_in(layout: WireType) -> frozenset[str]:
    if isinstance(layout, Leaf):
        return frozenset({layout.kind}) & _COVERED
    if isinstance(layout, Array):
        return _kinds_in(layout.element)
    if isinstance(layout, NullableRecord):
        return _kinds_in(layout.record)
    inner = layout.fields.values() if isinstance(layout, Record) else ()
    return frozenset().union(*map(_kinds_in, inner))


def _spans(layout: WireType, reader: Reader, kinds: frozenset[str]) -> Iterator[tuple[int, int, bool]]:
    """Reads a value and gives where in it are bytes to cover, and whether these are a text.

    Only the parts that can hold any are looked into.
    """
    if not _kinds_in(layout) & kinds:
        layout.read(reader)
    elif isinstance(layout, Leaf):
        value = layout.read(reader)
        if value:
            yield reader.pos - len(value), reader.pos, False
    elif isinstance(layout, Array):
        count = reader.uvarint() - 1 if layout.compact else int.from_bytes(reader.take(4), "big", signed=True)
        for _ in range(reader.spend(max(count, 0), layout.element.min_size)):
            yield from _spans(layout.element, reader, kinds)
    elif isinstance(layout, Record):
        yield from _fields(layout, reader, kinds)
    elif isinstance(layout, NullableRecord):
        if reader.take(1)[0] < _ABSENT:
            yield from _spans(layout.record, reader, kinds)
    else:
        raise reader.fail("something to cover where no table has it")


def _fields(layout: Record, reader: Reader, kinds: frozenset[str]) -> Iterator[tuple[int, int, bool]]:
    name = None
    for _, kind in layout.plain:
        if not isinstance(kind, Leaf) or kind.kind not in ("ConfigName", "ConfigValue"):
            yield from _spans(kind, reader, kinds)
            continue
        text = kind.read(reader)
        if kind.kind == "ConfigName":
            name = text
        elif text and name not in HARMLESS_CONFIGS:
            yield reader.pos - len(text.encode("utf-8", "surrogateescape")), reader.pos, True
    if layout.flexible:
        _skip_tags(layout, reader, kinds)


def _skip_tags(layout: Record, reader: Reader, kinds: frozenset[str]) -> None:
    if any(_kinds_in(kind) & kinds for _, kind in layout.tagged.values()):
        raise reader.fail("something to cover in a tagged field")
    for _ in range(reader.spend(reader.uvarint(), 2)):
        reader.uvarint()
        reader.take(reader.uvarint())
