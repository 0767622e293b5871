"""One error leaves the layer, and it says which message, which field and which byte."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.wire import Array, Malformed, Message, Nullable, Number, Record, Tagged, Text, Uuid

DECLARED = Record(
    "timeout_ms" / Number("Duration", "i"),
    "topics"
    / Array(
        Record(
            "name" / Text("TopicName"),
            "partitions" / Array(Number("PartitionIndex", "i")),
            "reason" / Tagged(0, Text("String")),
        )
    ),
    "cursor" / Nullable(Record("topic_id" / Uuid("TopicId"))),
)
FLEXIBLE = Message(DECLARED.at(9, flexible=True), "Example request", 9)
VALUE: dict[str, Any] = {
    "timeout_ms": 1,
    "topics": [
        {"name": "orders", "partitions": [0, 1], "reason": ""},
        {"name": "billing", "partitions": [], "reason": "because"},
    ],
    "cursor": {"topic_id": bytes(16)},
}
DATA = FLEXIBLE.build(VALUE)
SECOND_NAME = DATA.index(b"\x08billing")


def refusal_of(data: bytes) -> Malformed:
    """Parse what must not parse."""
    with pytest.raises(Malformed) as caught:
        FLEXIBLE.parse(data)
    return caught.value


def test_the_error_carries_api_version_path_and_offset() -> None:
    error = refusal_of(DATA[:SECOND_NAME] + b"\0" + DATA[SECOND_NAME + 1 :])
    assert (error.api, error.version) == ("Example request", 9)
    assert error.path == "topics[1].name"
    assert error.offset == SECOND_NAME + 1
    assert error.reason == "null where a string is required"
    assert str(error) == f"Example request v9: topics[1].name: null where a string is required (byte {error.offset})"


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        (b"\x03\x07orders", b"\x00\x07orders", "topics"),
        (b"\x07orders", b"\x00orders", "topics[0].name"),
        (b"\x07orders\x03", b"\x07orders\x00", "topics[0].partitions"),
        (b"\x00\x08\x08because", b"\x00\x08\x00because", "topics[1].reason"),
    ],
)
def test_the_path_leads_to_the_field(before: bytes, after: bytes, path: str) -> None:
    assert DATA.count(before) == 1
    assert refusal_of(DATA.replace(before, after)).path == path


def test_the_path_leads_into_a_record_that_may_be_null() -> None:
    assert refusal_of(DATA[:-10]).path == "cursor.topic_id"


def test_an_offset_inside_a_tag_is_one_of_the_whole_body() -> None:
    at = DATA.index(b"\x08because")
    error = refusal_of(DATA[:at] + b"\x00" + DATA[at + 1 :])
    assert error.offset == at + 1


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"timeout_ms": 2**31}, "timeout_ms"),
        ({"topics": [{"name": "a"}, {"name": None}]}, "topics[1].name"),
        ({"topics": [{"name": "a", "partitions": [1, 2, "x"]}]}, "topics[0].partitions[2]"),
        ({"topics": [{"name": "a", "reason": "x" * 40_000}]}, "topics[0].reason"),
        ({"cursor": {"topic_id": b"short"}}, "cursor.topic_id"),
    ],
)
def test_building_refuses_with_the_same_path(change: dict[str, Any], path: str) -> None:
    with pytest.raises(Malformed) as caught:
        FLEXIBLE.build({**VALUE, **change})
    assert caught.value.path == path
    assert (caught.value.api, caught.value.version) == ("Example request", 9)


def test_a_body_cut_at_any_byte_is_refused() -> None:
    for end in range(len(DATA)):
        error = refusal_of(DATA[:end])
        assert error.offset is not None
        assert error.offset <= end


@pytest.mark.parametrize("extra", [b"\0", b"\xff" * 100])
def test_bytes_after_the_body_are_refused(extra: bytes) -> None:
    error = refusal_of(DATA + extra)
    assert error.reason == f"{len(extra)} bytes too many"
    assert error.offset == len(DATA)
