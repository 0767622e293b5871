"""No address, identity or text of the shared cluster reaches a tenant, in any field of any answer."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.rewriting import Answer, Forward, Session
from klamm.wire import Message
from protocol_tables.api import Api
from protocol_tables.errors import stock_text
from tests.rewriting.driving import (
    ALLOWED,
    DENIED,
    ENDPOINTS,
    PREFIX,
    REWRITER,
    UPSTREAM_ID,
    answered,
    cases,
    forwarded,
    names_of,
    route,
    session,
)
from tests.rewriting.filling import asked_with, filled, leaves, named_with, names_held

SECRETS = {
    "Host": "broker-7.internal",
    "Port": 31337,
    "ClusterId": UPSTREAM_ID,
    "ErrorMessage": "Topic '__vt_globex_secret' is led by broker-7.internal:31337",
    "ClientHost": "/10.9.8.7",
    "Pattern": "__vt_globex_secret.*",
    "ErrorCode": 36,
}
TAG = b"smuggled in a tag"


def tenant() -> Session:
    return session(delete_topics=True)


def asked(api: Api, version: int, tag: bytes = b"") -> Forward:
    """Sends a request with something in every field, which must go on."""
    body = asked_with(api, version, named_with("own"), tag)
    outcome = REWRITER.request(route(api, version), body, tenant())
    assert isinstance(outcome, Forward)
    return outcome


def received(forward: Forward, kinds: dict[str, Any], tag: bytes = b"") -> bytes:
    """Gives the bytes that the client gets for an answer with something in every field."""
    layout = forward.pending.upstream.response_layout
    value = filled(layout, named_with(f"{PREFIX}own") | kinds, tag=tag)
    return REWRITER.response(forward.pending, layout.build(value), tenant())


def kinds_of(layout: Message, kind: str, body: bytes) -> list[Any]:
    """Gives the values of a kind in a body."""
    return list(leaves(layout, layout.parse(body), kind))


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
def test_nothing_that_the_broker_says_about_itself_reaches_the_client(api: Api, version: int) -> None:
    seen = received(asked(api, version), SECRETS)

    for text in ("broker-7", UPSTREAM_ID, "10.9.8.7", "__vt_", "31337"):
        assert text.encode() not in seen, text
    layout = api.response(version)
    assert set(kinds_of(layout, "Host", seen)) <= {ENDPOINTS[1][0], ""}
    assert set(kinds_of(layout, "Port", seen)) <= {ENDPOINTS[1][1], -1}
    assert set(kinds_of(layout, "ErrorMessage", seen)) <= {stock_text(36)}
    assert set(kinds_of(layout, "ClientHost", seen)) <= {"/0.0.0.0"}
    assert set(kinds_of(layout, "Pattern", seen)) <= set()


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
def test_no_address_is_shown_for_a_node_without_a_route(api: Api, version: int) -> None:
    seen = received(asked(api, version), {**SECRETS, "NodeId": 7})

    layout = api.response(version)
    assert set(kinds_of(layout, "Host", seen)) <= {""}
    assert set(kinds_of(layout, "Port", seen)) <= {-1}


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
def test_an_answer_without_errors_or_a_cluster_id_gets_none(api: Api, version: int) -> None:
    layout = api.response(version)
    fields = {name: layout.fields[name] for name in ("cluster_id", "error_message") if name in layout.fields}
    nothing: dict[str, Any] = {name: None for name, field in fields.items() if field.nullable}

    forward = asked(api, version)
    value = filled(layout, named_with(f"{PREFIX}own"), nothing)
    seen = layout.parse(REWRITER.response(forward.pending, layout.build(value), tenant()))

    assert {name: seen[name] for name in nothing} == nothing


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
def test_undeclared_tags_go_no_way_at_any_depth(api: Api, version: int) -> None:
    body = asked_with(api, version, named_with("own"), TAG)
    assert (TAG in body) == (version in api.flexible)

    forward = asked(api, version, TAG)
    seen = received(forward, {}, TAG)

    assert TAG not in forward.body
    assert TAG not in seen
    assert names_held(api.response(version)) == seen.count(b"own")


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED + DENIED))
def test_a_refusal_carries_no_undeclared_tags_either(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("own"), tag=TAG))

    outcome = REWRITER.deny(route(api, version), body)

    assert isinstance(outcome, Answer)
    assert TAG not in outcome.body


@pytest.mark.parametrize("version", [10, 11, 12])
def test_a_new_leader_is_announced_at_klamms_address_or_not_at_all(version: int) -> None:
    forward = forwarded("Produce", version, {"acks": 1, "topic_data": [{"name": "a", "partition_data": []}]})
    nodes = [{"node_id": node, "host": "broker", "port": 31337, "rack": "r"} for node in (2, 7, 1)]

    seen = answered(forward, {"responses": [], "node_endpoints": nodes})

    assert seen["node_endpoints"] == [
        {"node_id": 2, "host": "klamm.example", "port": 9094, "rack": "r"},
        {"node_id": 1, "host": "klamm.example", "port": 9093, "rack": "r"},
    ]


@pytest.mark.parametrize("version", range(12))
def test_metadata_lists_only_the_brokers_with_a_route(version: int) -> None:
    forward = forwarded("Metadata", version, {"topics": []})
    brokers = [{"node_id": node, "host": "broker", "port": 31337} for node in (7, 1, 9, 2)]

    seen = answered(forward, {"brokers": brokers, "topics": []})

    assert names_of(seen["brokers"], "node_id") == [1, 2]
    assert names_of(seen["brokers"], "port") == [9093, 9094]


@pytest.mark.parametrize("version", range(3))
def test_describe_cluster_lists_only_the_brokers_with_a_route(version: int) -> None:
    forward = forwarded("DescribeCluster", version, {})
    brokers = [{"broker_id": node, "host": "broker", "port": 31337} for node in (7, 2)]

    seen = answered(forward, {"brokers": brokers, "cluster_id": UPSTREAM_ID})

    assert [(broker["host"], broker["port"]) for broker in seen["brokers"]] == [ENDPOINTS[2]]


@pytest.mark.parametrize("version", range(4))
def test_a_coordinator_without_a_route_is_not_available(version: int) -> None:
    forward = forwarded("FindCoordinator", version, {"key": "g"})

    seen = answered(forward, {"node_id": 7, "host": "broker", "port": 31337})

    assert (seen["error_code"], seen["node_id"], seen["host"], seen["port"]) == (15, -1, "", -1)


@pytest.mark.parametrize("version", [4, 5])
def test_each_coordinator_without_a_route_is_not_available_and_none_is_left_out(version: int) -> None:
    forward = forwarded("FindCoordinator", version, {"coordinator_keys": ["a", "b", "c"]})
    found = [("a", 7, 0), ("b", 2, 0), ("c", 7, 30)]

    seen = answered(
        forward,
        {
            "coordinators": [
                {"key": PREFIX + key, "node_id": node, "host": "broker", "port": 31337, "error_code": code}
                for key, node, code in found
            ]
        },
    )

    assert [tuple(entry.values())[:5] for entry in seen["coordinators"]] == [
        ("a", -1, "", -1, 15),
        ("b", 2, "klamm.example", 9094, 0),
        ("c", -1, "", -1, 30),
    ]


def test_the_cluster_id_is_the_tenants_own_and_the_same_everywhere() -> None:
    ids = set()
    for name, version in (("Metadata", 2), ("Metadata", 11), ("DescribeCluster", 0)):
        seen = answered(forwarded(name, version, {}), {"cluster_id": UPSTREAM_ID})
        ids.add(seen["cluster_id"])
    other = answered(forwarded("Metadata", 9, {}, session("globex")), {"cluster_id": UPSTREAM_ID}, session("globex"))[
        "cluster_id"
    ]

    assert len(ids) == 1
    assert not ids & {UPSTREAM_ID, other}


def test_permissions_are_the_tenants_and_not_klamms() -> None:
    forward = forwarded("Metadata", 9, {"topics": [{"name": "a"}]})

    seen = answered(forward, {"topics": [{"name": f"{PREFIX}a", "topic_authorized_operations": -1}]})

    assert seen["topics"][0]["topic_authorized_operations"] == sum(1 << bit for bit in (3, 4, 5, 7, 8, 10, 11))
    assert seen["cluster_authorized_operations"] == -(2**31)


@pytest.mark.parametrize("version", [version for api, version in ALLOWED if api.name == "Fetch"])
def test_no_fetch_reads_as_a_follower(version: int) -> None:
    value = {
        "cluster_id": UPSTREAM_ID,
        "replica_id": 2,
        "replica_state": {"replica_id": 2, "replica_epoch": 1},
        "topics": [{"topic": "a", "partitions": []}],
    }

    forward = forwarded("Fetch", version, value)
    sent = forward.pending.upstream.request_layout.parse(forward.body)

    assert sent.get("cluster_id") is None
    assert sent.get("replica_id", -1) == sent.get("replica_state", {}).get("replica_id", -1) == -1


@pytest.mark.parametrize(("name", "version"), [("ListOffsets", 11), ("OffsetForLeaderEpoch", 4), ("ListOffsets", 0)])
def test_no_offset_is_asked_for_as_a_follower(name: str, version: int) -> None:
    forward = forwarded(name, version, {"replica_id": 2, "topics": []})

    assert forward.pending.upstream.request_layout.parse(forward.body)["replica_id"] == -1
