"""What Klamm would do to a frame: the rewriter run on it, for a tenant with the default prefix.

Requests are taken as a client sends them and answers as a broker gives them, which is how they reach Klamm. Node
addresses depend on a configuration that is not at hand; `klamm-<node id>` and port 9092 stand for them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from klamm.inspect.decoding import Body
from klamm.inspect.model import PREFIX, REQUEST, Flaw, Message
from klamm.rewriting import Answer, Forward, Leak, Pending, Rewriter, Route, Session
from klamm.rewriting.rules import RuleSet
from klamm.tenancy.namespace import Namespace
from klamm.tenancy.tenant import Tenant
from klamm.tenancy.view import TenantView
from klamm.wire import Malformed
from klamm.wire import Message as Layout

__all__ = ["Preview", "Rewritten", "default_prefix"]

_MAX_PENDING = 10_000


def default_prefix(tenant: str) -> str:
    """Gives the prefix of a tenant whose configuration says nothing else."""
    return f"__vt_{tenant}_"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The other view of a message; ``note`` says in words what became of it, ``version`` how it goes on."""

    body: Body
    version: int | None
    note: str = ""


class Preview:
    """Runs the rewriter over the messages of one input, in their order."""

    def __init__(self, rules: RuleSet, tenant: str) -> None:
        """Raises NamespaceError for a tenant name that makes no prefix."""
        self._rewriter = Rewriter(rules)
        view = TenantView(Tenant(tenant, Namespace(default_prefix(tenant))), _stand_in)
        self._session = Session(view)
        self._pending: OrderedDict[tuple[int, int], Pending] = OrderedDict()

    def rewrite(self, message: Message) -> Rewritten:
        """Gives a request as the broker gets it, or an answer as the client does."""
        route = None
        if message.api_key is not None and message.version is not None:
            route = self._rewriter.lookup(message.api_key, message.version)
        if route is None:
            return Rewritten(Body(), None, "Klamm closes the connection: it offers no such API or version")
        if route.local is not None:
            return Rewritten(Body(), None, "Klamm answers this itself")
        try:
            act = self._request if message.frame.direction == REQUEST else self._response
            return act(message, route)
        except Malformed as error:
            flaw = Flaw(error.reason, PREFIX + message.body_at + (error.offset or 0), error.path)
            return Rewritten(Body(flaw=flaw), None, "Klamm closes the connection: the frame cannot be read")
        except Leak as error:
            return Rewritten(Body(), None, f"Klamm closes the connection: {error}")

    def _request(self, message: Message, route: Route) -> Rewritten:
        body = message.frame.data[message.body_at :]
        outcome = self._rewriter.request(route, body, self._session)
        if isinstance(outcome, Forward):
            self._keep(message, outcome.pending)
            layout = route.api.request(outcome.version)
            return Rewritten(_read(layout, outcome.body), outcome.version)
        if isinstance(outcome, Answer):
            return Rewritten(_read(route.response_layout, outcome.body), None, "Klamm refuses this and answers")
        return Rewritten(Body(), None, "Klamm refuses this and closes the connection, for it would get no answer")

    def _response(self, message: Message, route: Route) -> Rewritten:
        key = (id(message.frame.dialogue), message.correlation_id or 0)
        pending = self._pending.pop(key, None)
        if pending is None:
            if route.denied:
                return Rewritten(Body(), None, "Klamm never asks a broker this")
            pending = Pending(route, route, {})
        body = self._rewriter.response(pending, message.frame.data[message.body_at :], self._session)
        return Rewritten(_read(pending.route.response_layout, body), pending.route.version)

    def _keep(self, message: Message, pending: Pending) -> None:
        self._pending[id(message.frame.dialogue), message.correlation_id or 0] = pending
        if len(self._pending) > _MAX_PENDING:
            self._pending.popitem(last=False)


def _stand_in(node_id: int) -> tuple[str, int]:
    return f"klamm-{node_id}", 9092


def _read(layout: Layout, body: bytes) -> Body:
    return Body(layout, layout.parse(body, budget=20_000_000))
