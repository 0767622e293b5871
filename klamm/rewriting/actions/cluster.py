"""Verbs for what the cluster looks like: nodes, addresses, cluster id, permissions shown, error texts."""

from __future__ import annotations

from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.scope import Drop, Scope
from protocol_tables.errors import stock_text

__all__ = ["AuthorizedOps", "Cluster", "Endpoint", "Node", "RoutableNode", "Scrub", "StockText"]

_REQUEST = frozenset({"request"})
_RESPONSE = frozenset({"response"})
_NO_NODE = -1
_NOT_ASKED = -(2**31)


@verb("node")
class Node(Action):
    """Lets a node id through: tenants see the cluster's own ids, at Klamm's addresses."""

    kinds = frozenset({"NodeId"})
    touches = False

    def apply(self, value: Any, scope: Scope) -> Any:
        return value


@verb("endpoint")
class Endpoint(Action):
    """Puts Klamm's host or port for a node in place of the broker's; an entry without a route is left out.

    ``field`` names the node id beside it. Where there is no node there is no address either.
    """

    kinds = frozenset({"Host", "Port"})
    directions = _RESPONSE
    pure = True
    parameters = range(1, 2)
    hides = True

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(kind)
        self.field = field
        self.part = 0 if kind == "Host" else 1

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    def apply(self, value: Any, scope: Scope) -> Any:
        node_id = scope.lookup(self.field)
        if node_id == _NO_NODE:
            return ("", -1)[self.part]
        address = scope.view.endpoint(node_id)
        if address is None:
            raise Drop
        return address[self.part]


@verb("routable_node")
class RoutableNode(Action):
    """Lets a node id through, or, where there is no route to it, answers no node and an error code in a sibling.

    For answers about one node that was asked for: the client waits for that entry, so it cannot be left out.
    """

    kinds = frozenset({"NodeId"})
    directions = _RESPONSE
    pure = True
    parameters = range(2, 3)

    def __init__(self, kind: str, error_field: str, code: str) -> None:
        super().__init__(kind)
        self.error_field = error_field
        self.code = int(code)

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.error_field,)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value == _NO_NODE or scope.records[-1].get(self.error_field):
            return _NO_NODE
        if scope.view.endpoint(value) is None:
            scope.records[-1][self.error_field] = self.code
            return _NO_NODE
        return value


@verb("cluster")
class Cluster(Action):
    """Shows the tenant's own cluster id instead of the shared cluster's."""

    kinds = frozenset({"ClusterId"})
    directions = _RESPONSE
    pure = True

    def apply(self, value: Any, scope: Scope) -> Any:
        return scope.view.cluster_id(value)


@verb("authorized_ops")
class AuthorizedOps(Action):
    """Shows what the tenant may do with a topic, group or cluster, not what Klamm's own user may.

    The value that says nobody asked stays.
    """

    kinds = frozenset({"AuthorizedOperations"})
    directions = _RESPONSE
    pure = True
    spares = frozenset({_NOT_ASKED})
    parameters = range(1, 2)

    def __init__(self, kind: str, resource: str) -> None:
        super().__init__(kind)
        self.resource = resource

    def apply(self, value: Any, scope: Scope) -> Any:
        return value if value == _NOT_ASKED else scope.view.authorized_operations(self.resource)


@verb("stock_text")
class StockText(Action):
    """Puts the stock text of the error code in place of the broker's, which may name prefixed or foreign things."""

    kinds = frozenset({"ErrorMessage"})
    directions = _RESPONSE
    pure = True
    spares = frozenset({None, ""})
    parameters = range(1, 2)

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(kind)
        self.field = field

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    def apply(self, value: Any, scope: Scope) -> Any:
        if not value:
            return value
        return stock_text(scope.lookup(self.field) or 0)


@verb("scrub")
class Scrub(StockText):
    """Shows the broker's text without the tenant's prefix, and the stock text where it may name something foreign."""

    # What counts as foreign changes with the cluster's brokers.
    pure = False

    def apply(self, value: Any, scope: Scope) -> Any:
        if not value:
            return value
        text = scope.view.scrub(value)
        return super().apply(value, scope) if text is None else text
