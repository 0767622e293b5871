"""Request and response headers of all versions, with Kafka's two quirks.

``client_id`` stays an old string with an int16 length in the flexible request header v2 (RequestHeader.json,
``flexibleVersions: none``), and the answer to ApiVersions has header v0 in every version, so that a client can read
it before it knows what the broker speaks (KIP-511); the tables say the latter.

Header tags are read within bounds and never kept: none is defined, and what Klamm cannot read it does not pass on.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from klamm.wire.errors import Malformed
from klamm.wire.reader import Reader

__all__ = [
    "RequestHeader",
    "decode_request_header",
    "decode_response_header",
    "encode_request_header",
    "encode_response_header",
    "peek_request",
]

_PEEK = Struct(">hhi")
_INT16 = Struct(">h")
_INT32 = Struct(">i")
_MAX_CLIENT_ID = 32767
_MAX_HEADER_TAGS = 64


@dataclass(frozen=True, slots=True)
class RequestHeader:
    """What a request says before its body; ``client_id`` is kept as the bytes that were sent."""

    api_key: int
    api_version: int
    correlation_id: int
    client_id: bytes | None


def peek_request(frame: bytes) -> tuple[int, int, int]:
    """Reads api key, api version and correlation id, which stand first in every header version."""
    if len(frame) < _PEEK.size:
        raise Malformed(f"a request of {len(frame)} bytes has no header", offset=0)
    api_key, api_version, correlation_id = _PEEK.unpack_from(frame)
    return api_key, api_version, correlation_id


def decode_request_header(frame: bytes, header_version: int) -> tuple[RequestHeader, int]:
    """Reads a request header v0, v1 or v2 and the offset at which the body starts."""
    api_key, api_version, correlation_id = peek_request(frame)
    reader = Reader(frame, _PEEK.size)
    client_id = _read_client_id(reader) if header_version >= 1 else None
    if header_version >= 2:
        _skip_tags(reader)
    return RequestHeader(api_key, api_version, correlation_id, client_id), reader.pos


def encode_request_header(header: RequestHeader, header_version: int) -> bytes:
    """Gives the bytes of a request header v0, v1 or v2, without tags."""
    out = bytearray(_PEEK.pack(header.api_key, header.api_version, header.correlation_id))
    if header_version >= 1:
        out += _client_id(header.client_id)
    if header_version >= 2:
        out.append(0)
    return bytes(out)


def decode_response_header(frame: bytes, header_version: int) -> tuple[int, int]:
    """Reads the correlation id of a response header v0 or v1 and the offset at which the body starts."""
    reader = Reader(frame)
    correlation_id = reader.unpack(_INT32)
    if header_version >= 1:
        _skip_tags(reader)
    return correlation_id, reader.pos


def encode_response_header(correlation_id: int, header_version: int) -> bytes:
    """Gives a response header v0 or v1; the tag count is the single byte 0, the only form all clients read."""
    return _INT32.pack(correlation_id) + (b"\0" if header_version >= 1 else b"")


def _read_client_id(reader: Reader) -> bytes | None:
    try:
        size = reader.unpack(_INT16)
        if size < -1:
            raise reader.fail(f"a string length of {size}")
        return None if size < 0 else reader.take(size)
    except Malformed as error:
        raise error.within("client_id") from None


def _client_id(client_id: bytes | None) -> bytes:
    if client_id is None:
        return b"\xff\xff"
    if len(client_id) > _MAX_CLIENT_ID:
        raise Malformed(f"a string of {len(client_id)} bytes is too long").within("client_id")
    return _INT16.pack(len(client_id)) + client_id


def _skip_tags(reader: Reader) -> None:
    last = -1
    count = reader.spend(reader.uvarint(), 2)
    if count > _MAX_HEADER_TAGS:
        raise reader.fail(f"{count} header tags")
    for _ in range(count):
        tag = reader.uvarint()
        if tag <= last:
            raise reader.fail(f"tag {tag} after tag {last}")
        last = tag
        reader.take(reader.uvarint())
