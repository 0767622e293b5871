"""Looking a topic up creates it, unless the tenant may not; old clients cannot say so, so Klamm says it for them."""

from __future__ import annotations

import pytest

from klamm.rewriting import Forward, Leak
from klamm.wire import Malformed
from protocol_tables.registry import named
from tests.rewriting.driving import (
    ENDPOINTS,
    PREFIX,
    REWRITER,
    UPSTREAM_ID,
    answered,
    forwarded,
    names_of,
    route,
    session,
    upstream,
)
from tests.rewriting.filling import filled, named_with

MAY_NOT = session(auto_create_topics=False)
OLD = range(4)
NEW = range(4, 12)


@pytest.mark.parametrize("version", OLD)
def test_an_old_request_goes_up_as_one_that_creates_nothing(version: int) -> None:
    forward = forwarded("Metadata", version, {"topics": [{"name": "a"}]}, MAY_NOT)

    assert forward.version == 4
    assert upstream(forward) == {"topics": [{"name": f"{PREFIX}a"}], "allow_auto_topic_creation": False}


@pytest.mark.parametrize("version", OLD)
def test_with_the_permission_an_old_request_stays_what_it_is(version: int) -> None:
    forward = forwarded("Metadata", version, {"topics": [{"name": "a"}]})

    assert forward.version == version
    assert upstream(forward) == {"topics": [{"name": f"{PREFIX}a"}]}


@pytest.mark.parametrize("version", NEW)
@pytest.mark.parametrize("wish", [True, False])
def test_a_new_request_creates_only_if_it_wants_to_and_may(version: int, wish: bool) -> None:
    value = {"topics": [{"name": "a"}], "allow_auto_topic_creation": wish}

    may, may_not = (forwarded("Metadata", version, value, connection) for connection in (session(), MAY_NOT))

    assert upstream(may)["allow_auto_topic_creation"] is wish
    assert upstream(may_not)["allow_auto_topic_creation"] is False
    assert may.version == may_not.version == version


@pytest.mark.parametrize(("version", "asked", "sent"), [(0, [], None), (1, None, None), (1, [], []), (3, None, None)])
def test_all_and_none_keep_their_meaning(version: int, asked: list[object] | None, sent: list[object] | None) -> None:
    assert upstream(forwarded("Metadata", version, {"topics": asked}, MAY_NOT))["topics"] == sent


@pytest.mark.parametrize("version", OLD)
def test_the_answer_comes_in_the_layout_that_was_asked_for(version: int) -> None:
    forward = forwarded("Metadata", version, {"topics": [{"name": "a"}, {"name": ".."}]}, MAY_NOT)
    partition = {"partition_index": 0, "leader_id": 1, "replica_nodes": [1, 7], "isr_nodes": [1]}
    broker = {"node_id": 1, "host": "broker", "port": 31337, "rack": "r"}
    body = (
        named("Metadata")
        .response(4)
        .build(
            {
                "throttle_time_ms": 5,
                "brokers": [broker, {**broker, "node_id": 7}],
                "cluster_id": UPSTREAM_ID,
                "controller_id": 1,
                "topics": [
                    {"name": f"{PREFIX}a", "is_internal": True, "partitions": [partition]},
                    {"name": "__vt_globex_b"},
                ],
            }
        )
    )

    seen = named("Metadata").response(version).parse(REWRITER.response(forward.pending, body, MAY_NOT))

    host, port = ENDPOINTS[1]
    assert [(found["node_id"], found["host"], found["port"]) for found in seen["brokers"]] == [(1, host, port)]
    assert [(topic["name"], topic["error_code"]) for topic in seen["topics"]] == [("a", 0), ("..", 17)]
    assert seen["topics"][0]["partitions"][0]["replica_nodes"] == [1, 7]
    assert seen.keys() == named("Metadata").response(version).fields.keys()
    assert seen.get("throttle_time_ms", 5) == 5
    assert seen.get("cluster_id") != UPSTREAM_ID


@pytest.mark.parametrize("version", OLD)
def test_a_raised_request_of_which_nothing_is_left_asks_for_none(version: int) -> None:
    forward = forwarded("Metadata", version, {"topics": [{"name": ".."}]}, MAY_NOT)

    seen = answered(forward, {"brokers": [{"node_id": 1}]})

    assert upstream(forward)["topics"] == []
    assert names_of(seen["topics"], "error_code") == [17]
    assert names_of(seen["brokers"], "node_id") == [1]


@pytest.mark.parametrize("version", OLD)
def test_raised_answers_hide_what_all_others_hide(version: int) -> None:
    forward = forwarded("Metadata", version, {"topics": [{"name": "asked"}]}, MAY_NOT)
    layout = forward.pending.upstream.response_layout
    kinds = {**named_with("__vt_globex_secret"), "Host": "broker-7.internal", "Port": 31337, "ClusterId": UPSTREAM_ID}
    body = layout.build(filled(layout, kinds))

    seen = REWRITER.response(forward.pending, body, MAY_NOT)

    assert not any(text in seen for text in (b"globex", b"broker-7", b"asked", UPSTREAM_ID.encode()))


def test_an_answer_in_the_clients_layout_instead_of_the_raised_one_is_malformed() -> None:
    forward = forwarded("Metadata", 0, {"topics": [{"name": "a"}]}, MAY_NOT)

    with pytest.raises((Malformed, Leak)):
        REWRITER.response(forward.pending, named("Metadata").response(0).build({"brokers": [{"node_id": 1}]}), MAY_NOT)


@pytest.mark.parametrize("version", [0, 1, 4, 9])
def test_bytes_behind_a_metadata_request_are_cut_off(version: int) -> None:
    api = named("Metadata")
    body = api.request(version).build({"topics": [{"name": "a"}]})

    for connection in (session(), MAY_NOT):
        exact = REWRITER.request(route(api, version), body, connection)
        longer = REWRITER.request(route(api, version), body + b"__vt_globex_smuggled", connection)
        assert isinstance(exact, Forward)
        assert isinstance(longer, Forward)
        assert longer.body == exact.body


def test_bytes_behind_a_metadata_answer_are_cut_off() -> None:
    forward = forwarded("Metadata", 9, {"topics": [{"name": "a"}]})
    body = named("Metadata").response(9).build({"topics": [{"name": f"{PREFIX}a"}]})

    seen = REWRITER.response(forward.pending, body + b"__vt_globex_smuggled", session())

    assert seen == REWRITER.response(forward.pending, body, session())
