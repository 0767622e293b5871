"""What the tap leaves out of a frame: credentials always, records unless asked for. Zeros keep length and layout.

It fails closed: where a table cannot say what is where, everything behind the header is zeros.
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

__all__ = ["SECRET_APIS", "blanked"]

SECRET_APIS: Final = frozenset({36, 38, 39, 40, 41, 51, 58})
"""SaslAuthenticate, the delegation tokens', AlterUserScramCredentials and Envelope: their bodies are never written."""

_BUDGET = 20_000_000
_BATCH_HEADER = 61
_MESSAGE_HEADER = 17
_MAGIC_AT = 16


def blanked(frame: bytes, api_key: int, version: int, is_response: bool, records: bool) -> tuple[bytes, bool, bool]:
    """Gives the frame to write, and whether its body was withheld and whether records in it were blanked."""
    api = BY_KEY.get(api_key)
    try:
        start = _body_offset(frame, api, version, is_response)
    except Malformed:
        return _zeros_from(frame, 4 if is_response else 8), True, False
    if api is None or api_key in SECRET_APIS:
        return _zeros_from(frame, start), True, False
    if records:
        return frame, False, False
    if version not in api.versions:
        return _zeros_from(frame, start), True, False
    layout = api.response(version) if is_response else api.request(version)
    if not _holds_records(layout):
        return frame, False, False
    try:
        return _without_records(frame, layout, start), False, True
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


def _without_records(frame: bytes, layout: Message, start: int) -> bytes:
    reader = Reader(frame, start, budget=_BUDGET)
    out = bytearray(frame)
    for begin, end in _spans(layout, reader):
        for first, last in _contents(frame, begin, end):
            out[first:last] = bytes(last - first)
    reader.finish()
    return bytes(out)


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
def _holds_records(layout: WireType) -> bool:
    if isinstance(layout, Leaf):
        return layout.kind == "Records"
    if isinstance(layout, Array):
        return _holds_records(layout.element)
    if isinstance(layout, NullableRecord):
        return _holds_records(layout.record)
    return isinstance(layout, Record) and any(_holds_records(kind) for kind in layout.fields.values())


def _spans(layout: WireType, reader: Reader) -> Iterator[tuple[int, int]]:
    """Reads a value and gives where in it records are; only the parts that can hold any are looked into."""
    if not _holds_records(layout):
        layout.read(reader)
    elif isinstance(layout, Leaf):
        value = layout.read(reader)
        if value:
            yield reader.pos - len(value), reader.pos
    elif isinstance(layout, Array):
        count = reader.uvarint() - 1 if layout.compact else int.from_bytes(reader.take(4), "big", signed=True)
        for _ in range(reader.spend(max(count, 0), layout.element.min_size)):
            yield from _spans(layout.element, reader)
    elif isinstance(layout, Record):
        for _, kind in layout.plain:
            yield from _spans(kind, reader)
        if layout.flexible:
            _skip_tags(layout, reader)
    else:
        raise reader.fail("records where no table has them")


def _skip_tags(layout: Record, reader: Reader) -> None:
    if any(_holds_records(kind) for _, kind in layout.tagged.values()):
        raise reader.fail("records in a tagged field")
    for _ in range(reader.spend(reader.uvarint(), 2)):
        reader.uvarint()
        reader.take(reader.uvarint())
