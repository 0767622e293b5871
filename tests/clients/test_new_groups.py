"""The consumer group protocol of KIP-848, raw frames against a real Kafka: two tenants with the same names."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.clients.front import Access, Front
from tests.clients.raw_client import RawClient, raw_client
from tests.clients.test_topic_ids import create, topic_of


def coordinator(access: Access, group_id: str) -> str:
    """Return host:port of the group's coordinator, as the tenant is told."""
    with raw_client(access.bootstrap, access) as client:
        while True:
            (found,) = client.ask("FindCoordinator", 4, key_type=0, coordinator_keys=[group_id])["coordinators"]
            if not found["error_code"]:
                return f"{found['host']}:{found['port']}"
            time.sleep(0.1)


def joined(client: RawClient, group_id: str, topics: list[str]) -> dict[str, Any]:
    """Join a group and return the answer that brings the assignment."""
    beat: dict[str, Any] = {"group_id": group_id, "member_id": "", "member_epoch": 0, "rebalance_timeout_ms": 60_000}
    first: dict[str, Any] = {"subscribed_topic_names": topics, "topic_partitions": []}
    answer = client.ask("ConsumerGroupHeartbeat", 0, **beat, **first)
    while answer["error_code"] in (14, 15, 16):
        time.sleep(0.1)
        answer = client.ask("ConsumerGroupHeartbeat", 0, **beat, **first)
    while not (answer["assignment"] and answer["assignment"]["topic_partitions"]):
        assert not answer["error_code"], answer
        time.sleep(0.1)
        beat |= {"member_id": answer["member_id"] or beat["member_id"], "member_epoch": answer["member_epoch"]}
        answer = client.ask("ConsumerGroupHeartbeat", 0, **beat)
    return answer


@pytest.mark.parametrize("kafka", ["kafka_4"], indirect=True)
def test_members_of_two_tenants_get_their_own_topic_in_groups_of_one_name(front: Front) -> None:
    tenants = [front.tenants["acme"], front.tenants["globex"]]
    ids = []
    for tenant in tenants:
        with raw_client(tenant.access.bootstrap, tenant.access) as client:
            create(client, "new-protocol")
            ids.append(topic_of(client, "new-protocol")["topic_id"])
    for tenant, own, foreign in zip(tenants, ids, ids[::-1], strict=True):
        with raw_client(coordinator(tenant.access, "new-group"), tenant.access) as client:
            answer = joined(client, "new-group", ["new-protocol", "not-there-yet"])
            parts = answer["assignment"]["topic_partitions"]
            assert [(it["topic_id"], it["partitions"]) for it in parts] == [(own, [0])]
            (group,) = client.ask("ConsumerGroupDescribe", 0, group_ids=["new-group"])["groups"]
            (member,) = group["members"]
            assert (group["group_id"], group["group_state"]) == ("new-group", "Stable")
            assert set(member["subscribed_topic_names"]) == {"new-protocol", "not-there-yet"}
            shown = member["assignment"]["topic_partitions"] + member["target_assignment"]["topic_partitions"]
            assert {it["topic_name"] for it in shown} <= {"new-protocol"}
            # A foreign id among what the member owns is taken like one that nobody has.
            beat = {"group_id": "new-group", "member_id": answer["member_id"], "member_epoch": answer["member_epoch"]}
            told = [
                client.ask("ConsumerGroupHeartbeat", 0, **beat, topic_partitions=[{"topic_id": it, "partitions": [0]}])
                for it in (foreign, b"\x99" * 16)
            ]
            assert told[0] == told[1]
