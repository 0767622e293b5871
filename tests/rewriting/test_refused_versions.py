"""Whatever the tables can read can be refused, in the layout in which its answer is awaited."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.rewriting import Answer, NoReply
from klamm.wire import Malformed
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY
from tests.rewriting.driving import ALLOWED, DENIED, REWRITER, RULES, ask, cases, refused, route, session
from tests.rewriting.filling import filled, leaves, named_with

TOPIC_AUTHORIZATION_FAILED = 29
NEVER_ALLOWED = {"ConsumerGroupHeartbeat"}
SECOND_CODES = {"topic_config_error_code"}


def denial(name: str, version: int) -> int:
    """Gives the code of a version that the rules refuse."""
    return 31 if name == "AddPartitionsToTxn" and version >= 4 else 35


def codes(api: Api, version: int, outcome: Any) -> set[int]:
    """Reads a refusal in the layout of the version asked, and gives the error codes in it."""
    assert isinstance(outcome, Answer)
    layout = api.response(version)
    value = layout.parse(outcome.body)
    for topic in value.get("topics") or ():
        topic.pop("topic_config_error_code", None)
    return {code for code in _codes(layout, value) if code is not None}


def _codes(layout: Any, value: Any) -> list[Any]:
    for entry in value.get("topics") or ():
        entry.setdefault("topic_config_error_code", None)
    return list(leaves(layout, value, "ErrorCode"))


@pytest.mark.parametrize(("api", "version"), cases(DENIED))
def test_a_version_that_is_not_allowed_gets_its_own_refusal(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("own")))

    assert route(api, version).denied
    assert codes(api, version, REWRITER.request(route(api, version), body, session())) == {denial(api.name, version)}


@pytest.mark.parametrize(("api", "version"), cases(DENIED))
def test_a_denied_version_is_not_advertised(api: Api, version: int) -> None:
    low, high = REWRITER.advertised.get(api.key, (0, -1))

    assert not low <= version <= high


def test_the_denied_versions_are_those_that_know_topics_by_id() -> None:
    by_name: dict[str, list[int]] = {}
    for api, version in DENIED:
        by_name.setdefault(api.name, []).append(version)

    assert by_name == {
        "Produce": [13],
        "Fetch": [13, 14, 15, 16, 17, 18],
        "Metadata": [12, 13],
        "OffsetCommit": [10],
        "OffsetFetch": [10],
        "FindCoordinator": [6],
        "DeleteTopics": [6],
        "InitProducerId": [6],
        "AddPartitionsToTxn": [4, 5],
        "TxnOffsetCommit": [6],
        "ConsumerGroupHeartbeat": [0, 1],
    }


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED + DENIED))
def test_every_version_can_be_refused_in_its_own_layout(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("own")))

    outcome = REWRITER.deny(route(api, version), body, TOPIC_AUTHORIZATION_FAILED)

    assert codes(api, version, outcome) == {TOPIC_AUTHORIZATION_FAILED}


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED + DENIED))
def test_a_refusal_names_what_was_asked_as_it_was_asked(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("as-asked")))

    outcome = REWRITER.deny(route(api, version), body)

    assert isinstance(outcome, Answer)
    value = api.response(version).parse(outcome.body)
    for kind in ("TopicName", "GroupId", "CoordinatorKey", "ResourceName"):
        assert set(leaves(api.response(version), value, kind)) <= {"as-asked"}
    assert b"__vt_" not in outcome.body


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED + DENIED))
def test_a_request_that_cannot_be_read_cannot_be_refused_either(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("own")))

    with pytest.raises(Malformed):
        REWRITER.deny(route(api, version), body + b"\0")


def test_refused_requests_by_topic_id_are_answered_by_topic_id() -> None:
    topic_id = bytes(range(16))
    produce = refused(
        "Produce",
        13,
        {"acks": -1, "topic_data": [{"topic_id": topic_id, "partition_data": [{"index": 4, "records": b"r"}]}]},
    )
    delete = refused("DeleteTopics", 6, {"topics": [{"name": None, "topic_id": topic_id}]})

    assert produce["responses"][0]["topic_id"] == topic_id
    assert produce["responses"][0]["partition_responses"][0]["index"] == 4
    assert [(entry["name"], entry["topic_id"]) for entry in delete["responses"]] == [(None, topic_id)]


@pytest.mark.parametrize("version", [3, 9, 12, 13])
def test_a_refused_produce_that_awaits_no_answer_gets_none(version: int) -> None:
    topic: dict[str, Any] = {"partition_data": [{"index": 0, "records": b"r"}]}
    value = {"acks": 0, "topic_data": [{**topic, "name": "a b"}, {**topic, "name": "fine"}]}

    assert isinstance(ask("Produce", version, value), NoReply)


def test_a_produce_that_awaits_no_answer_is_denied_without_one() -> None:
    api = BY_KEY[0]
    body = api.request(9).build({"acks": 0, "topic_data": []})

    assert isinstance(REWRITER.deny(route(api, 9), body), NoReply)


def test_what_the_tables_do_not_have_has_no_route() -> None:
    assert REWRITER.lookup(4, 0) is None
    assert REWRITER.lookup(-1, 0) is None
    assert REWRITER.lookup(3, 14) is None
    assert REWRITER.lookup(3, -1) is None


def test_only_the_login_apis_pass_before_login_and_are_answered_here() -> None:
    routes = [route(api, version) for api in BY_KEY.values() for version in api.versions]

    assert {(found.api.name, found.local) for found in routes if found.before_login} == {
        ("ApiVersions", "api_versions"),
        ("SaslHandshake", "sasl_handshake"),
        ("SaslAuthenticate", "sasl_authenticate"),
    }
    assert all(found.before_login == (found.local is not None) for found in routes)


def test_nothing_is_advertised_that_has_no_rules() -> None:
    assert set(REWRITER.advertised) == {
        api.key for api in BY_KEY.values() if api.name in RULES.apis and api.name not in NEVER_ALLOWED
    }
    assert REWRITER.advertised[0] == (0, 12)
    assert REWRITER.advertised[18] == (0, 5)
