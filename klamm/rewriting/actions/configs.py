"""Verbs for configurations: which keys a tenant may write, and values that name topics or brokers."""

from __future__ import annotations

import re
from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.config_keys import RESOURCE_WORDS, ConfigKey, config_keys
from klamm.rewriting.errors import Refused
from klamm.rewriting.scope import Scope

__all__ = ["ConfigKeyCheck", "ConfigShown", "ConfigWritten"]

_REQUEST = frozenset({"request"})
_RESPONSE = frozenset({"response"})
_INVALID_CONFIG = 40
_POLICY_VIOLATION = 44

# Kafka trims what it reads as a number, by its own idea of blanks. Only what is a number to everybody is compared.
_is_number = re.compile(r"-?[0-9]{1,19}").fullmatch


class _OfResource(Action):
    """What depends on the kind of resource: ``where`` is ``topic``, ``group``, or the field that has the type."""

    directions = _REQUEST
    pure = True

    def __init__(self, kind: str, where: str) -> None:
        super().__init__(kind)
        self.where = where
        self.fixed = where if where in RESOURCE_WORDS.values() else None

    @property
    def reads(self) -> tuple[str, ...]:
        return () if self.fixed else (self.where,)

    def known(self, name: str, scope: Scope) -> ConfigKey | None:
        """Gives what the list says of a key; None where it says nothing."""
        word = self.fixed or RESOURCE_WORDS.get(scope.lookup(self.where))
        return None if word is None else config_keys(word).get(name)


@verb("config_key")
class ConfigKeyCheck(_OfResource):
    """Refuses a key that the tenant may not write: 44 where it is the operator's, 40 where the list has none such."""

    kinds = frozenset({"ConfigName"})
    parameters = range(1, 2)

    def apply(self, value: Any, scope: Scope) -> Any:
        key = self.known(value, scope)
        if key is None or not key.is_writable:
            raise Refused(_INVALID_CONFIG if key is None else _POLICY_VIOLATION)
        return value


@verb("config_written")
class ConfigWritten(_OfResource):
    """Prefixes a value that names a topic, and refuses one below what the list allows; ``field`` has the key's name.

    An empty or null value resets the key and stays.
    """

    kinds = frozenset({"ConfigValue"})
    parameters = range(2, 3)

    def __init__(self, kind: str, where: str, field: str) -> None:
        super().__init__(kind, where)
        self.field = field

    @property
    def reads(self) -> tuple[str, ...]:
        return (*super().reads, self.field)

    def apply(self, value: Any, scope: Scope) -> Any:
        key = self.known(scope.lookup(self.field), scope)
        if not value or key is None:
            return value
        if key.word == "topic":
            try:
                return scope.view.topic_to_upstream(value)
            except Refused:
                raise Refused(_INVALID_CONFIG) from None
        if key.word == "at_least":
            if not _is_number(value):
                raise Refused(_INVALID_CONFIG)
            if int(value) < key.least:
                raise Refused(_POLICY_VIOLATION)
        return value


@verb("config_shown")
class ConfigShown(Action):
    """Strips a value that names a topic, and shows nothing of one that names brokers; ``field`` has the key's name.

    A topic that is not the tenant's was set by somebody else, and is shown as none.
    """

    kinds = frozenset({"ConfigValue"})
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
        name = scope.lookup(self.field)
        words = {key.word for kind in RESOURCE_WORDS.values() if (key := config_keys(kind).get(name)) is not None}
        if not value or "brokers" in words:
            return value and ""
        return scope.view.topic_to_tenant(value) or "" if "topic" in words else value
