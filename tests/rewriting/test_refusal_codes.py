"""Each refusal has the code that Kafka would give in a cluster of the tenant's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from klamm.rewriting import Forward, Session
from protocol_tables.errors import ErrorCode, stock_text
from tests.rewriting.driving import (
    ALLOWED,
    PREFIX,
    answered,
    ask,
    forwarded,
    names_of,
    refused,
    session,
    upstream,
)

LONGEST = 249 - len(PREFIX)
BAD_TOPICS = ["", ".", "..", "a b", "a/b", "a:b", "ä", "a\n", "a\0", "a\udcff", "x" * (LONGEST + 1), "x" * 30_000]


def with_topics(name: str, *topics: str) -> dict[str, Any]:
    """Gives a request of an API that names topics one by one."""
    if name == "CreateTopics":
        return {"topics": [{"name": topic, "num_partitions": 1, "replication_factor": 1} for topic in topics]}
    return {"topics": [{"name": topic} for topic in topics]}


def versions(name: str) -> Iterator[int]:
    """Gives the versions of an API that tenants may use."""
    return (version for api, version in ALLOWED if api.name == name)


def codes(name: str, version: int, connection: Session, *topics: str) -> list[int]:
    """Gives the code for each topic, where the broker has none to give."""
    outcome = ask(name, version, with_topics(name, *topics), connection)
    if isinstance(outcome, Forward):
        return names_of(answered(outcome, {}, connection)["topics"], "error_code")
    return names_of(refused(name, version, with_topics(name, *topics), connection)["topics"], "error_code")


@pytest.mark.parametrize("topic", BAD_TOPICS)
def test_a_topic_name_that_kafka_would_not_take_is_invalid(topic: str) -> None:
    for version in versions("Metadata"):
        assert codes("Metadata", version, session(), topic) == [ErrorCode.INVALID_TOPIC_EXCEPTION]
    for version in versions("CreateTopics"):
        assert codes("CreateTopics", version, session(), topic) == [ErrorCode.INVALID_TOPIC_EXCEPTION]
    assert codes("DescribeTopicPartitions", 0, session(), topic) == [ErrorCode.INVALID_TOPIC_EXCEPTION]


def test_the_longest_name_fits_with_its_prefix() -> None:
    sent = upstream(forwarded("Metadata", 9, {"topics": [{"name": "x" * LONGEST}]}))

    assert len(sent["topics"][0]["name"]) == 249


def test_an_empty_name_never_becomes_the_bare_prefix() -> None:
    seen = refused("FindCoordinator", 4, {"key_type": 0, "coordinator_keys": ["", ""]})

    assert names_of(seen["coordinators"], "error_code") == [ErrorCode.INVALID_GROUP_ID] * 2
    assert names_of(seen["coordinators"], "error_message") == [stock_text(24)] * 2
    assert names_of(seen["coordinators"], "node_id") == [-1, -1]


@pytest.mark.parametrize("version", [4, 5])
def test_coordinators_of_no_known_type_are_not_looked_up(version: int) -> None:
    for key_type in (2, 3, -1, 127):
        seen = refused("FindCoordinator", version, {"key_type": key_type, "coordinator_keys": ["a", "b"]})
        assert names_of(seen["coordinators"], "error_code") == [ErrorCode.INVALID_REQUEST] * 2


@pytest.mark.parametrize("version", list(versions("DescribeGroups")))
def test_an_empty_group_is_described_as_dead(version: int) -> None:
    forward = forwarded("DescribeGroups", version, {"groups": ["", "g"]})

    seen = answered(forward, {"groups": [{"group_id": f"{PREFIX}g", "group_state": "Stable"}]})["groups"]

    assert [(group["group_id"], group["error_code"], group["group_state"]) for group in seen] == [
        ("", 24, "Dead"),
        ("g", 0, "Stable"),
    ]


def test_an_empty_group_is_neither_deleted_nor_described_nor_read() -> None:
    delete = refused("DeleteGroups", 2, {"groups_names": [""]})
    describe = refused("ConsumerGroupDescribe", 0, {"group_ids": [""]})
    fetch = refused("OffsetFetch", 5, {"group_id": "", "topics": None})

    assert names_of(delete["results"], "error_code") == [24]
    assert names_of(describe["groups"], "error_code") == [24]
    assert names_of(describe["groups"], "error_message") == [stock_text(24)]
    assert fetch["error_code"] == 24


@pytest.mark.parametrize("version", list(versions("Metadata")))
def test_a_topic_off_the_list_does_not_exist(version: int) -> None:
    connection = session(allowed_topics=["orders"])

    assert codes("Metadata", version, connection, "secret") == [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]


def test_records_for_a_topic_off_the_list_go_nowhere() -> None:
    part = [{"index": 0, "records": b"r"}]
    value = {"acks": 1, "topic_data": [{"name": "secret", "partition_data": part}]}

    seen = refused("Produce", 9, value, session(allowed_topics=["orders"]))

    assert seen["responses"][0]["partition_responses"][0]["error_code"] == 3


@pytest.mark.parametrize("version", list(versions("CreateTopics")))
def test_a_topic_off_the_list_may_not_be_created(version: int) -> None:
    connection = session(allowed_topics=["orders"])

    assert codes("CreateTopics", version, connection, "secret", "a b") == [
        ErrorCode.TOPIC_AUTHORIZATION_FAILED,
        ErrorCode.INVALID_TOPIC_EXCEPTION,
    ]
    assert len(upstream(forwarded("CreateTopics", version, with_topics("CreateTopics", "orders"), connection))) > 0


@pytest.mark.parametrize("version", list(versions("DeleteTopics")))
def test_no_topic_is_deleted_without_the_permission(version: int) -> None:
    by_name = [{"name": "orders"}, {"name": ".."}]
    seen = refused("DeleteTopics", version, {"topic_names": ["orders", ".."], "topics": by_name})

    expected = ErrorCode.TOPIC_DELETION_DISABLED if version >= 3 else ErrorCode.INVALID_REQUEST
    assert names_of(seen["responses"], "error_code") == [expected] * 2
    assert names_of(seen["responses"]) == ["orders", ".."]


@pytest.mark.parametrize("version", list(versions("DeleteTopics")))
def test_with_the_permission_own_topics_are_deleted_and_bad_names_are_not(version: int) -> None:
    connection = session(delete_topics=True)
    by_name = [{"name": "orders"}, {"name": ".."}]
    value = {"topic_names": ["orders", ".."], "topics": by_name}
    forward = forwarded("DeleteTopics", version, value, connection)

    seen = answered(forward, {"responses": [{"name": f"{PREFIX}orders"}]}, connection)

    sent = upstream(forward)
    assert (sent["topic_names"] if version < 6 else names_of(sent["topics"])) == [f"{PREFIX}orders"]
    assert [(entry["name"], entry["error_code"]) for entry in seen["responses"]] == [("orders", 0), ("..", 17)]


@pytest.mark.parametrize("version", list(versions("DescribeConfigs")))
@pytest.mark.parametrize("resource_type", [0, 1, 4, 8, 16, -1])
def test_the_brokers_settings_are_nobodys_business(version: int, resource_type: int) -> None:
    broker = {"resource_type": resource_type, "resource_name": "1", "configuration_keys": None}
    topic = {"resource_type": 2, "resource_name": "orders", "configuration_keys": None}
    forward = forwarded("DescribeConfigs", version, {"resources": [broker, topic]})

    seen = answered(forward, {"results": [{"resource_type": 2, "resource_name": f"{PREFIX}orders"}]})["results"]

    assert names_of(upstream(forward)["resources"], "resource_name") == [f"{PREFIX}orders"]
    assert [(entry["resource_type"], entry["resource_name"], entry["error_code"]) for entry in seen] == [
        (resource_type, "1", 31),
        (2, "orders", 0),
    ]


def test_groups_and_transactional_ids_off_the_lists_are_not_authorized() -> None:
    connection = session(allowed_groups=["billing"], allowed_transactional_ids=["copier"])

    join = refused("JoinGroup", 5, {"group_id": "other", "protocol_type": "consumer"}, connection)
    init = refused("InitProducerId", 4, {"transactional_id": "other"}, connection)
    keys = [refused("FindCoordinator", 3, {"key": "other", "key_type": kind}, connection) for kind in (0, 1)]

    assert join["error_code"] == ErrorCode.GROUP_AUTHORIZATION_FAILED
    assert init["error_code"] == ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
    assert [key["error_code"] for key in keys] == [30, 53]


def test_a_group_id_that_no_longer_fits_with_its_prefix_is_invalid() -> None:
    longest = 32767 - len(PREFIX)

    assert forwarded("Heartbeat", 3, {"group_id": "g" * longest})
    assert refused("Heartbeat", 3, {"group_id": "g" * (longest + 1)})["error_code"] == 24
    assert refused("Heartbeat", 3, {"group_id": "é" * (longest // 2 + 1)})["error_code"] == 24


def test_bytes_that_are_no_utf8_are_a_group_of_their_own() -> None:
    forward = forwarded("DescribeGroups", 0, {"groups": ["g\udcff"]})

    assert f"{PREFIX}g".encode() + b"\xff" in forward.body
    assert answered(forward, {"groups": [{"group_id": f"{PREFIX}g\udcff"}]})["groups"][0]["group_id"] == "g\udcff"
