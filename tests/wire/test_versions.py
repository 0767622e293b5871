"""One declaration holds for all versions, and gives each version its own layout."""

from __future__ import annotations

import pytest

from klamm.wire import Array, Default, Malformed, Nullable, Number, Only, Record, Since, Tagged, Text, Versions

INT32 = Number("Int32", "i")
DECLARED = Record(
    "old" / Only("0-1", INT32),
    "name" / Nullable(Text("TopicName"), "2+"),
    "epoch" / Since(1, Default(INT32, -1)),
    "hosts" / Since(3, Tagged(0, Default(Array(Text("Host"), nullable="3+"), None))),
)


def layout(version: int) -> Record:
    return DECLARED.at(version, flexible=version >= 3)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("0-13", 0, 13), ("9+", 9, 32767), ("4", 4, 4), ("0", 0, 0), ("none", 0, -1)]
)
def test_ranges_are_written_as_kafka_writes_them(text: str, low: int, high: int) -> None:
    versions = Versions.parse(text)
    assert (versions.min, versions.max) == (low, high)
    assert str(versions) == text
    assert low - 1 not in versions
    assert high + 1 not in versions


@pytest.mark.parametrize("text", ["", "a", "1-", "-1", "1-2-3", "+"])
def test_anything_else_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Versions.parse(text)


def test_fields_come_and_go_with_the_version() -> None:
    names = [list(layout(version).fields) for version in range(4)]
    assert names == [
        ["old", "name"],
        ["old", "name", "epoch"],
        ["name", "epoch"],
        ["name", "epoch", "hosts"],
    ]


def test_null_is_allowed_in_some_versions_only() -> None:
    with pytest.raises(Malformed, match="name: null where a string is required"):
        layout(1).build({"name": None})
    assert layout(2).build({"name": None}) == b"\xff\xff\xff\xff\xff\xff"


def test_a_missing_field_is_built_as_its_default() -> None:
    assert layout(1).build({}) == b"\0\0\0\0" + b"\0\0" + b"\xff\xff\xff\xff"
    assert layout(3).parse(layout(3).build({})) == {"name": "", "epoch": -1, "hosts": None}


def test_flexible_versions_are_compact_and_have_tags() -> None:
    value = {"name": "orders", "epoch": 5, "hosts": ["a", "b"]}
    data = b"\x07orders\0\0\0\x05\x01\x00\x05\x03\x02a\x02b"
    assert layout(3).build(value) == data
    assert layout(3).parse(data) == value


def test_specialising_leaves_the_declaration_alone() -> None:
    before = [str(name) for name in DECLARED.fields]
    layout(3).build({})
    assert [str(name) for name in DECLARED.fields] == before
    assert not DECLARED.flexible
    assert layout(0) is not layout(0)


def test_a_record_takes_only_named_wire_types() -> None:
    with pytest.raises(TypeError, match='made of "name" / type'):
        Record(INT32)
    with pytest.raises(TypeError, match="names a field twice"):
        Record("a" / INT32, "a" / INT32)


def test_a_record_that_may_be_null_has_a_marker_byte() -> None:
    nullable = Nullable(Record("epoch" / INT32)).at(0, True)
    assert nullable is not None
    assert nullable.parse(b"\xff") is None
    assert nullable.build(None) == b"\xff"
    assert nullable.build({"epoch": 1}) == b"\x01\0\0\0\x01\0"
    assert nullable.parse(b"\x01\0\0\0\x01\0") == {"epoch": 1}
    with pytest.raises(Malformed):
        nullable.parse(b"\xff\0")
