"""Message sets, the formats before record batches (magic 0 and 1); compressed ones are one message around a set."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from struct import Struct
from typing import Any

from klamm.inspect.records.batches import Limits
from klamm.inspect.records.codecs import CODECS, decompress
from klamm.wire import Malformed, Reader

__all__ = ["messages"]

_ENTRY = Struct(">qi")
_MESSAGE = Struct(">Ibb")
_TIMESTAMP = Struct(">q")
_LENGTH = Struct(">i")
_CHECKED_FROM = 16
_CODEC, _APPEND_TIME = 7, 8


def messages(entry: bytes, at: int, limits: Limits, *, nested: bool = False) -> Iterator[dict[str, Any]]:
    """Gives the message of one entry of a message set, with the messages inside if it is compressed."""
    message: dict[str, Any] = {}
    try:
        _read(message, entry, limits)
        codec = message["attributes"] & _CODEC
        if codec and not limits.blanked:
            if nested:
                raise Malformed("a compressed message inside a compressed message", offset=_CHECKED_FROM + 1)
            _unpack(message, codec, limits)
    except Malformed as error:
        message |= {"error": error.reason, "offset": at + (error.offset or 0)}
    yield message


def _read(message: dict[str, Any], entry: bytes, limits: Limits) -> None:
    reader = Reader(entry)
    if reader.remaining < _ENTRY.size + _MESSAGE.size:
        raise reader.fail(f"a message of {reader.remaining} bytes")
    message["offset"], message["message_size"] = _ENTRY.unpack(reader.take(_ENTRY.size))
    message["crc"], message["magic"], message["attributes"] = _MESSAGE.unpack(reader.take(_MESSAGE.size))
    codec = message["attributes"] & _CODEC
    message["compression"] = CODECS[codec] if codec < len(CODECS) else codec
    if limits.blanked:
        return
    message["crc_valid"] = zlib.crc32(entry[_CHECKED_FROM:]) == message["crc"]
    if message["magic"] == 1:
        message["timestamp"] = reader.unpack(_TIMESTAMP)
        message["timestamp_type"] = "log append time" if message["attributes"] & _APPEND_TIME else "create time"
    message["key"] = _bytes(reader)
    message["value"] = _bytes(reader)
    reader.finish()
    if not message["crc_valid"]:
        raise Malformed(f"the checksum is not the {message['crc']} it says", offset=_ENTRY.size)


def _unpack(message: dict[str, Any], codec: int, limits: Limits) -> None:
    data = decompress(codec, message.pop("value") or b"", limits.bytes, magic=message["magic"])
    inner: list[dict[str, Any]] = []
    message["messages"] = inner
    pos = 0
    while len(data) - pos >= _ENTRY.size:
        size = _ENTRY.unpack_from(data, pos)[1]
        end = pos + _ENTRY.size + size
        if size < 0 or end > len(data):
            raise Malformed(f"a message of {size} bytes inside a compressed one that has {len(data) - pos} left")
        if len(inner) == limits.records:
            message["more_records"] = True
            break
        inner += messages(data[pos:end], 0, limits, nested=True)
        pos = end
    if message["magic"] == 1 and inner and "more_records" not in message:
        # Inside, offsets count from 0; the outer one is the last one's (KIP-31).
        first = message["offset"] - inner[-1].get("offset", 0)
        for one in inner:
            one["offset"] = one.get("offset", 0) + first


def _bytes(reader: Reader) -> bytes | None:
    size = reader.unpack(_LENGTH)
    if size < -1:
        raise reader.fail(f"a length of {size} bytes")
    return None if size < 0 else reader.take(size)
