"""The consumer protocol inside group messages: its topics are renamed, everything else in it stays byte for byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klamm.rewriting import GroupMemory, Session
from tests.rewriting.driving import PREFIX, answered, forwarded, refused, session, upstream
from tests.rewriting.filling import assignment, subscription

USER_DATA = b"\x00__vt_globex_x and \xff any other bytes, orders too"
JOIN = {"group_id": "g", "protocol_type": "consumer"}
UNREADABLE = [
    b"\0",
    b"\0\0",
    b"\xff\xff" + subscription(0, "orders")[2:],
    subscription(0, "orders")[:-1],
    b"\0\0\x7f\xff\xff\xff",
    b"\0\0\xff\xff\xff\xff",
    b"\0\1" + subscription(0, "orders")[2:] + b"\0",
    subscription(0, "x" * 32_767),
]


def joined(version: int, metadata: bytes, protocol_type: str = "consumer") -> bytes:
    """Gives what the broker gets for the metadata of a member that joins."""
    value = {"group_id": "g", "protocol_type": protocol_type, "protocols": [{"name": "range", "metadata": metadata}]}
    sent: bytes = upstream(forwarded("JoinGroup", version, value))["protocols"][0]["metadata"]
    return sent


def leads(version: int, metadata: bytes, protocol_type: str = "consumer") -> bytes:
    """Gives what the leader of a group is shown of a member's metadata."""
    value = {"members": [{"member_id": "m", "metadata": metadata}], "protocol_type": protocol_type}
    forward = forwarded("JoinGroup", version, {**JOIN, "protocol_type": protocol_type})
    shown: bytes = answered(forward, value)["members"][0]["metadata"]
    return shown


def assigned(version: int, data: bytes, connection: Session, **fields: Any) -> bytes:
    """Gives what a member is shown of its assignment."""
    forward = forwarded("SyncGroup", version, {"group_id": "g", **fields}, connection)
    shown: bytes = answered(forward, {"assignment": data, **fields}, connection)["assignment"]
    return shown


def shares_out(version: int, data: bytes, connection: Session, **fields: Any) -> bytes:
    """Gives what the broker gets of the assignment that a leader made for a member."""
    value = {"group_id": "g", "assignments": [{"member_id": "m", "assignment": data}], **fields}
    sent: bytes = upstream(forwarded("SyncGroup", version, value, connection))["assignments"][0]["assignment"]
    return sent


@pytest.mark.parametrize("version", range(10))
@pytest.mark.parametrize("inner", [0, 1, 2, 3])
def test_subscribed_and_owned_topics_are_prefixed_and_nothing_else(version: int, inner: int) -> None:
    plain = subscription(inner, "orders", "bills", owned=("orders",), user_data=USER_DATA)
    prefixed = subscription(inner, f"{PREFIX}orders", f"{PREFIX}bills", owned=(f"{PREFIX}orders",), user_data=USER_DATA)

    assert joined(version, plain) == prefixed
    assert leads(version, prefixed) == plain


@pytest.mark.parametrize("version", range(6))
@pytest.mark.parametrize("inner", [0, 1, 2, 3])
def test_assigned_topics_are_prefixed_and_nothing_else(version: int, inner: int) -> None:
    plain = assignment(inner, "orders", "bills", user_data=USER_DATA)
    prefixed = assignment(inner, f"{PREFIX}orders", f"{PREFIX}bills", user_data=USER_DATA)
    fields = {"protocol_type": "consumer", "protocol_name": "range"} if version >= 5 else {}
    connection = session()
    forwarded("JoinGroup", 5, JOIN, connection)

    assert shares_out(version, plain, connection, **fields) == prefixed
    assert assigned(version, prefixed, connection, **fields) == plain


@pytest.mark.parametrize("inner", [4, 5, 32767])
def test_a_newer_protocol_keeps_what_only_it_knows(inner: int) -> None:
    rest = b"\x00\x07__vt_globex_ and more"
    plain = subscription(inner, "orders", owned=("orders",), rest=rest)
    prefixed = subscription(inner, f"{PREFIX}orders", owned=(f"{PREFIX}orders",), rest=rest)

    assert joined(5, plain) == prefixed
    assert leads(5, prefixed) == plain


@pytest.mark.parametrize("user_data", [None, b"", USER_DATA, bytes(range(256))])
def test_user_data_is_the_clients_own(user_data: bytes | None) -> None:
    plain = subscription(1, "orders", owned=("orders",), user_data=user_data)

    assert leads(5, joined(5, plain)) == plain


@pytest.mark.parametrize("data", [b"", subscription(0), assignment(0)])
def test_bytes_that_name_no_topic_stay(data: bytes) -> None:
    connection = session()
    forwarded("JoinGroup", 5, JOIN, connection)

    assert joined(5, data) == leads(5, data) == data
    assert shares_out(3, data, connection) == assigned(3, data, connection) == data


@pytest.mark.parametrize("protocol_type", ["connect", "sr", "", "Consumer", "consumer "])
@pytest.mark.parametrize("data", [subscription(1, f"{PREFIX}orders", owned=("orders",)), b"\0\1anything"])
def test_other_protocols_are_not_looked_into(protocol_type: str, data: bytes) -> None:
    assert joined(5, data, protocol_type) == data
    assert leads(5, data, protocol_type) == leads(7, data, protocol_type) == data


@pytest.mark.parametrize("version", [1, 2, 3, 9])
def test_a_subscription_that_ends_where_version_0_does_is_read_as_kafka_reads_it(version: int) -> None:
    head = version.to_bytes(2, "big")
    plain, prefixed = (head + subscription(0, topic)[2:] for topic in ("orders", f"{PREFIX}orders"))

    assert joined(5, plain) == prefixed
    assert leads(5, prefixed) == plain


@pytest.mark.parametrize("data", UNREADABLE)
def test_bytes_that_cannot_be_read_are_refused_on_the_way_up(data: bytes) -> None:
    connection = session()
    forwarded("JoinGroup", 5, JOIN, connection)

    join = refused("JoinGroup", 5, {**JOIN, "protocols": [{"name": "range", "metadata": data}]})
    sync = refused("SyncGroup", 3, {"group_id": "g", "assignments": [{"assignment": data}]}, connection)

    assert join["error_code"] == sync["error_code"] == 23


@pytest.mark.parametrize("data", UNREADABLE[:-1])
def test_bytes_that_cannot_be_read_are_shown_as_none(data: bytes) -> None:
    assert leads(5, data) == b""


def test_a_name_that_a_member_wrote_past_klamm_stays_as_it_wrote_it() -> None:
    assert leads(5, subscription(0, "plain", f"{PREFIX}orders")) == subscription(0, "plain", "orders")


def test_described_members_are_shown_with_their_own_names() -> None:
    member = {
        "member_id": "m",
        "client_host": "/10.9.8.7",
        "member_metadata": subscription(1, f"{PREFIX}orders", owned=(f"{PREFIX}orders",)),
        "member_assignment": assignment(1, f"{PREFIX}orders"),
    }
    groups = [
        {"group_id": f"{PREFIX}{kind}", "protocol_type": kind, "members": [member]} for kind in ("consumer", "connect")
    ]
    forward = forwarded("DescribeGroups", 4, {"groups": ["consumer", "connect"]})

    consumer, connect = (group["members"][0] for group in answered(forward, {"groups": groups})["groups"])

    assert consumer["member_metadata"] == subscription(1, "orders", owned=("orders",))
    assert consumer["member_assignment"] == assignment(1, "orders")
    assert connect["member_metadata"] == member["member_metadata"]
    assert consumer["client_host"] == connect["client_host"] == "/0.0.0.0"


@pytest.mark.parametrize("version", range(5))
def test_what_a_group_speaks_is_remembered_beyond_the_connection(version: int) -> None:
    memory = GroupMemory()
    forwarded("JoinGroup", 5, JOIN, session(memory=memory))

    later = session(memory=memory)

    assert shares_out(version, assignment(1, "orders"), later) == assignment(1, f"{PREFIX}orders")
    assert assigned(version, assignment(1, f"{PREFIX}orders"), later) == assignment(1, "orders")


def test_what_was_said_last_is_remembered_for_each_group() -> None:
    connection = session()
    forwarded("JoinGroup", 5, {**JOIN, "group_id": "other"}, connection)
    forwarded("JoinGroup", 5, {**JOIN, "protocol_type": "connect"}, connection)

    assert shares_out(3, assignment(1, "orders"), connection) == assignment(1, "orders")


def test_another_tenants_group_of_the_same_name_is_another_group() -> None:
    memory = GroupMemory()
    forwarded("JoinGroup", 5, {**JOIN, "protocol_type": "connect"}, session("globex", memory=memory))
    forwarded("JoinGroup", 5, JOIN, session(memory=memory))
    forwarded("JoinGroup", 5, {**JOIN, "protocol_type": "connect"}, session("globex", memory=memory))

    assert shares_out(3, assignment(1, "orders"), session(memory=memory)) == assignment(1, f"{PREFIX}orders")


def test_memory_is_bounded_and_loses_what_was_joined_longest_ago() -> None:
    memory = GroupMemory(limit=3)
    for group_id in ("a", "b", "c", "a", "d"):
        memory.remember(group_id, "consumer")

    assert [memory.recall(group_id) for group_id in "abcd"] == ["consumer", None, "consumer", "consumer"]
    assert memory.recall(None) is None


@pytest.mark.parametrize("version", range(5))
def test_a_restart_or_a_wrong_join_in_a_rebalance_shows_no_prefix(version: int) -> None:
    forgetful, misled = session(), session()
    forwarded("JoinGroup", 5, {**JOIN, "protocol_type": "connect"}, misled)

    for connection in (forgetful, misled):
        assert assigned(version, assignment(1, f"{PREFIX}orders"), connection) == assignment(1, "orders")
        assert assigned(version, b"\0\1\0\0 of connect", connection) == b"\0\1\0\0 of connect"


topics = st.lists(st.text(max_size=20).filter(lambda name: not name.startswith(PREFIX)), max_size=3)


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(st.integers(0, 5), topics, topics, st.none() | st.binary(max_size=20), st.binary(max_size=8))
def test_whatever_a_member_says_comes_back_as_it_said_it(
    version: int, subscribed: list[str], owned: list[str], user_data: bytes | None, rest: bytes
) -> None:
    said = subscription(version, *subscribed, owned=tuple(owned), user_data=user_data, rest=rest)

    up = joined(5, said)

    assert leads(5, up) == said
    assert up.count(PREFIX.encode()) >= len(subscribed) + (len(owned) if version else 0)
