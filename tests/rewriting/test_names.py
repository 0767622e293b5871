"""Whatever can be named: it goes up under the tenant's prefix, comes down without it, and nothing else comes down."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.rewriting import Forward, GroupMemory, Leak, Session
from protocol_tables.api import Api
from protocol_tables.registry import named
from tests.rewriting.driving import ALLOWED, PREFIX, REWRITER, answered, cases, forwarded, route, session, upstream
from tests.rewriting.filling import asked_with, filled, named_with, names_held, naming_fields

MARK = "mark-of-a-name"
FOREIGN = (
    "__vt_globex_secret",
    "__consumer_offsets",
    "secret-of-nobody",
    "__vt_acme",
    "__vt_acm_secret",
    " __vt_acme_x",
)


def tenant() -> Session:
    """Gives a connection of a tenant that may do everything and has joined the groups it asks about."""
    memory = GroupMemory()
    for group_id in (MARK, "asked"):
        memory.remember(PREFIX + group_id, "consumer")
    return session(memory=memory, delete_topics=True)


def sent(api: Api, version: int, kinds: dict[str, Any], connection: Session) -> Forward:
    """Sends a request with a name in every field, which must go on."""
    if api.name == "CreateTopics":
        kinds = kinds | {"ConfigName": "retention.ms"}
    outcome = REWRITER.request(route(api, version), asked_with(api, version, kinds), connection)
    assert isinstance(outcome, Forward)
    return outcome


def received(
    forward: Forward, kinds: dict[str, Any], connection: Session, paths: dict[str, str] | None = None
) -> bytes:
    """Gives the bytes that the client gets for an answer with a name in every field."""
    layout = forward.pending.upstream.response_layout
    return REWRITER.response(forward.pending, layout.build(filled(layout, kinds, paths)), connection)


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
@pytest.mark.parametrize(("key_type", "resource_type"), [(0, 2), (1, 32)])
def test_no_name_goes_up_without_the_prefix(api: Api, version: int, key_type: int, resource_type: int) -> None:
    body = sent(api, version, named_with(MARK, key_type, resource_type), tenant()).body

    assert body.count(f"{PREFIX}{MARK}".encode()) == body.count(MARK.encode()) == names_held(api.request(version))


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
@pytest.mark.parametrize(("key_type", "resource_type"), [(0, 2), (1, 32)])
def test_every_own_name_comes_down_without_the_prefix(
    api: Api, version: int, key_type: int, resource_type: int
) -> None:
    connection = tenant()
    forward = sent(api, version, named_with("asked", key_type, resource_type), connection)

    seen = received(forward, named_with(PREFIX + MARK, key_type, resource_type), connection)

    assert b"__vt_" not in seen
    assert seen.count(MARK.encode()) == names_held(api.response(version))


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
def test_a_foreign_name_never_comes_down(api: Api, version: int) -> None:
    connection = tenant()
    for path in naming_fields(api.response(version)):
        for foreign in FOREIGN:
            forward = sent(api, version, named_with("asked"), connection)
            try:
                seen = received(forward, named_with(f"{PREFIX}own"), connection, {path: foreign})
            except Leak:
                continue
            assert foreign.encode() not in seen, path


def test_the_promises_above_are_about_many_names() -> None:
    asked = sum(names_held(api.request(version)) for api, version in ALLOWED)
    answers = sum(len(naming_fields(api.response(version))) for api, version in ALLOWED)

    assert len(ALLOWED) > 120
    assert asked > 150
    assert answers > 100


@pytest.mark.parametrize(
    "name", ["__vt_globex_orders", "__vt_acme_orders", "__consumer_offsets", "__transaction_state"]
)
def test_a_tenant_that_asks_for_a_foreign_name_gets_its_own_of_that_name(name: str) -> None:
    forward = forwarded("Metadata", 9, {"topics": [{"name": name}]})

    seen = answered(forward, {"topics": [{"name": PREFIX + name, "is_internal": True}]})

    assert seen["topics"][0]["name"] == name
    assert seen["topics"][0]["is_internal"] is False


def test_null_stays_null() -> None:
    produce = forwarded("Produce", 9, {"transactional_id": None, "acks": 1, "topic_data": []})
    init = forwarded("InitProducerId", 4, {"transactional_id": None})

    assert named("Produce").request(9).parse(produce.body)["transactional_id"] is None
    assert named("InitProducerId").request(4).parse(init.body)["transactional_id"] is None


def test_an_empty_name_in_an_answer_belongs_to_nobody() -> None:
    forward = forwarded("DescribeGroups", 5, {"groups": ["g"]})

    assert answered(forward, {"groups": [{"group_id": "", "error_code": 16}]})["groups"][0]["group_id"] == ""


def test_a_name_that_only_somebody_without_klamm_could_have_made_is_not_shown() -> None:
    forward = forwarded("Metadata", 9, {"topics": None})

    seen = answered(forward, {"topics": [{"name": PREFIX}, {"name": f"{PREFIX}."}, {"name": f"{PREFIX}a b"}]})

    assert seen["topics"] == []


def test_names_off_the_list_are_not_shown_even_with_the_prefix() -> None:
    connection = session(allowed_topics=["orders"], allowed_groups=["billing"])
    topics = answered(
        forwarded("Metadata", 9, {"topics": None}, connection),
        {"topics": [{"name": f"{PREFIX}orders"}, {"name": f"{PREFIX}other"}]},
        connection,
    )
    groups = answered(
        forwarded("ListGroups", 4, {}, connection),
        {"groups": [{"group_id": f"{PREFIX}other"}, {"group_id": f"{PREFIX}billing"}]},
        connection,
    )

    assert [topic["name"] for topic in topics["topics"]] == ["orders"]
    assert [group["group_id"] for group in groups["groups"]] == ["billing"]


def test_a_tenant_without_a_prefix_sees_and_reaches_its_lists_and_nothing_else() -> None:
    lists: dict[str, Any] = {
        "allowed_topics": ["orders"],
        "allowed_groups": ["billing"],
        "allowed_transactional_ids": ["copier"],
    }
    connection = session("legacy", prefix="", **lists)
    both = {"topics": [{"name": "orders"}, {"name": "__vt_acme_orders"}]}
    asked = forwarded("Metadata", 9, both, connection)
    topics = answered(forwarded("Metadata", 9, {"topics": None}, connection), both, connection)
    groups = answered(
        forwarded("ListGroups", 4, {}, connection),
        {"groups": [{"group_id": "billing"}, {"group_id": "__vt_acme_billing"}, {"group_id": ""}]},
        connection,
    )

    assert [topic["name"] for topic in upstream(asked)["topics"]] == ["orders"]
    assert [topic["name"] for topic in topics["topics"]] == ["orders"]
    assert [group["group_id"] for group in groups["groups"]] == ["billing"]


def test_a_broker_that_answers_about_something_else_is_a_leak() -> None:
    forward = forwarded("FindCoordinator", 4, {"key_type": 1, "coordinator_keys": ["copier"]})

    with pytest.raises(Leak, match="outside the tenant's namespace"):
        answered(forward, {"coordinators": [{"key": "__vt_globex_copier", "node_id": 1}]})


def test_a_leak_does_not_repeat_the_name() -> None:
    forward = forwarded("ListOffsets", 5, {"topics": []})

    with pytest.raises(Leak) as caught:
        answered(forward, {"topics": [{"name": "__vt_globex_secret"}]})

    assert "secret" not in str(caught.value)


def test_an_answer_for_a_key_type_that_no_rule_knows_is_a_leak() -> None:
    forward = forwarded("FindCoordinator", 5, {"key_type": 2, "coordinator_keys": []})

    with pytest.raises(Leak):
        answered(forward, {"coordinators": [{"key": f"{PREFIX}g", "node_id": 1}]})
