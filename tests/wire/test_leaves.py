"""Leaves refuse what they cannot hold, in both directions, and change nothing that they can."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.wire import Blob, Boolean, Malformed, Nullable, Number, Text, Uuid
from klamm.wire.base import WireType
from klamm.wire.reader import write_uvarint


def at(declared: WireType, *, flexible: bool) -> Any:
    return declared.at(0, flexible)


NAME = Text("TopicName")
DATA = Blob("Records")
CLASSIC, COMPACT = at(NAME, flexible=False), at(NAME, flexible=True)


@pytest.mark.parametrize("size", [-2, -3, -32768])
def test_a_negative_string_length_is_refused(size: int) -> None:
    for layout in (CLASSIC, at(Nullable(NAME), flexible=False)):
        with pytest.raises(Malformed, match=f"a string length of {size}"):
            layout.parse(size.to_bytes(2, "big", signed=True) + bytes(100))


@pytest.mark.parametrize("size", [-2, -(2**31)])
def test_a_negative_bytes_length_is_refused(size: int) -> None:
    for layout in (at(DATA, flexible=False), at(Nullable(DATA), flexible=False)):
        with pytest.raises(Malformed, match=f"a length of {size} bytes"):
            layout.parse(size.to_bytes(4, "big", signed=True) + bytes(100))


@pytest.mark.parametrize(
    ("declared", "flexible", "data"),
    [
        (NAME, False, b"\xff\xff"),
        (NAME, True, b"\0"),
        (DATA, False, b"\xff\xff\xff\xff"),
        (DATA, True, b"\0"),
    ],
)
def test_null_stands_only_where_the_layout_says_so(declared: WireType, flexible: bool, data: bytes) -> None:
    nullable = at(Nullable(declared), flexible=flexible)
    assert nullable.parse(data) is None
    assert nullable.build(None) == data
    required = at(declared, flexible=flexible)
    with pytest.raises(Malformed, match="null where"):
        required.parse(data)
    with pytest.raises(Malformed, match="null where"):
        required.build(None)


def test_a_string_ends_at_32767_bytes() -> None:
    longest = "x" * 32767
    for layout in (CLASSIC, COMPACT):
        assert layout.parse(layout.build(longest)) == longest
        with pytest.raises(Malformed, match="a string of 32768 bytes is too long"):
            layout.build(longest + "x")
        with pytest.raises(Malformed, match="a string of 32768 bytes is too long"):
            layout.build("é" * 16384)
    with pytest.raises(Malformed, match="a string of 32768 bytes is too long"):
        COMPACT.parse(b"\x81\x80\x02" + b"x" * 32768)
    with pytest.raises(Malformed, match="a string length of -32768"):
        CLASSIC.parse(b"\x80\x00" + b"x" * 32768)


def test_a_length_beyond_what_is_left_allocates_and_reads_nothing(counted: Any) -> None:
    for layout, start in (
        (CLASSIC, b"\x7f\xff"),
        (COMPACT, b"\xff\xff\x01"),
        (at(DATA, flexible=False), b"\x7f\xff\xff\xff"),
        (at(DATA, flexible=True), b"\xff\xff\xff\xff\x0f"),
    ):
        data = counted(start + b"abc")
        with pytest.raises(Malformed, match=r"\d+ bytes wanted, 3 left"):
            layout.parse(data)
        assert data.steps <= 5


@pytest.mark.parametrize(
    "raw",
    [b"\xff", b"\xc3", b"ok\x80\xfe", b"\xed\xa0\x80", b"\xc0\x80", bytes(range(256))],
    ids=["no lead", "cut short", "mixed", "surrogate", "over-long nul", "every byte"],
)
def test_bytes_that_are_not_utf_8_survive_the_trip(raw: bytes) -> None:
    compact = bytearray()
    write_uvarint(compact, len(raw) + 1)
    for layout, length in ((CLASSIC, len(raw).to_bytes(2, "big")), (COMPACT, compact)):
        data = bytes(length + raw)
        assert layout.build(layout.parse(data)) == data


def test_a_string_that_has_no_bytes_is_refused() -> None:
    with pytest.raises(Malformed, match="a string that cannot be written"):
        CLASSIC.build("\ud800")


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_uuid_has_sixteen_bytes(size: int) -> None:
    with pytest.raises(Malformed, match=f"a uuid has 16 bytes, not {size}"):
        Uuid("TopicId").build(bytes(size))
    with pytest.raises(Malformed):
        Uuid("TopicId").parse(bytes(size))
    assert Uuid("TopicId").parse(bytes(range(16))) == bytes(range(16))


@pytest.mark.parametrize(
    ("code", "size", "low", "high"),
    [
        ("b", 1, -128, 127),
        ("h", 2, -(2**15), 2**15 - 1),
        ("i", 4, -(2**31), 2**31 - 1),
        ("q", 8, -(2**63), 2**63 - 1),
        ("H", 2, 0, 2**16 - 1),
        ("I", 4, 0, 2**32 - 1),
    ],
)
def test_a_number_outside_its_range_is_refused(code: str, size: int, low: int, high: int) -> None:
    layout = Number("Number", code)
    for value in (low, 0, high):
        assert layout.build(value) == value.to_bytes(size, "big", signed=low < 0)
        assert layout.parse(layout.build(value)) == value
    for wrong in (low - 1, high + 1, 10**400, None, "1"):
        with pytest.raises(Malformed, match="does not fit"):
            layout.build(wrong)


def test_a_float_too_big_for_eight_bytes_is_refused() -> None:
    with pytest.raises(Malformed, match="does not fit"):
        Number("Float64", "d").build(10**400)


def test_any_byte_but_zero_is_true_and_survives_the_trip() -> None:
    assert Boolean("Boolean").parse(b"\0") is False
    assert Boolean("Boolean").parse(b"\x01") is True
    assert Boolean("Boolean").parse(b"\x02")
    assert Boolean("Boolean").build(Boolean("Boolean").parse(b"\x02")) == b"\x02"
    assert Boolean("Boolean").build(True) == b"\x01"
