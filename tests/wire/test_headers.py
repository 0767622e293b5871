"""Headers of every version, with the two places where Kafka departs from its own rules."""

from __future__ import annotations

import pytest

from klamm.wire import Malformed
from klamm.wire.headers import (
    RequestHeader,
    decode_request_header,
    decode_response_header,
    encode_request_header,
    encode_response_header,
    peek_request,
)
from protocol_tables import registry

HEADER = RequestHeader(api_key=3, api_version=12, correlation_id=-7, client_id=b"app")


def test_the_client_id_stays_a_classic_string_in_the_flexible_header() -> None:
    assert encode_request_header(HEADER, 2) == b"\0\x03\0\x0c\xff\xff\xff\xf9\0\x03app\0"
    assert encode_request_header(HEADER, 1) == b"\0\x03\0\x0c\xff\xff\xff\xf9\0\x03app"


@pytest.mark.parametrize("client_id", [None, b"", b"app", b"\xff\xfe not utf-8", b"x" * 32767])
@pytest.mark.parametrize("version", [1, 2])
def test_a_request_header_survives_the_trip(version: int, client_id: bytes | None) -> None:
    header = RequestHeader(0, 9, 2**31 - 1, client_id)
    data = encode_request_header(header, version)
    assert decode_request_header(data + b"body", version) == (header, len(data))


def test_the_oldest_request_header_has_no_client_id() -> None:
    assert encode_request_header(HEADER, 0) == b"\0\x03\0\x0c\xff\xff\xff\xf9"
    header, offset = decode_request_header(b"\0\x07\0\0\0\0\0\x01body", 0)
    assert (header.client_id, offset) == (None, 8)


@pytest.mark.parametrize(("version", "size"), [(0, 4), (1, 5)])
def test_a_response_header_survives_the_trip(version: int, size: int) -> None:
    data = encode_response_header(-7, version)
    assert len(data) == size
    assert decode_response_header(data + b"body", version) == (-7, size)


def test_header_tags_are_skipped_and_never_sent() -> None:
    header, offset = decode_request_header(b"\0\x03\0\x0c\0\0\0\x01\0\x03app\x02\x00\x01a\x09\x02bcBODY", 2)
    assert header == RequestHeader(3, 12, 1, b"app")
    assert offset == 21
    assert decode_response_header(b"\0\0\0\x01\x01\x05\x01xBODY", 1) == (1, 8)


@pytest.mark.parametrize(
    "data",
    [b"\x02\x05\x00\x05\x00", b"\x02\x05\x00\x04\x00", b"\x01\x00\x63", b"\x41" + b"\x00\x00" * 65],
    ids=["duplicate", "descending", "longer than what is left", "more than 64"],
)
def test_bad_header_tags_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        decode_request_header(b"\0\x03\0\x0c\0\0\0\x01\xff\xff" + data, 2)
    with pytest.raises(Malformed):
        decode_response_header(b"\0\0\0\x01" + data, 1)


@pytest.mark.parametrize("size", [-2, -32768])
def test_a_negative_client_id_length_is_refused(size: int) -> None:
    data = b"\0\x03\0\x0c\0\0\0\x01" + size.to_bytes(2, "big", signed=True) + bytes(50)
    with pytest.raises(Malformed, match=f"client_id: a string length of {size}"):
        decode_request_header(data, 1)


def test_a_client_id_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Malformed, match="client_id: 100 bytes wanted, 3 left"):
        decode_request_header(b"\0\x03\0\x0c\0\0\0\x01\0\x64abc", 1)
    with pytest.raises(Malformed, match="client_id: a string of 32768 bytes is too long"):
        encode_request_header(RequestHeader(3, 12, 1, bytes(32768)), 1)


def test_a_header_cut_at_any_byte_is_refused() -> None:
    request = encode_request_header(HEADER, 2)
    for end in range(len(request)):
        with pytest.raises(Malformed):
            decode_request_header(request[:end], 2)
    response = encode_response_header(1, 1)
    for end in range(len(response)):
        with pytest.raises(Malformed):
            decode_response_header(response[:end], 1)


def test_peeking_needs_eight_bytes_and_no_more() -> None:
    assert peek_request(b"\0\x12\0\x05\0\0\0\x09") == (18, 5, 9)
    with pytest.raises(Malformed, match="a request of 7 bytes has no header"):
        peek_request(b"\0\x12\0\x05\0\0\0")


def test_api_versions_is_answered_with_the_oldest_header_in_every_version() -> None:
    api = registry.named("ApiVersions")
    assert {api.response_header_version(version) for version in api.versions} == {0}
    assert [api.request_header_version(version) for version in api.versions] == [1, 1, 1, 2, 2, 2]


def test_headers_follow_the_flexible_versions_of_every_other_api() -> None:
    for api in registry.BY_KEY.values():
        for version in api.versions:
            flexible = version in api.flexible
            assert api.request_header_version(version) == (2 if flexible else 1)
            if api.name != "ApiVersions":
                assert api.response_header_version(version) == (1 if flexible else 0)
