"""A run of varint bytes costs five steps, however long it is; a parser without a bound spends minutes on it."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.wire import Array, Blob, Malformed, Number, Reader, Record, Text
from klamm.wire.headers import decode_request_header, decode_response_header
from klamm.wire.reader import write_uvarint

TAGGED = Record("code" / Number("ErrorCode", "h")).at(0, flexible=True)
RUNS = [5, 6, 1_000_000]
STARTS = {
    "string": (Text("TopicName").at(0, flexible=True), b""),
    "bytes": (Blob("Records").at(0, flexible=True), b""),
    "list": (Array(Text("TopicName")).at(0, flexible=True), b""),
    "tag count": (TAGGED, b"\0\0"),
    "tag": (TAGGED, b"\0\0\x01"),
    "tag size": (TAGGED, b"\0\0\x01\x09"),
}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("byte", [b"\xff", b"\x80"])
@pytest.mark.parametrize("place", STARTS)
def test_a_run_without_an_end_is_refused_after_five_bytes(place: str, byte: bytes, run: int, counted: Any) -> None:
    layout, start = STARTS[place]
    data = counted(start + byte * run)
    with pytest.raises(Malformed, match="varint that does not end"):
        layout.parse(data)
    assert data.steps <= 10


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("start", [b"", b"\x01", b"\x01\x00"], ids=["tag count", "tag", "tag size"])
def test_a_run_in_a_header_is_refused_after_five_bytes(start: bytes, run: int, counted: Any) -> None:
    request = counted(b"\0\x12\0\x03\0\0\0\x01\xff\xff" + start + b"\xff" * run)
    response = counted(b"\0\0\0\x01" + start + b"\xff" * run)
    with pytest.raises(Malformed):
        decode_request_header(request, 2)
    with pytest.raises(Malformed):
        decode_response_header(response, 1)
    assert request.steps <= 10
    assert response.steps <= 10


def test_the_fifth_byte_holds_four_bits() -> None:
    assert Reader(b"\xff\xff\xff\xff\x0f").uvarint() == 2**32 - 1
    with pytest.raises(Malformed, match="varint that does not end"):
        Reader(b"\xff\xff\xff\xff\x1f").uvarint()


def test_an_over_long_form_is_read_as_kafka_reads_it() -> None:
    reader = Reader(b"\x80\x80\x80\x80\x00")
    assert reader.uvarint() == 0
    assert reader.remaining == 0


def test_no_byte_at_all_is_refused() -> None:
    with pytest.raises(Malformed, match="1 byte wanted, 0 left"):
        Reader(b"").uvarint()


@pytest.mark.parametrize("value", [0, 1, 127, 128, 16383, 16384, 2**31 - 1, 2**32 - 1])
def test_what_is_written_is_the_shortest_form(value: int) -> None:
    out = bytearray()
    write_uvarint(out, value)
    assert len(out) == max(1, (value.bit_length() + 6) // 7)
    assert Reader(bytes(out)).uvarint() == value
