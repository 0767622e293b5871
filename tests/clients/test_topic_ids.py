"""Topics by their ids, raw frames against a real Kafka: another tenant's id is worth as much as one that nobody has."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.clients.front import Front
from tests.clients.raw_client import RawClient, raw_client
from tests.kafka import Cluster

UNKNOWN_TOPIC_ID = 100
RECORD = bytes.fromhex(
    "0000000000000000" "0000003b" "00000000" "02" "60a2d1cc" "0000" "00000000" "0000018bcfe56800" "0000018bcfe56800"
    "ffffffffffffffff" "ffff" "ffffffff" "00000001" "12000000010678797a00"
)  # fmt: skip


def create(client: RawClient, name: str) -> None:
    topic = {"name": name, "num_partitions": 1, "replication_factor": 3, "assignments": [], "configs": []}
    answer = client.ask("CreateTopics", 5, topics=[topic], timeout_ms=30_000)
    assert [it["error_code"] for it in answer["topics"]] == [0]


def topic_of(client: RawClient, name: str) -> dict[str, Any]:
    while True:
        topics = [{"name": name, "topic_id": bytes(16)}]
        (found,) = client.ask("Metadata", 12, topics=topics, allow_auto_topic_creation=False)["topics"]
        if not found["error_code"] and found["partitions"][0]["leader_id"] >= 0:
            return dict(found)


def fetched(client: RawClient, **body: Any) -> dict[str, Any]:
    """Fetch by id until the broker knows that it leads the new partition."""
    while True:
        answer = client.ask("Fetch", 16, max_wait_ms=0, **body)
        if not {it["partitions"][0]["error_code"] for it in answer["responses"]} & {3, 5, 6, 9}:
            return answer


def without_ids(answer: dict[str, Any], *topic_ids: bytes) -> str:
    # Which broker is named as the controller is left to chance, from one answer to the next.
    text = repr({key: value for key, value in answer.items() if key not in ("controller_id", "throttle_time_ms")})
    for topic_id in topic_ids:
        text = text.replace(repr(topic_id), "the id")
    return text


def asked_about(topic_id: bytes, group_id: str) -> list[tuple[str, int, dict[str, Any]]]:
    part = {"partition": 0, "partition_index": 0, "fetch_offset": 0, "partition_max_bytes": 1 << 20}
    topic = {"topic_id": topic_id, "name": None, "partitions": [part]}
    group = {"group_id": group_id, "topics": [{"topic_id": topic_id, "partition_indexes": [0]}]}
    data = {"topic_id": topic_id, "partition_data": [{"index": 0, "records": RECORD}]}
    return [
        ("Metadata", 12, {"topics": [topic]}),
        ("Metadata", 13, {"topics": [topic]}),
        ("Produce", 13, {"acks": -1, "timeout_ms": 5000, "topic_data": [data]}),
        *(("Fetch", version, {"max_wait_ms": 0, "topics": [topic]}) for version in range(13, 19)),
        ("OffsetCommit", 10, {"group_id": group_id, "topics": [topic]}),
        ("OffsetFetch", 10, {"groups": [group]}),
        ("DeleteTopics", 6, {"topics": [{"name": None, "topic_id": topic_id}], "timeout_ms": 5000}),
    ]


@pytest.mark.timeout(300)
def test_a_foreign_id_tells_and_does_what_an_unknown_one_does(front: Front) -> None:
    acme, globex = front.tenants["acme"], front.tenants["globex"]
    with raw_client(globex.access.bootstrap, globex.access) as victim:
        create(victim, "by-id")
        secret = topic_of(victim, "by-id")["topic_id"]
    with raw_client(acme.access.bootstrap, acme.access) as attacker:
        offered = attacker.offered()
        nobodys = uuid.uuid4().bytes
        requests = zip(asked_about(secret, "g"), asked_about(nobodys, "g"), strict=True)
        probes = [pair for pair in requests if pair[0][1] <= offered[pair[0][0]]]
        for (api, version, foreign), (_, _, unknown) in probes:
            answers = [attacker.ask(api, version, **body) for body in (foreign, unknown)]
            told = [without_ids(answer, secret, nobodys) for answer in answers]
            assert told[0] == told[1], (api, version)
            # Whoever may not delete learns no more than that.
            assert str(UNKNOWN_TOPIC_ID) in told[0] or api == "DeleteTopics", (api, version)
    assert len(probes) >= 7
    with raw_client(globex.access.bootstrap, globex.access) as victim:
        assert topic_of(victim, "by-id")["topic_id"] == secret


@pytest.mark.timeout(300)
def test_an_own_topic_that_klamm_has_not_seen_is_reached_by_its_id(front: Front, kafka: Cluster) -> None:
    acme = front.tenants["acme"]
    with front.watch.looking_away(), raw_client(kafka.bootstrap.split(",")[0]) as direct:
        create(direct, "__vt_acme_unseen")
        topic = topic_of(direct, "__vt_acme_unseen")
    host, _, port = acme.access.bootstrap.rpartition(":")
    leader = f"{host}:{int(port) + topic['partitions'][0]['leader_id']}"
    part = {"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1 << 20}
    with raw_client(leader, acme.access) as client:
        fetch = fetched(client, topics=[{"topic_id": topic["topic_id"], "partitions": [part]}])
        (found,) = client.ask("Metadata", 12, topics=[{"topic_id": topic["topic_id"], "name": None}])["topics"]

    (answered,) = fetch["responses"]
    assert (answered["topic_id"], answered["partitions"][0]["error_code"]) == (topic["topic_id"], 0)
    assert (found["name"], found["error_code"]) == ("unseen", 0)


@pytest.mark.timeout(300)
def test_a_fetch_session_is_good_where_it_was_opened_and_nowhere_else(front: Front) -> None:
    acme, globex = front.tenants["acme"], front.tenants["globex"]
    with raw_client(globex.access.bootstrap, globex.access) as victim:
        create(victim, "in-session")
        topic = topic_of(victim, "in-session")
    host, _, port = globex.access.bootstrap.rpartition(":")
    leader = f"{host}:{int(port) + topic['partitions'][0]['leader_id']}"
    part = {"partition": 0, "fetch_offset": 0, "partition_max_bytes": 1 << 20}
    listed = [{"topic_id": topic_id, "partitions": [part]} for topic_id in (topic["topic_id"], uuid.uuid4().bytes)]
    with (
        raw_client(leader, globex.access) as victim,
        raw_client(leader, globex.access) as sibling,
        raw_client(leader, acme.access) as attacker,
    ):
        opened = fetched(victim, session_epoch=0, topics=listed)
        session_id = opened["session_id"]
        assert session_id > 0
        assert sorted(it["partitions"][0]["error_code"] for it in opened["responses"]) == [0, UNKNOWN_TOPIC_ID]
        for other in (attacker, sibling):
            for epoch in (1, 2):
                answer = other.ask("Fetch", 16, max_wait_ms=0, session_id=session_id, session_epoch=epoch)
                assert (answer["error_code"], answer["responses"]) == (70, [])
            for epoch in (0, -1):
                answer = other.ask("Fetch", 16, max_wait_ms=0, session_id=session_id, session_epoch=epoch)
                assert answer["error_code"] == 0
        more = victim.ask("Fetch", 16, max_wait_ms=0, session_id=session_id, session_epoch=1)
        # What has not changed is left out, and an error is not.
        assert (more["error_code"], more["session_id"]) == (0, session_id)
        assert [it["topic_id"] for it in more["responses"]] == [listed[1]["topic_id"]]
        left = [{"topic_id": listed[1]["topic_id"], "partitions": [0]}]
        last = victim.ask(
            "Fetch", 16, max_wait_ms=0, session_id=session_id, session_epoch=2, forgotten_topics_data=left
        )
        assert (last["error_code"], last["responses"]) == (0, [])
