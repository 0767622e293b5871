"""A tenant and a broker around the rewriter, without sockets: values in, values out."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.samples import sample
from klamm.rewriting import Answer, Forward, GroupMemory, NoReply, Rewriter, Route, Session, TopicIds, load_rules
from klamm.tenancy.namespace import Namespace
from klamm.tenancy.scrubbing import Scrubber
from klamm.tenancy.tenant import Permissions, Tenant
from klamm.tenancy.view import TenantView
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY, named
from protocol_tables.types import FetchSessionId

OWN_ID = bytes(range(16))
"""The id of a topic of the tenant's; no other id is known to anybody."""

RULES = load_rules("tenant_isolation")
REWRITER = Rewriter(RULES)

PREFIX = "__vt_acme_"
UPSTREAM_ID = "the-shared-cluster-id"
ENDPOINTS = {1: ("klamm.example", 9093), 2: ("klamm.example", 9094)}
"""Nodes 1 and 2 have a route; no other has."""

FORWARDED = [api for api in BY_KEY.values() if RULES.apis[api.name].local is None]
ALLOWED = [(api, version) for api in FORWARDED for version in RULES.apis[api.name].versions]
DENIED = [
    (api, version) for api in FORWARDED for version in api.versions if version not in RULES.apis[api.name].versions
]


def cases(routes: list[tuple[Api, int]]) -> list[Any]:
    """Gives the parameters of a test that runs once per (api, version)."""
    return [pytest.param(api, version, id=f"{api.name}-{version}") for api, version in routes]


def session(name: str = "acme", memory: GroupMemory | None = None, **settings: Any) -> Session:
    """Gives a connection of a tenant; settings are those of Namespace (prefix, allowed_...) and Permissions."""
    prefix = settings.pop("prefix", f"__vt_{name}_")
    lists = {key: frozenset(value) for key, value in settings.items() if key.startswith("allowed_")}
    permissions = {key: value for key, value in settings.items() if key not in lists}
    tenant = Tenant(name, Namespace(prefix, **lists), Permissions(**permissions))
    topic_ids = TopicIds()
    topic_ids.learn(OWN_ID)
    scrubber = Scrubber(prefix, {"globex": "__vt_globex_"}, lambda: {"broker-7"}, UPSTREAM_ID)
    view = TenantView(tenant, ENDPOINTS, UPSTREAM_ID, scrubber)
    made = Session(view, memory or GroupMemory(), topic_ids=topic_ids)
    made.connection.open_fetch_session(sample(FetchSessionId))
    return made


def route(api: Api, version: int) -> Route:
    """Gives the route of a version that the tables have."""
    found = REWRITER.lookup(api.key, version)
    assert found is not None
    return found


def ask(name: str, version: int, value: Any, tenant: Session | None = None) -> Forward | Answer | NoReply:
    """Sends a request in."""
    api = named(name)
    return REWRITER.request(route(api, version), api.request(version).build(value), tenant or session())


def forwarded(name: str, version: int, value: Any, tenant: Session | None = None) -> Forward:
    """Sends a request in that must go on."""
    outcome = ask(name, version, value, tenant)
    assert isinstance(outcome, Forward)
    return outcome


def upstream(forward: Forward) -> dict[str, Any]:
    """Gives the request that the broker gets."""
    value: dict[str, Any] = forward.pending.upstream.api.request(forward.version).parse(forward.body)
    return value


def refused(name: str, version: int, value: Any, tenant: Session | None = None) -> dict[str, Any]:
    """Sends a request in that must be answered on the spot, and gives the answer."""
    outcome = ask(name, version, value, tenant)
    assert isinstance(outcome, Answer)
    answer: dict[str, Any] = named(name).response(version).parse(outcome.body)
    return answer


def answered(forward: Forward, value: Any, tenant: Session | None = None) -> dict[str, Any]:
    """Lets the broker answer, and gives the answer that the client gets."""
    asked = forward.pending.route
    body = forward.pending.upstream.response_layout.build(value)
    seen = REWRITER.response(forward.pending, body, tenant or session())
    answer: dict[str, Any] = asked.api.response(asked.version).parse(seen)
    return answer


def names_of(entries: Any, key: str = "name") -> list[Any]:
    """Gives one field of all entries."""
    return [entry[key] for entry in entries]
