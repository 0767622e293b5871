"""The tag buffer: known tags are read, unknown ones kept in order, and bombs refused before they cost anything."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.wire import UNKNOWN_TAGS, Array, Malformed, Number, Record, Tagged, Text
from klamm.wire.headers import decode_request_header
from klamm.wire.reader import write_uvarint

ERROR_CODE = Number("ErrorCode", "h")
RECORD = Record(
    "code" / ERROR_CODE,
    "name" / Tagged(2, Text("TopicName")),
    "codes" / Tagged(5, Array(ERROR_CODE)),
).at(0, flexible=True)


def tag_buffer(*tags: tuple[int, bytes], count: int | None = None) -> bytes:
    """Build a tag buffer exactly as it is given, right or wrong."""
    out = bytearray()
    write_uvarint(out, len(tags) if count is None else count)
    for tag, data in tags:
        write_uvarint(out, tag)
        write_uvarint(out, len(data))
        out += data
    return bytes(out)


def test_unknown_tags_are_kept_and_rebuilt_in_order() -> None:
    data = b"\0\x07" + tag_buffer((0, b"zero"), (2, b"\x04abc"), (3, b""), (5, b"\x02\0\x01"), (900, b"x"))
    value = RECORD.parse(data)
    assert value == {"code": 7, "name": "abc", "codes": [1], UNKNOWN_TAGS: {0: b"zero", 3: b"", 900: b"x"}}
    assert RECORD.build(value) == data


def test_unknown_tags_can_be_left_behind() -> None:
    data = b"\0\x07" + tag_buffer((0, b"zero"), (2, b"\x04abc"), (900, b"x"))
    value = RECORD.parse(data, keep_tags=False)
    assert value == {"code": 7, "name": "abc", "codes": []}
    assert RECORD.build(value) == b"\0\x07" + tag_buffer((2, b"\x04abc"))


def test_a_record_without_unknown_tags_has_no_key_for_them() -> None:
    assert UNKNOWN_TAGS not in RECORD.parse(b"\0\x07\0")


def test_a_tagged_field_with_its_default_is_not_written() -> None:
    assert RECORD.build({"code": 7, "name": "", "codes": []}) == b"\0\x07\0"


def test_defaults_of_tagged_fields_are_never_shared() -> None:
    first = RECORD.parse(b"\0\x07\0")
    first["codes"].append(1)
    assert RECORD.parse(b"\0\x07\0")["codes"] == []


@pytest.mark.parametrize(
    "tags",
    [
        [(7, b""), (7, b"")],
        [(2, b"\x04abc"), (2, b"\x04abc")],
        [(7, b""), (6, b"")],
        [(5, b"\x01"), (2, b"\x04abc")],
    ],
    ids=["duplicate unknown", "duplicate known", "descending unknown", "descending known"],
)
def test_tags_must_ascend(tags: list[tuple[int, bytes]]) -> None:
    with pytest.raises(Malformed, match=r"tag \d after tag \d"):
        RECORD.parse(b"\0\x07" + tag_buffer(*tags))


def test_a_tag_bomb_is_refused_at_its_65th_unknown_tag(counted: Any) -> None:
    data = counted(b"\0\x07" + tag_buffer(*((tag, b"") for tag in range(6, 250_006))))
    with pytest.raises(Malformed, match="more unknown tags"):
        RECORD.parse(data, budget=1_000_000)
    assert data.steps < 65 * 4


def test_a_tag_bomb_does_not_get_past_the_budget(counted: Any) -> None:
    data = counted(b"\0\x07" + tag_buffer(*((tag, b"") for tag in range(6, 250_006))))
    with pytest.raises(Malformed, match="more elements than one frame may hold"):
        RECORD.parse(data, budget=1000)
    assert data.steps < 10


def test_a_tag_bomb_in_a_header_is_refused_by_its_count(counted: Any) -> None:
    header = b"\0\x12\0\x03\0\0\0\x01\xff\xff"
    data = counted(header + tag_buffer(*((tag, b"") for tag in range(249_000))))
    with pytest.raises(Malformed, match="249000 header tags"):
        decode_request_header(data, 2)
    assert data.steps < 10


def test_more_tags_than_bytes_are_refused_unread(counted: Any) -> None:
    data = counted(b"\0\x07" + tag_buffer((7, b""), count=250_000))
    with pytest.raises(Malformed, match="250000 elements cannot fit in 2 bytes"):
        RECORD.parse(data)
    assert data.steps < 10


def test_64_unknown_tags_pass_and_are_enough() -> None:
    tags = [(tag, b"v") for tag in range(10, 74)]
    data = b"\0\x07" + tag_buffer(*tags)
    assert RECORD.build(RECORD.parse(data)) == data
    with pytest.raises(Malformed, match="more unknown tags"):
        RECORD.parse(b"\0\x07" + tag_buffer(*tags, (74, b"v")))


def test_an_unknown_tag_of_more_than_4_kib_is_refused() -> None:
    assert RECORD.parse(b"\0\x07" + tag_buffer((9, bytes(4096))))[UNKNOWN_TAGS] == {9: bytes(4096)}
    with pytest.raises(Malformed, match="more unknown tags"):
        RECORD.parse(b"\0\x07" + tag_buffer((9, bytes(4097))))


@pytest.mark.parametrize("tag", [2, 9], ids=["known", "unknown"])
def test_a_tag_longer_than_what_is_left_is_refused(tag: int) -> None:
    with pytest.raises(Malformed, match="100 bytes wanted, 3 left"):
        RECORD.parse(b"\0\x07\x01" + bytes([tag, 100]) + b"abc")


def test_a_known_tag_must_fill_its_size_exactly() -> None:
    with pytest.raises(Malformed, match=r"^name: 2 bytes too many \(byte 9\)$"):
        RECORD.parse(b"\0\x07" + tag_buffer((2, b"\x04abc--")))
    with pytest.raises(Malformed, match=r"^name: 3 bytes wanted, 1 left"):
        RECORD.parse(b"\0\x07" + tag_buffer((2, b"\x04a")))


def test_elements_inside_a_tag_count_against_the_budget() -> None:
    data = b"\0\x07" + tag_buffer((5, b"\x0b" + bytes(20)))
    assert RECORD.parse(data, budget=11)["codes"] == [0] * 10
    with pytest.raises(Malformed, match="codes: more elements"):
        RECORD.parse(data, budget=10)
    twice = Array(RECORD).at(0, flexible=True)
    with pytest.raises(Malformed, match="more elements"):
        twice.parse(b"\x03" + data + data, budget=20)
