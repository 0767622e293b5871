"""The conformance property of the two executors: a plan gives what the walker gives, and refuses what it refuses.

Frames are generated from the tables, with names that a tenant may and may not use, plain and disturbed: cut, with
bytes changed or added, with tags and over-long varints. Every allowed (api, version, direction) has its case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.strategies import values
from klamm.rewriting import Answer, Forward, Leak, LookUp, NoReply, Pending, Rewriter, Route, Session
from klamm.tenancy.namespace import Namespace
from klamm.tenancy.tenant import Permissions, Tenant
from klamm.tenancy.view import TenantView
from klamm.wire import Malformed
from protocol_tables.consumer_protocol import SUBSCRIPTION, consumer_layout

__all__ = ["Case", "cases", "frames", "outcomes", "sessions"]

_OWN = ("orders", "a.b", "x" * 200, "payments-svc")
_BAD = ("", "..", "a b", "x" * 249, "\udcff")
_OWN_IDS = (bytes(range(16)), b"\x11" * 16)
_OTHER_IDS = (bytes(16), bytes(15) + b"\1", b"\xee" * 16)
_FETCH_SESSION = 4711
_PAYLOAD = b"\0\1" + consumer_layout(SUBSCRIPTION, 1).build({"topics": ["orders"]})

_ASKED = st.sampled_from(_OWN * 6 + _BAD)
_ANSWERED = st.sampled_from([f"__vt_acme_{name}" for name in _OWN] * 5 + ["__vt_globex_orders", "orders", ""])
_COMMON: dict[str, SearchStrategy[Any]] = {
    "TopicId": st.sampled_from(_OWN_IDS * 4 + _OTHER_IDS),
    "FetchSessionId": st.sampled_from((0, _FETCH_SESSION, _FETCH_SESSION, 9, -1)),
    "FetchSessionEpoch": st.sampled_from((-1, 0, 1, 7)),
    "NodeId": st.sampled_from((-1, 1, 2, 3, 9)),
    "ErrorCode": st.sampled_from((0, 0, 0, 3, 15)),
    "CoordinatorKeyType": st.sampled_from((0, 0, 1, 2)),
    "ResourceType": st.sampled_from((2, 2, 32, 4)),
    "ConfigName": st.sampled_from(
        (
            *("retention.ms", "segment.bytes", "preallocate", "no.such.key", "cleanup.policy", "max.message.bytes"),
            *("leader.replication.throttled.replicas", "errors.deadletterqueue.topic.name"),
        )
    ),
    "ConfigValue": st.sampled_from(("", "1", "1048576", "orders", "__vt_acme_orders", "0:1,1:2")),
    "Pattern": st.sampled_from(("", "orders", ".*", "pay.*|a", "(", "\udcff")),
    "Acks": st.sampled_from((-1, 1, 0)),
    "GroupProtocol": st.sampled_from(("consumer", "connect")),
    "ConsumerSubscription": st.sampled_from((b"", _PAYLOAD, b"\0")),
    "ConsumerAssignment": st.sampled_from((b"", b"\0\0\0\0\0\0\xff\xff\xff\xff")),
}
_NAMES = ("TopicName", "GroupId", "TransactionalId", "CoordinatorKey", "ResourceName")


@dataclass(frozen=True)
class Case:
    """One direction of one version of an API that the rules allow."""

    route: Route
    direction: str

    def __str__(self) -> str:
        return f"{self.route.api.name}-{self.route.version}-{self.direction}"


def cases(rewriter: Rewriter) -> Iterator[Case]:
    """Yields every case of the rules."""
    for api_key, (low, high) in rewriter.advertised.items():
        for version in range(low, high + 1):
            route = rewriter.lookup(api_key, version)
            if route is not None and route.local is None:
                yield Case(route, "request")
                yield Case(route, "response")


def sessions() -> list[Session]:
    """Gives a tenant that may use all names and one that may use a few and create nothing."""
    endpoints = {1: ("klamm", 9093), 2: ("klamm", 9094), 3: ("klamm.example.com", 9095)}
    few = Namespace("__vt_acme_", frozenset({"orders"}), frozenset({"orders"}), frozenset({"orders"}))
    found = [
        Session(TenantView(Tenant("acme", Namespace("__vt_acme_"), Permissions(delete_topics=True)), endpoints)),
        Session(TenantView(Tenant("acme", few, Permissions(auto_create_topics=False)), endpoints)),
    ]
    for session in found:
        for topic_id in _OWN_IDS:
            session.topic_ids.learn(topic_id)
    return found


def frames(case: Case) -> SearchStrategy[bytes]:
    """Generates frame bodies, most of them plain."""
    names = _ASKED if case.direction == "request" else _ANSWERED
    layout = case.route.request_layout if case.direction == "request" else case.route.response_layout
    kinds = {**_COMMON, **dict.fromkeys(_NAMES, names)}
    plain = values(layout, kinds=kinds, unknown_tags=False).map(layout.build)
    tagged = values(layout, kinds=kinds, unknown_tags=True).map(layout.build)
    return (
        plain | plain | tagged | st.builds(_disturbed, plain, st.integers(0), st.integers(0, 2), st.binary(max_size=3))
    )


def _disturbed(frame: bytes, place: int, removed: int, added: bytes) -> bytes:
    at = place % (len(frame) + 1)
    return frame[:at] + added + frame[at + removed :]


def outcomes(rewriter: Rewriter, case: Case, body: bytes, session: Session) -> tuple[Any, Any]:
    """Gives what plan and walker make of a body, in a form that can be compared."""
    route, head = case.route, b"head"
    session = _on_a_connection(session, replaces=len(body) % 2 == 0)
    if case.direction == "request":
        start = len(head)
        return (
            [_asked(rewriter.request, route, head + body, session, start, looks_up=first) for first in (True, False)],
            [_asked(rewriter.walk_request, route, body, session, looks_up=first) for first in (True, False)],
        )
    carried = {"key_type": 0, "protocol_type": "consumer", "group_id": "__vt_acme_g"}
    carried["transactional_id_pattern"] = "orders|a.*"
    pending = Pending(route, route, carried)
    return (
        _answered(lambda: b"".join(rewriter.response_pieces(pending, head + body, session, len(head), len(head)))),
        _answered(lambda: rewriter.walk_response(pending, body, session)),
    )


def _on_a_connection(session: Session, *, replaces: bool) -> Session:
    """Gives a connection on which a session was opened, and on which a foreign id may have been replaced."""
    session = session.for_connection()
    session.connection.open_fetch_session(_FETCH_SESSION)
    if replaces:
        session.connection.substitutes[_OTHER_IDS[-1]] = _OWN_IDS[1]
        session.connection.originals[_OWN_IDS[1]] = _OTHER_IDS[-1]
    return session


def _asked(act: Any, *arguments: Any, **named: Any) -> Any:
    try:
        outcome = act(*arguments, **named)
    except Malformed as error:
        return ("malformed", error.reason, error.path)
    match outcome:
        case Forward():
            pending = outcome.pending
            return (outcome.body, outcome.version, pending.carried, pending.expects_answer, pending.refused)
        case Answer():
            return ("answer", outcome.body)
        case NoReply():
            return ("no reply",)
        case LookUp():
            return ("look up", outcome.topic_ids)


def _answered(act: Any) -> Any:
    try:
        return act()
    except Malformed as error:
        return ("malformed", error.reason, error.path)
    except Leak as leak:
        return ("leak", str(leak))
