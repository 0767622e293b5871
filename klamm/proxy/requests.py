"""Klamm's own requests to a broker: built and read with the same tables and the same distrust as everybody's."""

from __future__ import annotations

from typing import Any

from klamm.wire.errors import Malformed
from klamm.wire.framing import frame
from klamm.wire.headers import (
    RequestHeader,
    decode_response_header,
    encode_request_header,
)
from protocol_tables.api import Api

__all__ = ["UpstreamError", "own_request", "read_answer"]

_CLIENT_ID = b"klamm"


class UpstreamError(Exception):
    """Says what is wrong with a broker, or with the way to it; nothing of it concerns any client."""


def own_request(api: Api, version: int, correlation_id: int, value: dict[str, Any]) -> bytes:
    """Gives the frame of a request, length included."""
    header = RequestHeader(api.key, version, correlation_id, _CLIENT_ID)
    return frame(encode_request_header(header, api.request_header_version(version)) + api.request(version).build(value))


def read_answer(api: Api, version: int, correlation_id: int, answer: bytes) -> dict[str, Any]:
    """Reads the frame, without its length, of the answer to one request; raises UpstreamError."""
    try:
        got, offset = decode_response_header(answer, api.response_header_version(version))
        if got != correlation_id:
            raise UpstreamError(f"answered request {got} when {correlation_id} ({api.name}) was asked")
        value: dict[str, Any] = api.response(version).parse(answer[offset:], exact=False)
    except Malformed as error:
        raise UpstreamError(f"gave an answer that cannot be read: {error}") from None
    return value
