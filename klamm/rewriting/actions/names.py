"""Verbs for names: topics, groups, transactional ids, and fields whose meaning another field decides."""

from __future__ import annotations

from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.errors import Leak, Refused
from klamm.rewriting.scope import Drop, Scope

__all__ = [
    "ClientIdShown",
    "Prefix",
    "PrefixBy",
    "ResourcePrefix",
    "ResourceStrip",
    "ResourceStripOrDrop",
    "Strip",
    "StripBy",
    "StripOrDrop",
]

_NOUNS = {"TopicName": "topic", "GroupId": "group", "TransactionalId": "transactional_id"}
_COORDINATOR_NOUNS = {0: "group", 1: "transactional_id"}
_RESOURCE_NOUNS = {2: "topic", 32: "group"}
_INVALID_REQUEST = 42
_CLUSTER_AUTHORIZATION_FAILED = 31
_REQUEST = frozenset({"request"})
_RESPONSE = frozenset({"response"})


def _to_upstream(noun: str, value: str, scope: Scope) -> str:
    mapped: str = getattr(scope.view, f"{noun}_to_upstream")(value)
    return mapped


def _to_tenant(noun: str, value: str, scope: Scope) -> str | None:
    mapped: str | None = getattr(scope.view, f"{noun}_to_tenant")(value)
    return mapped


@verb("prefix")
class Prefix(Action):
    """Gives a tenant's name its name upstream; null stays null, a name that may not pass is refused."""

    kinds = frozenset(_NOUNS)
    directions = _REQUEST
    pure = True

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.noun = _NOUNS[kind]

    def apply(self, value: Any, scope: Scope) -> Any:
        return None if value is None else _to_upstream(self.noun, value, scope)


@verb("strip")
class Strip(Action):
    """Gives back the tenant's name; a foreign name in an answer about the tenant's own things is a leak.

    An empty or null name belongs to nobody and stays.
    """

    kinds = frozenset(_NOUNS)
    directions = _RESPONSE
    pure = True

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.noun = _NOUNS[kind]

    def apply(self, value: Any, scope: Scope) -> Any:
        if not value:
            return value
        name = _to_tenant(self.noun, value, scope)
        if name is None:
            raise Leak(f"an answer names a {self.noun} outside the tenant's namespace")
        return name


@verb("strip_or_drop")
class StripOrDrop(Strip):
    """Gives back the tenant's name, and leaves the entry of a foreign one out: for answers that list everything.

    With ``keep_null`` a null name stays: it stands where a topic was asked for by an id that is gone.
    """

    hides = True
    parameters = range(2)

    def __init__(self, kind: str, null: str = "") -> None:
        super().__init__(kind)
        if null not in ("", "keep_null"):
            raise ValueError(f"strip_or_drop takes nothing or 'keep_null', not {null!r}")
        self.keeps_null = bool(null)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value is None and self.keeps_null:
            return None
        name = None if value is None else _to_tenant(self.noun, value, scope)
        if name is None:
            raise Drop
        return name


class _BySibling(Action):
    """A name whose meaning a sibling decides; ``field`` is the sibling's name."""

    parameters = range(1, 2)
    pure = True

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(kind)
        self.field = field

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)


@verb("prefix_by")
class PrefixBy(_BySibling):
    """Prefixes a coordinator key as group id (key type 0, and before there was one) or transactional id (1)."""

    kinds = frozenset({"CoordinatorKey"})
    directions = _REQUEST

    def apply(self, value: Any, scope: Scope) -> Any:
        noun = _COORDINATOR_NOUNS.get(scope.lookup(self.field) or 0)
        if noun is None:
            raise Refused(_INVALID_REQUEST)
        return _to_upstream(noun, value, scope)


@verb("strip_by")
class StripBy(_BySibling):
    """Gives back the tenant's coordinator key, by the key type that the request carried over."""

    kinds = frozenset({"CoordinatorKey"})
    directions = _RESPONSE

    def apply(self, value: Any, scope: Scope) -> Any:
        noun = _COORDINATOR_NOUNS.get(scope.lookup(self.field) or 0)
        name = None if noun is None else _to_tenant(noun, value, scope)
        if name is None:
            raise Leak("an answer names a coordinator key outside the tenant's namespace")
        return name


@verb("resource_prefix")
class ResourcePrefix(_BySibling):
    """Prefixes the name of a topic or group resource; any other resource type is the cluster's and refused."""

    kinds = frozenset({"ResourceName"})
    directions = _REQUEST

    def apply(self, value: Any, scope: Scope) -> Any:
        noun = _RESOURCE_NOUNS.get(scope.lookup(self.field))
        if noun is None:
            raise Refused(_CLUSTER_AUTHORIZATION_FAILED)
        return _to_upstream(noun, value, scope)


@verb("resource_strip")
class ResourceStrip(_BySibling):
    """Gives back the tenant's name of a topic or group resource; anything else in the answer is a leak."""

    kinds = frozenset({"ResourceName"})
    directions = _RESPONSE

    def apply(self, value: Any, scope: Scope) -> Any:
        noun = _RESOURCE_NOUNS.get(scope.lookup(self.field))
        name = None if noun is None else _to_tenant(noun, value, scope)
        if name is None:
            raise Leak("an answer describes a resource outside the tenant's namespace")
        return name


@verb("resource_strip_or_drop")
class ResourceStripOrDrop(_BySibling):
    """Gives back the tenant's name of a topic or group resource, and leaves every other entry of the list out.

    Old versions do not say the type: they list nothing that a tenant has.
    """

    kinds = frozenset({"ResourceName"})
    directions = _RESPONSE
    hides = True

    def apply(self, value: Any, scope: Scope) -> Any:
        noun = _RESOURCE_NOUNS.get(scope.lookup(self.field))
        name = None if noun is None else _to_tenant(noun, value, scope)
        if name is None:
            raise Drop
        return name


@verb("client_id")
class ClientIdShown(Action):
    """Gives back the client id that a member said; upstream it carries the tenant's name."""

    kinds = frozenset({"ClientId"})
    directions = _RESPONSE
    pure = True
    spares = frozenset({None, ""})

    def apply(self, value: Any, scope: Scope) -> Any:
        return value and scope.view.client_id_to_tenant(value)
