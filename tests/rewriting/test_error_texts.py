"""A broker's error texts quote names as it stores them: a tenant reads its own, or the code's sentence instead."""

from __future__ import annotations

from typing import Any

import pytest

from protocol_tables.errors import ErrorCode, stock_text
from tests.rewriting.driving import PREFIX, answered, forwarded, session

TOPIC, GROUP = f"{PREFIX}orders", f"{PREFIX}payments"

# What Kafka 3.9 to 4.3 say, with the names that they put in.
CREATE_TOPICS = [
    (36, f"Topic '{TOPIC}' already exists."),
    (17, f"Topic '{TOPIC}' collides with existing topic: __vt_globex_orders"),
    (17, f"Topic name is invalid: the length of '{PREFIX}{'x' * 250}' is longer than the max allowed length 249"),
    (
        38,
        "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because "
        "only 1 broker(s) are registered.",
    ),
    (39, "Unable to assign replicas: broker 7 at broker-7.internal:9092 is fenced"),
    (40, "Unknown topic config name: __vt_globex_key"),
    (44, f"Unable to create topic {TOPIC}: policy of tenant globex"),
    (29, f"Authorization failed for {TOPIC}"),
]
DELETE_TOPICS = [(3, f"This server does not host this topic-partition: {TOPIC}"), (29, f"Not authorized: {TOPIC}")]
DESCRIBE_GROUPS = [(69, f"Group {GROUP} not found."), (69, f"Group {GROUP} is not a classic group.")]
DELETE_GROUPS = [
    (68, f"Group {GROUP} is not empty"),
    (69, f"Group {GROUP} not found."),
    (-1, "offsets of __vt_globex_x"),
]
CONFIGS = [(3, f"The topic '{TOPIC}' does not exist."), (42, "Unexpected broker id, expected 1, but received 7")]
PRODUCE = [
    (2, f"One or more records have been rejected due to 1 record errors in partition {TOPIC}-0"),
    (87, f"Invalid magic in {TOPIC}"),
    (1234, f"An error of a Kafka to come, about {TOPIC} and __vt_globex_orders"),
]


def clean(text: Any, code: int, told: str = "") -> bool:
    """Tells whether a text is what the broker said without the prefix, or, where that named others, the code's own."""
    foreign = any(word in told for word in ("globex", "internal"))
    expected = told.replace(PREFIX, "") if told and not foreign else stock_text(code)
    return text == expected and not any(word in text for word in ("__vt_", "globex", "internal"))


@pytest.mark.parametrize(("code", "text"), CREATE_TOPICS)
def test_errors_of_creating_topics(code: int, text: str) -> None:
    for version in range(1, 8):
        forward = forwarded("CreateTopics", version, {"topics": [{"name": "orders"}]})
        topic = {"name": TOPIC, "error_code": code, "error_message": text}

        assert clean(answered(forward, {"topics": [topic]})["topics"][0]["error_message"], code, text)


@pytest.mark.parametrize(("code", "text"), DELETE_TOPICS)
def test_errors_of_deleting_topics(code: int, text: str) -> None:
    connection = session(delete_topics=True)
    forward = forwarded("DeleteTopics", 5, {"topic_names": ["orders"]}, connection)
    entry = {"name": TOPIC, "error_code": code, "error_message": text}

    assert clean(answered(forward, {"responses": [entry]}, connection)["responses"][0]["error_message"], code, text)


@pytest.mark.parametrize(("code", "text"), DESCRIBE_GROUPS)
def test_errors_of_describing_groups(code: int, text: str) -> None:
    classic = forwarded("DescribeGroups", 6, {"groups": ["payments"]})
    consumer = forwarded("ConsumerGroupDescribe", 1, {"group_ids": ["payments"]})

    for forward in (classic, consumer):
        seen = answered(forward, {"groups": [{"group_id": GROUP, "error_code": code, "error_message": text}]})
        assert clean(seen["groups"][0]["error_message"], code, text)


@pytest.mark.parametrize(("code", "text"), DELETE_GROUPS)
def test_errors_of_deleting_groups(code: int, text: str) -> None:
    forward = forwarded("DeleteGroups", 3, {"groups_names": ["payments"]})
    result = {"group_id": GROUP, "error_code": code, "error_message": text}

    assert clean(answered(forward, {"results": [result]})["results"][0]["error_message"], code, text)


@pytest.mark.parametrize(("code", "text"), CONFIGS)
def test_errors_of_describing_configurations(code: int, text: str) -> None:
    resource = {"resource_type": 2, "resource_name": "orders"}
    for version in range(5):
        forward = forwarded("DescribeConfigs", version, {"resources": [resource]})
        result = {"resource_type": 2, "resource_name": TOPIC, "error_code": code, "error_message": text}

        assert clean(answered(forward, {"results": [result]})["results"][0]["error_message"], code, text)


@pytest.mark.parametrize(("code", "text"), PRODUCE)
def test_errors_of_writing_records(code: int, text: str) -> None:
    for version in range(8, 13):
        forward = forwarded("Produce", version, {"acks": 1, "topic_data": [{"name": "orders", "partition_data": []}]})
        errors = [{"batch_index": 0, "batch_index_error_message": text}]
        part = {"index": 0, "error_code": code, "error_message": text, "record_errors": errors}
        seen = answered(forward, {"responses": [{"name": TOPIC, "partition_responses": [part]}]})

        part = seen["responses"][0]["partition_responses"][0]
        assert clean(part["error_message"], code, text)
        assert clean(part["record_errors"][0]["batch_index_error_message"], code, text)


def test_errors_of_finding_a_coordinator() -> None:
    text = f"Failed to find the coordinator of {GROUP}: node broker-7.internal:9092 is down"
    old = answered(
        forwarded("FindCoordinator", 3, {"key": "payments"}), {"error_code": 15, "error_message": text, "node_id": -1}
    )
    entry = {"key": GROUP, "node_id": -1, "error_code": 15, "error_message": text}
    new = answered(forwarded("FindCoordinator", 4, {"coordinator_keys": ["payments"]}), {"coordinators": [entry]})

    assert clean(old["error_message"], 15)
    assert clean(new["coordinators"][0]["error_message"], 15)


def test_errors_of_describing_the_cluster_and_its_producers() -> None:
    text = "Unsupported endpoint type 2 at broker-7.internal"
    cluster = answered(forwarded("DescribeCluster", 1, {}), {"error_code": 115, "error_message": text})
    part = {"partition_index": 0, "error_code": 6, "error_message": f"{TOPIC}-0 is led by broker-7.internal"}
    producers = answered(
        forwarded("DescribeProducers", 0, {"topics": [{"name": "orders", "partition_indexes": [0]}]}),
        {"topics": [{"name": TOPIC, "partitions": [part]}]},
    )

    assert clean(cluster["error_message"], 115)
    assert clean(producers["topics"][0]["partitions"][0]["error_message"], 6)


def test_no_text_stays_no_text() -> None:
    forward = forwarded("CreateTopics", 5, {"topics": [{"name": "orders"}]})
    for nothing in (None, ""):
        topic = {"name": TOPIC, "error_code": 36, "error_message": nothing}
        assert answered(forward, {"topics": [topic]})["topics"][0]["error_message"] == nothing


def test_a_text_without_an_error_is_scrubbed_all_the_same() -> None:
    forward = forwarded("CreateTopics", 5, {"topics": [{"name": "orders"}]})

    for told, read in ((f"made {TOPIC}", "made orders"), ("made __vt_globex_a", stock_text(ErrorCode.NONE))):
        seen = answered(forward, {"topics": [{"name": TOPIC, "error_code": 0, "error_message": told}]})
        assert seen["topics"][0]["error_message"] == read
