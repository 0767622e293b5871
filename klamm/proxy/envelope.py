"""What goes around a body: length and header, written once per frame on the hot path.

Pieces go into a list that is written to a transport later. A small frame is joined, which costs less than a second
write; of a large one the last piece, which holds the bulk, is put there as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from klamm.wire.errors import Malformed
from klamm.wire.headers import RequestHeader, decode_request_header, encode_request_header

__all__ = ["ClientIds", "Rename", "answer_head", "body_offset", "put", "renewed_header"]

_JOINED = 16 * 1024
_LONGEST_ID = 32767
_REMEMBERED = 16

_length = Struct(">i").pack
_size = Struct(">H").pack
_answer_v1 = Struct(">ib").pack


def body_offset(frame: bytes, header_version: int) -> tuple[int, bool]:
    """Finds where a request's body starts, and whether the header may be sent on as it is; raises Malformed.

    A header with tags may not: none is defined, and what Klamm cannot read it does not pass on.
    """
    if len(frame) >= 10:
        size = frame[8] << 8 | frame[9]
        offset = 10 if size == 0xFFFF else 10 + size
        if size < 0x8000 or size == 0xFFFF:
            if header_version == 1 and offset <= len(frame):
                return offset, True
            if header_version == 2 and offset < len(frame) and frame[offset] == 0:
                return offset + 1, True
    _, offset = decode_request_header(frame, header_version)
    return offset, False


Rename = Callable[[bytes | None], bytes | None]
"""Gives the client id that goes up for one that came in."""


def renewed_header(
    frame: bytes, read_as: int, api_key: int, version: int, header_version: int, rename: Rename | None = None
) -> bytes:
    """Gives a request's header for another api or version, or without the tags it came with; raises Malformed."""
    header, _ = decode_request_header(frame, read_as)
    client_id = header.client_id if rename is None else _renamed(header.client_id, rename)
    renewed = RequestHeader(api_key, version, header.correlation_id, client_id)
    return encode_request_header(renewed, header_version)


class ClientIds(dict[bytes, bytes]):
    """What goes up behind a plain header's correlation id, by what stood there: the client id, and that no tags follow.

    A client says the same in every request, so one look-up replaces reading it.
    """

    __slots__ = ("_rename",)

    def __init__(self, rename: Rename) -> None:
        super().__init__()
        self._rename = rename

    def __missing__(self, said: bytes) -> bytes:
        size = said[0] << 8 | said[1]
        client_id, tags = (None, said[2:]) if size == 0xFFFF else (said[2 : 2 + size], said[2 + size :])
        renamed = _renamed(client_id, self._rename)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[said] = made = (b"\xff\xff" if renamed is None else _size(len(renamed)) + renamed) + tags
        return made


def _renamed(client_id: bytes | None, rename: Rename) -> bytes | None:
    renamed = rename(client_id)
    if renamed is not None and len(renamed) > _LONGEST_ID:
        raise Malformed(f"a client id that leaves no room for the tenant's name: it would have {len(renamed)} bytes")
    return renamed


def answer_head(correlation_id: int, header_version: int) -> bytes:
    """Gives the header of an answer; without tags, whatever the broker's had."""
    return _answer_v1(correlation_id, 0) if header_version else _length(correlation_id)


def put(out: list[bytes], pieces: list[bytes], limit: int) -> None:
    """Adds a frame, given in pieces without its length, to what is to be written; raises Malformed over the limit."""
    size = sum(map(len, pieces))
    if size > limit:
        raise Malformed(f"a frame that has grown to {size} bytes, the limit on the way out is {limit}")
    if size <= _JOINED:
        out.append(b"".join((_length(size), *pieces)))
        return
    large = pieces.pop()
    out.append(b"".join((_length(size), *pieces)))
    out.append(large)
