"""The mixed requests and answers whose rewriting is counted: made once, the same in every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from klamm.rewriting import Forward, Rewriter, Route, Session, load_rules
from klamm.tenancy.namespace import Namespace
from klamm.tenancy.tenant import Permissions, Tenant
from klamm.tenancy.view import TenantView
from protocol_tables import registry

__all__ = ["KINDS", "PER_THOUSAND", "Exchanges"]

PER_THOUSAND = {
    "Produce 1 KiB": 500,
    "Fetch 64 KiB": 300,
    "Heartbeat": 80,
    "OffsetCommit": 50,
    "FindCoordinator": 34,
    "Metadata, one topic": 34,
    "Metadata, 500 topics": 2,
}
"""How often each kind comes; about what a cluster of many clients is asked."""

KINDS = tuple(PER_THOUSAND)
_PREFIX = "__vt_acme_"
_TOPIC = "service.events.0001"
_GROUP = "billing"
_MEMBER = "bench-0f1b6a54-8a5c-4d56-9f0e-3a4f5b6c7d8e"


@dataclass(frozen=True)
class _Kind:
    route: Route
    request: bytes
    answer: bytes


class Exchanges:
    """A rewriter, a tenant, and one exchange of each kind; `do` rewrites a request and its answer."""

    def __init__(self) -> None:
        self._rewriter = Rewriter(load_rules("tenant_isolation"))
        tenant = Tenant("acme", Namespace(_PREFIX), Permissions())
        self._session = Session(TenantView(tenant, {1: ("127.0.0.1", 9093)}, "abcdefghijklmnopqrstuv"))
        self._kinds = {name: self._kind(*_EXCHANGES[name]()) for name in KINDS}

    def do(self, name: str, times: int) -> None:
        """Rewrites so many exchanges of one kind."""
        kind, rewriter, session = self._kinds[name], self._rewriter, self._session
        route, body, answer = kind.route, kind.request, kind.answer
        for _ in range(times):
            outcome = rewriter.request(route, body, session)
            assert isinstance(outcome, Forward)  # noqa: S101 - for the type checker; nothing here is refused
            rewriter.response(outcome.pending, answer, session)

    def mix(self, thousands: int) -> None:
        """Rewrites so many thousands of mixed exchanges."""
        for _ in range(thousands):
            for name, times in PER_THOUSAND.items():
                self.do(name, times)

    def _kind(self, name: str, version: int, asked: dict[str, Any], answered: dict[str, Any]) -> _Kind:
        api = registry.named(name)
        route = self._rewriter.lookup(api.key, version)
        if route is None:
            raise LookupError(f"the rules have no {name} {version} any more: choose another version here")
        return _Kind(route, api.request(version).build(asked), api.response(version).build(answered))


_Exchange = tuple[str, int, dict[str, Any], dict[str, Any]]


def _produce() -> _Exchange:
    data = [{"name": _TOPIC, "partition_data": [{"index": 0, "records": bytes(1100)}]}]
    answer = {"index": 0, "error_code": 0, "base_offset": 7, "record_errors": []}
    answered = {"responses": [{"name": _PREFIX + _TOPIC, "partition_responses": [answer]}], "throttle_time_ms": 0}
    return "Produce", 9, {"acks": 1, "timeout_ms": 30_000, "topic_data": data}, answered


def _fetch() -> _Exchange:
    asked = {"partition": 0, "fetch_offset": 7, "partition_max_bytes": 65536}
    answer = {
        "partition_index": 0,
        "error_code": 0,
        "high_watermark": 7,
        "aborted_transactions": None,
        "records": bytes(65536),
    }
    request = {
        "max_wait_ms": 500,
        "min_bytes": 1,
        "max_bytes": 52428800,
        "isolation_level": 0,
        "session_id": 0,
        "topics": [{"topic": _TOPIC, "partitions": [asked]}],
        "forgotten_topics_data": [],
        "rack_id": "",
    }
    answered = {
        "throttle_time_ms": 0,
        "error_code": 0,
        "session_id": 0,
        "responses": [{"topic": _PREFIX + _TOPIC, "partitions": [answer]}],
    }
    return "Fetch", 11, request, answered


def _heartbeat() -> _Exchange:
    asked = {"group_id": _GROUP, "generation_id": 3, "member_id": _MEMBER, "group_instance_id": None}
    return "Heartbeat", 4, asked, {"throttle_time_ms": 0, "error_code": 0}


def _offset_commit() -> _Exchange:
    partition = {"partition_index": 0, "committed_offset": 7, "committed_leader_epoch": 0, "committed_metadata": ""}
    asked = {
        "group_id": _GROUP,
        "generation_id_or_member_epoch": 3,
        "member_id": _MEMBER,
        "group_instance_id": None,
        "topics": [{"name": _TOPIC, "partitions": [partition]}],
    }
    answer = {"name": _PREFIX + _TOPIC, "partitions": [{"partition_index": 0, "error_code": 0}]}
    return "OffsetCommit", 8, asked, {"throttle_time_ms": 0, "topics": [answer]}


def _find_coordinator() -> _Exchange:
    answered = {
        "throttle_time_ms": 0,
        "error_code": 0,
        "error_message": "NONE",
        "node_id": 1,
        "host": "kafka-1.internal",
        "port": 9092,
    }
    return "FindCoordinator", 3, {"key": _GROUP, "key_type": 0}, answered


def _metadata(topics: int) -> _Exchange:
    names = [f"service.events.{number:04}" for number in range(topics)]
    asked = {"topics": [{"name": name} for name in names], "allow_auto_topic_creation": False}
    answered = {
        "throttle_time_ms": 0,
        "brokers": [{"node_id": 1, "host": "kafka-1.internal", "port": 9092, "rack": None}],
        "cluster_id": "abcdefghijklmnopqrstuv",
        "controller_id": 1,
        "topics": [
            {
                "error_code": 0,
                "name": _PREFIX + name,
                "is_internal": False,
                "partitions": [
                    {
                        "error_code": 0,
                        "partition_index": number,
                        "leader_id": 1,
                        "leader_epoch": 0,
                        "replica_nodes": [1, 2, 3],
                        "isr_nodes": [1, 2, 3],
                        "offline_replicas": [],
                    }
                    for number in range(3)
                ],
            }
            for name in names
        ],
    }
    return "Metadata", 9, asked, answered


_EXCHANGES: dict[str, Callable[[], _Exchange]] = {
    "Produce 1 KiB": _produce,
    "Fetch 64 KiB": _fetch,
    "Heartbeat": _heartbeat,
    "OffsetCommit": _offset_commit,
    "FindCoordinator": _find_coordinator,
    "Metadata, one topic": lambda: _metadata(1),
    "Metadata, 500 topics": lambda: _metadata(500),
}
