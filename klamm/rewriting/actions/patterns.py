"""Verbs for patterns of names: kept here, and held against the tenant's own names in the answer."""

from __future__ import annotations

from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.patterns import matches
from klamm.rewriting.scope import Drop, Scope

__all__ = ["KeepPattern", "MatchPattern"]


@verb("keep_pattern")
class KeepPattern(Action):
    """Keeps a pattern, under a name, for the answer, and sends none up; one that cannot be read is refused with 128.

    Upstream it would run over everybody's names as they are stored, and a prefix put before it does not hold one that
    has an alternative of its own. Null and empty mean no pattern.
    """

    kinds = frozenset({"Pattern"})
    directions = frozenset({"request"})
    parameters = range(1, 2)

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind)
        self.name = name

    def apply(self, value: Any, scope: Scope) -> Any:
        if value:
            matches(value, "")
            scope.carried[self.name] = value
        return None


@verb("match_pattern")
class MatchPattern(Action):
    """Leaves an entry out whose name, as the tenant knows it, the kept pattern does not match."""

    kinds = frozenset({"GroupId", "TopicName", "TransactionalId"})
    directions = frozenset({"response"})
    parameters = range(1, 2)
    hides = True
    pure = True

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind)
        self.name = name

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def apply(self, value: Any, scope: Scope) -> Any:
        pattern = scope.lookup(self.name)
        if pattern and not matches(pattern, value):
            raise Drop
        return value
