"""The consumer group protocol of KIP-848: names up, ids down, and nothing to be learned about anybody else's ids."""

from __future__ import annotations

from tests.rewriting.driving import OWN_ID, PREFIX, answered, forwarded, names_of, refused, session, upstream

FOREIGN = bytes(range(1, 17))
NAME = "ConsumerGroupHeartbeat"


def test_a_member_subscribes_to_its_own_tenants_topics() -> None:
    sent = upstream(forwarded(NAME, 0, {"group_id": "g", "subscribed_topic_names": ["a", "__vt_globex_b"]}))

    assert sent["group_id"] == f"{PREFIX}g"
    assert sent["subscribed_topic_names"] == [f"{PREFIX}a", f"{PREFIX}__vt_globex_b"]


def test_nothing_new_and_nothing_at_all_stay_what_they_are() -> None:
    assert (
        upstream(forwarded(NAME, 0, {"group_id": "g", "subscribed_topic_names": None}))["subscribed_topic_names"]
        is None
    )
    assert upstream(forwarded(NAME, 0, {"group_id": "g", "subscribed_topic_names": []}))["subscribed_topic_names"] == []


def test_bad_groups_and_topics_are_refused() -> None:
    assert refused(NAME, 0, {"group_id": "", "subscribed_topic_names": None})["error_code"] == 24
    assert refused(NAME, 0, {"group_id": "g", "subscribed_topic_names": ["a", ".."]})["error_code"] == 17
    tenant = session(allowed_topics=["a"], allowed_groups=["g"])
    assert refused(NAME, 0, {"group_id": "g", "subscribed_topic_names": ["b"]}, tenant)["error_code"] == 3
    assert refused(NAME, 0, {"group_id": "h", "subscribed_topic_names": ["a"]}, tenant)["error_code"] == 30


def test_foreign_partitions_are_owned_under_an_id_that_no_topic_has() -> None:
    owned = [{"topic_id": topic_id, "partitions": [0]} for topic_id in (FOREIGN, OWN_ID)]

    sent = upstream(forwarded(NAME, 0, {"group_id": "g", "topic_partitions": owned}))["topic_partitions"]

    assert sent[1]["topic_id"] == OWN_ID
    assert sent[0]["topic_id"] not in (FOREIGN, bytes(16))


def test_an_assignment_is_of_no_topic_known_to_be_foreign() -> None:
    tenant = session()
    tenant.topic_ids.rule_out(FOREIGN)
    forward = forwarded(NAME, 0, {"group_id": "g"}, tenant)
    parts = [{"topic_id": topic_id, "partitions": [0]} for topic_id in (FOREIGN, OWN_ID, b"\x77" * 16)]

    seen = answered(forward, {"assignment": {"topic_partitions": parts}}, tenant)
    text = answered(forward, {"error_code": 69, "error_message": f"Group {PREFIX}g not found."}, tenant)

    assert names_of(seen["assignment"]["topic_partitions"], "topic_id") == [OWN_ID, b"\x77" * 16]
    # What such a group is given by its members' word is no proof of an owner.
    assert tenant.topic_ids.owns(b"\x77" * 16) is None
    assert PREFIX not in text["error_message"]
    assert answered(forward, {"assignment": None}, tenant)["assignment"] is None
