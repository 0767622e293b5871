"""Topics by id: an own one passes, and any other is answered like one that does not exist, before anything goes on."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.rewriting import Answer, Forward, Leak, LookUp, NoReply, Session, TopicIds
from protocol_tables.registry import named
from tests.rewriting.driving import (
    OWN_ID,
    PREFIX,
    REWRITER,
    answered,
    ask,
    forwarded,
    refused,
    route,
    session,
    upstream,
)

FOREIGN = bytes(range(1, 17))
NO_ID = bytes(16)
METADATA_LOG = bytes(15) + b"\1"
UNKNOWN_TOPIC_ID = 100
PARTS = [{"index": 0, "partition_index": 0, "records": b"r"}]

BY_ID: list[tuple[str, int, str, str]] = [
    ("Produce", 13, "topic_data", "responses"),
    ("OffsetCommit", 10, "topics", "topics"),
    ("TxnOffsetCommit", 6, "topics", "topics"),
    ("DeleteTopics", 6, "topics", "responses"),
    ("Metadata", 12, "topics", "topics"),
    ("Metadata", 13, "topics", "topics"),
]
FETCHES = range(13, 19)


def value(listed: str, *topic_ids: bytes) -> dict[str, Any]:
    """Gives a request for topics by their ids."""
    topics = [
        {"topic_id": topic_id, "name": None, "partition_data": PARTS, "partitions": PARTS} for topic_id in topic_ids
    ]
    return {listed: topics, "group_id": "g", "transactional_id": "t", "acks": -1}


def owner() -> Session:
    """Gives a connection of a tenant that may delete topics."""
    return session(delete_topics=True)


def looked_up(name: str, version: int, body: dict[str, Any], tenant: Session) -> Any:
    """Sends a request in that may ask for a look-up."""
    api = named(name)
    return REWRITER.request(route(api, version), api.request(version).build(body), tenant, looks_up=True)


def codes_of(entry: dict[str, Any]) -> set[int]:
    """Gives the error codes in one entry of an answer."""
    if "error_code" in entry:
        return {entry["error_code"]}
    return {part["error_code"] for part in entry.get("partition_responses", entry.get("partitions", ()))}


@pytest.mark.parametrize(("name", "version", "listed", "answer"), BY_ID)
@pytest.mark.parametrize("topic_id", [FOREIGN, METADATA_LOG])
def test_a_foreign_id_is_answered_like_one_that_no_topic_has(
    name: str, version: int, listed: str, answer: str, topic_id: bytes
) -> None:
    tenant = owner()

    forward = forwarded(name, version, value(listed, topic_id, OWN_ID), tenant)
    seen = answered(forward, {answer: [{"topic_id": OWN_ID, "name": f"{PREFIX}own"}]}, tenant)

    assert [entry["topic_id"] for entry in upstream(forward)[listed]] == [OWN_ID]
    assert [entry["topic_id"] for entry in seen[answer]] == [topic_id, OWN_ID]
    assert codes_of(seen[answer][0]) == {UNKNOWN_TOPIC_ID}
    assert seen[answer][0].get("name") is None


@pytest.mark.parametrize(("name", "version", "listed", "answer"), BY_ID)
def test_nothing_goes_on_while_the_owner_of_an_id_is_not_known(
    name: str, version: int, listed: str, answer: str
) -> None:
    tenant = owner()

    outcome = looked_up(name, version, value(listed, OWN_ID, FOREIGN), tenant)

    assert outcome == LookUp(frozenset({FOREIGN}))


@pytest.mark.parametrize(("name", "version", "listed", "answer"), BY_ID)
def test_what_a_look_up_has_found_decides(name: str, version: int, listed: str, answer: str) -> None:
    tenant = owner()
    tenant.topic_ids.rule_out(FOREIGN)
    tenant.topic_ids.learn(b"\x22" * 16)

    outcome = looked_up(name, version, value(listed, b"\x22" * 16, FOREIGN), tenant)

    assert isinstance(outcome, Forward)
    assert [entry["topic_id"] for entry in upstream(outcome)[listed]] == [b"\x22" * 16]


@pytest.mark.parametrize(("name", "version"), [("Produce", 13), ("OffsetCommit", 10), ("TxnOffsetCommit", 6)])
def test_no_id_at_all_is_no_topic(name: str, version: int) -> None:
    listed = "topic_data" if name == "Produce" else "topics"

    seen = refused(name, version, value(listed, NO_ID))

    assert codes_of(seen["responses" if name == "Produce" else "topics"][0]) == {UNKNOWN_TOPIC_ID}


@pytest.mark.parametrize(
    ("name", "topic_id", "code"),
    [(None, NO_ID, 42), ("orders", OWN_ID, 42), ("orders", FOREIGN, 42), (None, FOREIGN, UNKNOWN_TOPIC_ID)],
)
def test_a_topic_is_deleted_by_its_name_or_its_own_id(name: str | None, topic_id: bytes, code: int) -> None:
    seen = refused("DeleteTopics", 6, {"topics": [{"name": name, "topic_id": topic_id}]}, owner())

    assert [(it["name"], it["topic_id"], it["error_code"]) for it in seen["responses"]] == [(name, topic_id, code)]


def test_no_topic_is_deleted_by_its_id_without_the_permission() -> None:
    seen = refused("DeleteTopics", 6, value("topics", OWN_ID, FOREIGN))

    assert [entry["error_code"] for entry in seen["responses"]] == [73, 73]


def test_a_deleted_topic_is_shown_by_the_tenants_name() -> None:
    tenant = owner()
    forward = forwarded("DeleteTopics", 6, value("topics", OWN_ID), tenant)

    seen = answered(forward, {"responses": [{"name": f"{PREFIX}orders", "topic_id": OWN_ID}]}, tenant)
    with pytest.raises(Leak):
        answered(forward, {"responses": [{"name": "__vt_globex_orders", "topic_id": OWN_ID}]}, tenant)

    assert seen["responses"][0]["name"] == "orders"


def test_records_for_a_foreign_id_that_await_no_answer_end_the_connection() -> None:
    assert isinstance(ask("Produce", 13, {**value("topic_data", FOREIGN), "acks": 0}), NoReply)


def test_offsets_of_a_foreign_id_are_not_told() -> None:
    topics = [{"topic_id": FOREIGN, "partition_indexes": [0]}, {"topic_id": OWN_ID, "partition_indexes": [1]}]
    tenant = session()
    forward = forwarded("OffsetFetch", 10, {"groups": [{"group_id": "g", "topics": topics}]}, tenant)
    group = {"group_id": f"{PREFIX}g", "topics": [{"topic_id": OWN_ID, "partitions": [{"partition_index": 1}]}]}

    seen = answered(forward, {"groups": [group]}, tenant)["groups"][0]["topics"]

    assert [topic["topic_id"] for topic in upstream(forward)["groups"][0]["topics"]] == [OWN_ID]
    assert [(topic["topic_id"], topic["partitions"][0]["error_code"]) for topic in seen] == [
        (FOREIGN, 100),
        (OWN_ID, 0),
    ]


def test_all_offsets_of_a_group_are_those_of_topics_that_are_not_known_to_be_foreign() -> None:
    tenant = session()
    tenant.topic_ids.rule_out(FOREIGN)
    forward = forwarded("OffsetFetch", 10, {"groups": [{"group_id": "g", "topics": None}]}, tenant)
    topics = [{"topic_id": topic_id, "partitions": []} for topic_id in (OWN_ID, FOREIGN, b"\x33" * 16)]

    seen = answered(forward, {"groups": [{"group_id": f"{PREFIX}g", "topics": topics}]}, tenant)

    assert [topic["topic_id"] for topic in seen["groups"][0]["topics"]] == [OWN_ID, b"\x33" * 16]


@pytest.mark.parametrize("version", FETCHES)
def test_a_foreign_topic_keeps_its_place_in_a_fetch_under_an_id_that_no_topic_has(version: int) -> None:
    tenant = session()
    topics = [{"topic_id": topic_id, "partitions": [{"partition": 3}]} for topic_id in (FOREIGN, OWN_ID, METADATA_LOG)]

    sent = [upstream(forwarded("Fetch", version, {"topics": topics}, tenant))["topics"] for _ in range(2)]
    forward = forwarded("Fetch", version, {"topics": topics}, tenant)
    made, own, other = (topic["topic_id"] for topic in upstream(forward)["topics"])
    part = [{"partition_index": 3, "error_code": 100}]
    seen = answered(forward, {"responses": [{"topic_id": made, "partitions": part}, {"topic_id": own}]}, tenant)

    assert sent[0] == sent[1] == upstream(forward)["topics"]
    assert own == OWN_ID
    assert not {FOREIGN, METADATA_LOG} & {made, other}
    assert made != other
    assert [topic["topic_id"] for topic in seen["responses"]] == [FOREIGN, OWN_ID]


def test_two_connections_do_not_share_what_stands_for_a_foreign_id() -> None:
    first = session()
    second = first.for_connection()
    topics = {"topics": [{"topic_id": FOREIGN, "partitions": []}]}

    made = [upstream(forwarded("Fetch", 13, topics, tenant))["topics"][0]["topic_id"] for tenant in (first, second)]

    assert made[0] != made[1]


def test_records_of_a_topic_known_to_be_foreign_are_a_leak() -> None:
    tenant = session()
    tenant.topic_ids.rule_out(FOREIGN)
    forward = forwarded("Fetch", 13, {"topics": []}, tenant)

    with pytest.raises(Leak):
        answered(forward, {"responses": [{"topic_id": FOREIGN}]}, tenant)


@pytest.mark.parametrize(
    ("name", "version", "asked"),
    [("Metadata", 12, {"topics": None}), ("CreateTopics", 7, {"topics": []}), ("DescribeTopicPartitions", 0, {})],
)
def test_ids_are_learned_from_answers_about_own_topics(name: str, version: int, asked: dict[str, Any]) -> None:
    tenant = session()
    new, other = b"\x44" * 16, b"\x55" * 16
    topics = [{"name": f"{PREFIX}new", "topic_id": new}, {"name": "__vt_globex_new", "topic_id": other}]
    if name == "CreateTopics":
        del topics[1]

    answered(forwarded(name, version, asked, tenant), {"topics": topics}, tenant)

    assert tenant.topic_ids.owns(new)
    assert tenant.topic_ids.owns(other) is None


def test_an_id_that_is_gone_is_answered_without_a_name() -> None:
    tenant = session()
    forward = forwarded("Metadata", 12, value("topics", OWN_ID), tenant)

    seen = answered(forward, {"topics": [{"name": None, "topic_id": OWN_ID, "error_code": 100}]}, tenant)

    assert [(topic["name"], topic["error_code"]) for topic in seen["topics"]] == [(None, 100)]


def test_what_is_not_the_tenants_is_looked_up_again_after_a_while() -> None:
    now = 0.0
    known = TopicIds(limit=2, clock=lambda: now)
    known.rule_out(FOREIGN)
    before = known.owns(FOREIGN)
    now = 60.0

    assert (before, known.owns(FOREIGN)) == (False, None)
    for number in range(3):
        known.learn(bytes([9, number]) * 8)
    assert list(known.own) == [bytes([9, 1]) * 8, bytes([9, 2]) * 8]


def test_what_stands_for_no_topic_is_never_learned() -> None:
    known = TopicIds()
    for topic_id in (NO_ID, METADATA_LOG):
        known.learn(topic_id)
        assert known.owns(topic_id) is False


def test_a_fetch_of_more_foreign_ids_than_a_connection_may_have_is_refused() -> None:
    tenant = session()
    topics = [{"topic_id": number.to_bytes(16, "big"), "partitions": []} for number in range(2, 10_010)]

    outcome = ask("Fetch", 13, {"topics": topics}, tenant)

    assert isinstance(outcome, Answer)
    assert len(tenant.connection.substitutes) == 10_000
