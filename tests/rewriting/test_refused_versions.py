"""Whatever the tables can read can be refused, in the layout in which its answer is awaited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from klamm.rewriting import Answer, NoReply
from klamm.wire import Malformed
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY, named
from tests.rewriting.driving import ALLOWED, DENIED, REWRITER, RULES, ask, cases, refused, route, session
from tests.rewriting.filling import filled, leaves, named_with

TOPIC_AUTHORIZATION_FAILED = 29
CODELESS = [("DescribeLogDirs", version) for version in (0, 1, 2)]
"""Answers that have no field for the refusal of a whole request."""


def codes(api: Api, version: int, outcome: Any) -> set[int]:
    """Reads a refusal in the layout of the version asked, and gives the error codes where the rules put them."""
    assert isinstance(outcome, Answer)
    value = api.response(version).parse(outcome.body)
    assert api.response(version).build(value) == outcome.body
    return {code for path in route(api, version).refuse.codes for code in _at(value, path.split("."))}


def _at(value: dict[str, Any], steps: list[str]) -> Iterator[int]:
    name, rest = steps[0].removesuffix("[]"), steps[1:]
    if name not in value:
        return
    if not rest:
        yield value[name]
    for entry in value[name] if rest else ():
        yield from _at(entry, rest)


@pytest.mark.parametrize(("api", "version"), cases(DENIED))
def test_a_version_that_is_not_allowed_gets_its_own_refusal(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("own")))

    outcome = REWRITER.request(route(api, version), body, session())

    expected = set() if (api.name, version) in CODELESS else {route(api, version).refuse.deny}
    assert route(api, version).denied
    assert 0 not in expected
    assert codes(api, version, outcome) == expected


@pytest.mark.parametrize(
    ("name", "version", "code"),
    [
        ("FindCoordinator", 6, 35),
        ("AddPartitionsToTxn", 4, 31),
        ("AddPartitionsToTxn", 5, 31),
        ("ConsumerGroupHeartbeat", 1, 35),
        ("WriteTxnMarkers", 1, 31),
        ("DescribeAcls", 2, 54),
        ("DescribeUserScramCredentials", 0, 31),
    ],
)
def test_the_refusal_says_why(name: str, version: int, code: int) -> None:
    assert route(named(name), version).denied
    assert route(named(name), version).refuse.deny == code


@pytest.mark.parametrize(("api", "version"), cases(DENIED))
def test_a_denied_version_is_not_advertised(api: Api, version: int) -> None:
    low, high = REWRITER.advertised.get(api.key, (0, -1))

    assert not low <= version <= high


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED + DENIED))
def test_every_version_can_be_refused_in_its_own_layout(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("own")))

    outcome = REWRITER.deny(route(api, version), body, TOPIC_AUTHORIZATION_FAILED)

    expected = set() if (api.name, version) in CODELESS else {TOPIC_AUTHORIZATION_FAILED}
    assert codes(api, version, outcome) == expected


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED + DENIED))
def test_a_refusal_names_what_was_asked_as_it_was_asked(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("as-asked")))

    outcome = REWRITER.deny(route(api, version), body)

    assert isinstance(outcome, Answer)
    value = api.response(version).parse(outcome.body)
    if api.name == "AlterReplicaLogDirs":
        return  # Asked by directory and answered by topic: there is no place to repeat a name in.
    for kind in ("TopicName", "GroupId", "CoordinatorKey", "ResourceName"):
        assert set(leaves(api.response(version), value, kind)) <= {"as-asked"}
    assert b"__vt_" not in outcome.body


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED + DENIED))
def test_a_request_that_cannot_be_read_cannot_be_refused_either(api: Api, version: int) -> None:
    body = api.request(version).build(filled(api.request(version), named_with("own")))

    if RULES.apis[api.name].exact:
        with pytest.raises(Malformed):
            REWRITER.deny(route(api, version), body + b"\0")
    if body:
        with pytest.raises(Malformed):
            REWRITER.deny(route(api, version), body[:-1])


def test_refused_requests_by_topic_id_are_answered_by_topic_id() -> None:
    topic_id = bytes(range(1, 17))
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


def test_nothing_is_advertised_that_is_not_allowed() -> None:
    assert set(REWRITER.advertised) == {api.key for api, _ in ALLOWED} | {17, 18, 36}
    assert not set(REWRITER.advertised) & {27, 29, 30, 31, 48, 49, 50, 51, 57, 64, 71, 72, 78, 80}
    assert REWRITER.advertised[0] == (0, 13)
    assert REWRITER.advertised[18] == (0, 5)


CLUSTER_WIDE = {
    54: ("DescribeAcls", "CreateAcls", "DeleteAcls"),
    61: ("CreateDelegationToken", "RenewDelegationToken", "ExpireDelegationToken", "DescribeDelegationToken"),
    35: ("GetTelemetrySubscriptions", "PushTelemetry"),
    31: (
        *("WriteTxnMarkers", "AlterReplicaLogDirs", "DescribeLogDirs", "ElectLeaders", "AlterPartitionReassignments"),
        *("ListPartitionReassignments", "DescribeClientQuotas", "AlterClientQuotas", "DescribeUserScramCredentials"),
        *("AlterUserScramCredentials", "DescribeQuorum", "UpdateFeatures", "UnregisterBroker", "UnregisterController"),
        *("AddRaftVoter", "RemoveRaftVoter", "InitializeShareGroupState", "ReadShareGroupState"),
        *("WriteShareGroupState", "DeleteShareGroupState", "ReadShareGroupStateSummary"),
    ),
}


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in CLUSTER_WIDE.items() for name in names])
def test_what_is_the_whole_clusters_is_refused_with_its_own_error_in_every_version(code: int, name: str) -> None:
    api = named(name)
    for version in api.versions:
        body = api.request(version).build(filled(api.request(version), named_with("own")))
        expected = set() if (name, version) in CODELESS else {code}

        assert (api, version) in DENIED
        assert codes(api, version, REWRITER.request(route(api, version), body, session())) == expected


def test_every_user_that_was_to_be_changed_is_refused() -> None:
    deletions, upsertions = [{"name": "a", "mechanism": 1}], [{"name": "b", "mechanism": 1}]

    seen = refused("AlterUserScramCredentials", 0, {"deletions": deletions, "upsertions": upsertions})

    assert [(entry["user"], entry["error_code"]) for entry in seen["results"]] == [("a", 31), ("b", 31)]
