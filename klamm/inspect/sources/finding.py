"""Finds frames in bytes that are out of step, and gives other protocols their names."""

from __future__ import annotations

import re
from struct import Struct

from klamm.inspect.dialogue import Dialogue, resembles_request
from klamm.inspect.model import Asked
from klamm.inspect.sources.cutting import LIMIT
from klamm.wire import Malformed
from klamm.wire.headers import decode_request_header, decode_response_header, peek_request
from protocol_tables.registry import BY_KEY

__all__ = ["AnswerFinder", "RequestFinder", "begins_request", "name_of"]

_LENGTH = Struct(">i")
_CORRELATION_ID = Struct(">i")
_SHORTEST_REQUEST = 10
_SHORTEST_ANSWER = 4
_TRIED_IDS = 64
_CREDIBLE = 16 * 1024 * 1024
_BUDGET = 1_000_000
_HIGHEST = max(BY_KEY)

# Length below 128 MiB, api key and version small, client id short or null: what `resembles_request` then looks at.
_REQUEST = re.compile(
    rb"[\x00-\x07][\x00-\xff]{3}\x00[\x00-%c]\x00[\x00-\x1f][\x00-\xff]{4}(?:\x00|\xff\xff)" % _HIGHEST
)

_NAMES = (
    (re.compile(rb"[\x14-\x17]\x03[\x00-\x04]"), "TLS, which only its two ends can read; try `klamm run --tap`"),
    (re.compile(rb"(?:GET|PUT|POST|HEAD|OPTIONS|DELETE|PATCH|CONNECT|TRACE) |HTTP/1\.|PRI \* HTTP/2"), "HTTP"),
    (re.compile(rb"SSH-\d"), "SSH"),
    (re.compile(rb"PROXY (?:TCP[46]|UNKNOWN)|\r\n\r\n\0\r\nQUIT\n"), "a PROXY protocol header"),
    (re.compile(rb"\0\0..\0\x03\0\0|\0\0\0\x08\x04\xd2\x16\x2f", re.DOTALL), "PostgreSQL"),
    (re.compile(rb"\*\d+\r\n\$"), "Redis"),
    (re.compile(rb"AMQP"), "AMQP"),
)


def name_of(data: bytes) -> str | None:
    """Gives the name of another protocol that a connection begins with, None for Kafka and what nobody knows."""
    for pattern, name in _NAMES:
        if pattern.match(data):
            return name
    return None


def begins_request(data: bytes, pos: int = 0, *, strict: bool = False) -> bool:
    """Tells whether a request frame, its length first, could begin at a place.

    Where nothing says that a frame should be there, ``strict`` asks for more: a body that can be read, or as long as
    the frame is not complete, a version that exists and a client id.
    """
    if len(data) - pos < 4:
        return False
    size = _LENGTH.unpack_from(data, pos)[0]
    if not _SHORTEST_REQUEST <= size <= LIMIT or not resembles_request(data, pos + 4):
        return False
    return not strict or _is_request(data[pos + 4 : pos + 4 + size], size)


def _is_request(data: bytes, size: int) -> bool:
    api_key, version, _ = peek_request(data)
    api = BY_KEY[api_key]
    if version not in api.versions:
        return False
    try:
        header, body_at = decode_request_header(data, api.request_header_version(version))
        if len(data) == size:
            api.request(version).parse(data[body_at:], budget=_BUDGET)
            return True
    except Malformed:
        return False
    return bool(header.client_id) and size < _CREDIBLE


def _is_answer(data: bytes, size: int, asked: Asked) -> bool:
    api = BY_KEY[asked.api_key]
    if len(data) < size or asked.version not in api.versions:
        return size < _CREDIBLE
    try:
        _, body_at = decode_response_header(data, api.response_header_version(asked.version))
        api.response(asked.version).parse(data[body_at:], budget=_BUDGET)
    except Malformed:
        return False
    return True


class RequestFinder:
    """Finds requests by what they all begin with."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def find(self, data: bytes, pos: int) -> int:
        match = _REQUEST.search(data, pos)
        while match is not None:
            if begins_request(data, match.start(), strict=True):
                return match.start()
            match = _REQUEST.search(data, match.start() + 1)
        return -1

    def shortest(self) -> int:
        return 0 if self._dialogue.raw else 1


class AnswerFinder:
    """Finds answers by the correlation ids that are awaited."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def find(self, data: bytes, pos: int) -> int:
        best = -1
        for correlation_id, asked in list(self._dialogue.asked.items())[:_TRIED_IDS]:
            found = self._find_id(data, pos, correlation_id, asked, best)
            if found >= 0:
                best = found
        if best < 0 and len(data) - pos >= 8 and _LENGTH.unpack_from(data, pos)[0] == len(data) - pos - 4:
            return pos
        return best

    def shortest(self) -> int:
        return 0 if self._dialogue.tokens_due else 1

    def _find_id(self, data: bytes, pos: int, correlation_id: int, asked: Asked, best: int) -> int:
        wanted = _CORRELATION_ID.pack(correlation_id)
        end = best + 4 if best >= 0 else len(data)
        at = data.find(wanted, pos + 4, end)
        while at >= 0:
            size = _LENGTH.unpack_from(data, at - 4)[0]
            if _SHORTEST_ANSWER <= size <= LIMIT and _is_answer(data[at : at + size], size, asked):
                return at - 4
            at = data.find(wanted, at + 1, end)
        return -1
