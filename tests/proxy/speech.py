"""What the two scripted sides say: frames built and read with the tables."""

from __future__ import annotations

from typing import Any

from klamm.wire.framing import FrameSplitter
from klamm.wire.headers import (
    RequestHeader,
    decode_request_header,
    decode_response_header,
    encode_request_header,
    encode_response_header,
    peek_request,
)
from protocol_tables import registry

__all__ = ["Asked", "answer", "ask", "frames", "plain_login", "read_answer", "read_question"]

CLIENT_ID = b"scripted"


class Asked(dict[str, Any]):
    """A request's body, with what its header said."""

    name: str
    version: int
    correlation_id: int
    client_id: bytes | None


def ask(name: str, version: int, correlation_id: int, *, header_tags: bytes = b"", **body: Any) -> bytes:
    """Returns a request without its length; `header_tags` goes where the header's tag count stands."""
    api = registry.named(name)
    header_version = api.request_header_version(version)
    header = encode_request_header(RequestHeader(api.key, version, correlation_id, CLIENT_ID), header_version)
    if header_tags:
        header = header[:-1] + header_tags
    return header + api.request(version).build(body)


def answer(name: str, version: int, correlation_id: int, *, header_tags: bytes = b"", **body: Any) -> bytes:
    """Returns a response without its length."""
    api = registry.named(name)
    header = encode_response_header(correlation_id, api.response_header_version(version))
    if header_tags:
        header = header[:-1] + header_tags
    return header + api.response(version).build(body)


def read_answer(name: str, version: int, payload: bytes) -> tuple[int, dict[str, Any]]:
    """Returns correlation id and body of a response without its length."""
    api = registry.named(name)
    correlation_id, offset = decode_response_header(payload, api.response_header_version(version))
    body: dict[str, Any] = api.response(version).parse(payload[offset:])
    return correlation_id, body


def read_question(payload: bytes) -> Asked:
    """Returns a request without its length as a broker understands it."""
    api_key, version, _ = peek_request(payload)
    api = registry.BY_KEY[api_key]
    header, offset = decode_request_header(payload, api.request_header_version(version))
    asked = Asked(api.request(version).parse(payload[offset:]))
    asked.name, asked.version = api.name, version
    asked.correlation_id, asked.client_id = header.correlation_id, header.client_id
    return asked


def frames(pieces: list[bytes]) -> list[bytes]:
    """Returns the whole frames, without their length, in what was to be written; nothing may be left over."""
    splitter = FrameSplitter(1 << 30)
    found = splitter.feed(b"".join(pieces))
    assert not splitter.buffered, "a frame was begun and not finished"
    return found


def plain_login(username: str, password: str, *, first: int = 1) -> list[bytes]:
    """Returns the two requests of a login by PLAIN."""
    token = f"\0{username}\0{password}".encode()
    return [
        ask("SaslHandshake", 1, first, mechanism="PLAIN"),
        ask("SaslAuthenticate", 1, first + 1, auth_bytes=token),
    ]
