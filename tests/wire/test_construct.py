"""Wire types are Constructs: they stand inside stock ones, and stock ones cannot slip into them."""

from __future__ import annotations

import construct
import pytest

from klamm.wire import Array, Malformed, Number, Record, Text

NAME = Text("TopicName").at(0, flexible=True)
TOPICS = Array(Record("name" / Text("TopicName"), "partition" / Number("PartitionIndex", "i"))).at(0, flexible=True)


def test_a_wire_type_stands_inside_a_stock_struct() -> None:
    message = construct.Struct(
        "magic" / construct.Const(b"KLAM"),
        "name" / NAME,
        "topics" / TOPICS,
        "end" / construct.Int16ub,
    )
    value = {"name": "orders", "topics": [{"name": "a", "partition": 1}, {"name": "b", "partition": 2}], "end": 513}
    data = b"KLAM\x07orders\x03\x02a\0\0\0\x01\0\x02b\0\0\0\x02\0\x02\x01"
    assert message.build(value) == data
    parsed = message.parse(data)
    assert (parsed.name, parsed.topics, parsed.end) == (value["name"], value["topics"], 513)


def test_a_wire_type_repeats_inside_stock_arrays() -> None:
    names = construct.Array(3, NAME)
    assert list(names.parse(names.build(["a", "bc", ""]))) == ["a", "bc", ""]
    assert list(construct.GreedyRange(construct.Byte).parse(b"\x01\x02")) == [1, 2]


def test_the_checks_hold_inside_stock_constructs() -> None:
    message = construct.Struct("name" / NAME)
    with pytest.raises(Malformed, match="9 bytes wanted, 3 left"):
        message.parse(b"\x0aabc")
    with pytest.raises(Malformed, match="varint that does not end"):
        message.parse(b"\xff" * 1000)


def test_a_stock_construct_is_no_part_of_a_record() -> None:
    with pytest.raises(TypeError, match='made of "name" / type'):
        Record("size" / construct.VarInt)
