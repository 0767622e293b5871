"""The rewriter: what the proxy asks for every frame, in terms of tables and rules.

A request is forwarded (maybe with some entries taken out), answered here in that API's own layout, or, when it is one
that gets no answer, dropped with its connection. What the answer will need is kept in ``Pending``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from klamm.rewriting.completeness import problems_of
from klamm.rewriting.errors import Leak, Refused, RuleError
from klamm.rewriting.plan import PLAN_MISSES
from klamm.rewriting.refusals import merge_refused
from klamm.rewriting.replacing import replaced, substitute
from klamm.rewriting.route import Route
from klamm.rewriting.rules import RuleSet, read_rules
from klamm.rewriting.scope import SILENT, Drop, Scope, Session
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY

__all__ = ["Answer", "Forward", "LookUp", "NoReply", "Pending", "Rewriter", "load_rules"]


_NOTHING: dict[str, Any] = {}
"""What a request carries to its answer when nothing asks for it; never written to."""


@dataclass(slots=True)
class Pending:
    """A forwarded request whose answer is awaited: how it was asked, how it went upstream, what the answer needs."""

    route: Route
    upstream: Route
    carried: dict[str, Any]
    expects_answer: bool = True
    asked: Any = None
    refused: dict[tuple[int, ...], int] = field(default_factory=dict)


@dataclass(slots=True)
class Forward:
    """A request to send upstream, in pieces, at a version that may differ from the client's.

    ``pending.upstream`` says as which API.
    """

    pieces: list[bytes]
    version: int
    pending: Pending

    @property
    def body(self) -> bytes:
        """The pieces joined."""
        return b"".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response body for the client; nothing goes upstream."""

    body: bytes


@dataclass(frozen=True, slots=True)
class NoReply:
    """A refused request of the kind that is not answered; the connection has to tell the client by closing."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Topic ids whose owner has to be found out before the request can be decided; nothing has gone upstream yet."""

    topic_ids: frozenset[bytes]


def load_rules(source: str | Path) -> RuleSet:
    """Reads and checks a rules file, one of Klamm's own by its name or any by its path; raises RuleError."""
    rules = read_rules(source)
    problems = problems_of(rules)
    if problems:
        raise RuleError(sorted(problems))
    return rules


class Rewriter:
    """Rewrites frames of all connections by one set of rules; it holds no state of any of them."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._routes: dict[tuple[int, int], Route] = {}
        self.names_clients = not rules.addresses_only
        """Whether the client ids in headers are kept apart between tenants, too."""
        self.advertised: dict[int, tuple[int, int]] = {}
        """Versions that the rules allow, lowest and highest, by api key."""
        for api in BY_KEY.values():
            allowed = rules.apis[api.name].versions
            if allowed.min <= allowed.max:
                self.advertised[api.key] = (allowed.min, allowed.max)

    def lookup(self, api_key: int, version: int) -> Route | None:
        """Gives the route of a request, None for an API or version that the tables do not have."""
        route = self._routes.get((api_key, version))
        if route is not None:
            return route
        api = BY_KEY.get(api_key)
        if api is None or version not in api.versions:
            return None
        return self._route(api, version)

    def request(
        self,
        route: Route,
        frame: bytes,
        session: Session,
        offset: int = 0,
        mark: int | None = None,
        *,
        looks_up: bool = False,
    ) -> Forward | Answer | NoReply | LookUp:
        """Rewrites a request for the broker, or refuses it; raises Malformed.

        The body begins at ``offset``. What stands before it is copied from ``mark`` on, where the version stays. With
        ``looks_up`` topic ids that nobody knows are given back to be looked up, else they are taken for foreign ones.
        """
        plan = None if route.denied or route.may_be_raised else route.request_plan
        if plan is not None:
            carried: dict[str, Any] = {} if plan.carries else _NOTHING
            try:
                pieces = plan.run(
                    frame, offset if mark is None else mark, offset, session, carried, plan.memos(session)
                )
            except PLAN_MISSES:
                pass
            else:
                return Forward(pieces, route.version, Pending(route, route, carried, SILENT not in carried))
        outcome = self.walk_request(route, frame[offset:], session, looks_up=looks_up)
        if mark is not None and isinstance(outcome, Forward) and outcome.pending.upstream is route:
            outcome.pieces.insert(0, frame[mark:offset])
        return outcome

    def walk_request(
        self, route: Route, body: bytes, session: Session, *, looks_up: bool = False
    ) -> Forward | Answer | NoReply | LookUp:
        """Does what ``request`` does, by the walker alone: this is the meaning."""
        if route.denied:
            return self.deny(route, body)
        upstream = self._upstream_of(route, session)
        asked = route.read_request(body)
        ruling = upstream if upstream.api is route.api else route
        if ruling is not route:
            _raise_version(asked, route, upstream)
        scope = Scope(session, looks_up=looks_up)
        try:
            ruling.request_step.apply(asked, scope)
            for act in scope.when_refused if scope.refused else ():
                act()
        except Refused as refused:
            return self._refuse(route, body, {(): refused.code})
        if looks_up and scope.unknown:
            return LookUp(frozenset(scope.unknown))
        silent = SILENT in scope.carried
        pending = Pending(route, upstream, scope.carried, not silent)
        if scope.refused:
            if silent or ruling.answers_locally(asked, scope.refused):
                return self._refuse(route, body, scope.refused)
            pending.asked = route.read_request(body)
            pending.refused = route.recoded(scope.refused)
        if ruling is not upstream:
            asked = replaced(route.api.name, asked)
        return Forward([upstream.request_layout.build(asked)], upstream.version, pending)

    def response(self, pending: Pending, body: bytes, session: Session) -> bytes:
        """Rewrites an answer for the client; raises Malformed, or Leak where it would show something foreign."""
        return b"".join(self.response_pieces(pending, body, session, 0, 0))

    def response_pieces(self, pending: Pending, frame: bytes, session: Session, offset: int, mark: int) -> list[bytes]:
        """Rewrites an answer whose body begins at ``offset``; what stands before it is copied from ``mark`` on."""
        route = pending.route
        plan = route.response_plan if pending.upstream is route and not pending.refused else None
        if plan is not None:
            try:
                return plan.run(frame, mark, offset, session, pending.carried, plan.memos(session))
            except PLAN_MISSES:
                pass
        body = self.walk_response(pending, frame[offset:], session)
        return [frame[mark:offset], body] if mark < offset else [body]

    def walk_response(self, pending: Pending, body: bytes, session: Session) -> bytes:
        """Does what ``response`` does, by the walker alone: this is the meaning."""
        upstream = pending.upstream
        answer = upstream.read_answer(body)
        try:
            upstream.response_step.apply(answer, Scope(session, pending.carried))
        except Drop:
            raise Leak(f"{upstream.api.name}: an answer that is not the tenant's as a whole") from None
        if pending.refused:
            merge_refused(pending.route.projection, pending.asked, pending.refused, answer)
        return pending.route.response_layout.build(answer)

    def deny(self, route: Route, body: bytes, code: int | None = None) -> Answer | NoReply:
        """Answers a request with its API's refusal, every entry of it; raises Malformed."""
        return self._refuse(route, body, {(): route.refuse.deny if code is None else code})

    def _route(self, api: Api, version: int) -> Route:
        route = self._routes.get((api.key, version))
        if route is None:
            route = Route(api, version, self._rules.apis[api.name], keep_tags=self._rules.keep_unknown_tags)
            self._routes[api.key, version] = route
        return route

    def _upstream_of(self, route: Route, session: Session) -> Route:
        if route.rules.send_as is not None:
            return self._route(*substitute(route.api, route.version))
        raised = route.rules.raised
        if raised is None or route.version not in raised.versions or session.view.permits(raised.unless):
            return route
        return self._route(route.api, raised.to)

    def _refuse(self, route: Route, body: bytes, codes: dict[tuple[int, ...], int]) -> Answer | NoReply:
        asked = route.read_request(body)
        if route.is_silent(asked):
            return NoReply()
        answer = route.projection.answer(asked, 0, route.with_others(asked, route.recoded(codes)))
        return Answer(route.response_layout.build(answer))


def _raise_version(asked: dict[str, Any], route: Route, upstream: Route) -> None:
    listed = route.rules.raised.empty_as_null if route.rules.raised else ""
    if asked.get(listed) == [] and not route.request_layout.fields[listed].nullable:
        asked[listed] = None
    for name, kind in upstream.request_layout.fields.items():
        asked.setdefault(name, kind.fresh_default())
