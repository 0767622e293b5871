"""Verbs for topic ids: checked for their owner, learned from answers, replaced where an entry must keep its place."""

from __future__ import annotations

from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.errors import Leak, Refused
from klamm.rewriting.scope import Drop, Scope
from klamm.rewriting.topic_ids import NO_ID
from klamm.wire import Leaf

__all__ = ["ForeignIdDropped", "IdOrName", "LearnId", "OwnTopicId", "RestoreTopicId", "SubstituteTopicId"]

_UNKNOWN_TOPIC_ID = 100
_REQUEST = frozenset({"request"})
_RESPONSE = frozenset({"response"})


class _OfTopicId(Action):
    kinds = frozenset({"TopicId"})


def _is_own(topic_id: bytes, scope: Scope) -> bool:
    """Tells whether an id may pass; one that nobody knows is noted, and decided when it has been looked up."""
    own = scope.topic_ids.owns(topic_id)
    if own is None:
        scope.unknown.add(topic_id)
        return scope.looks_up
    return own


@verb("own_topic_id")
class OwnTopicId(_OfTopicId):
    """Lets an id of the tenant's own topic through; any other is refused as one that does not exist.

    With ``optional``, for ids that stand beside a name, no id passes too.
    """

    directions = _REQUEST
    changes = False
    parameters = range(2)

    def __init__(self, kind: str, optional: str = "") -> None:
        super().__init__(kind)
        if optional not in ("", "optional"):
            raise ValueError(f"own_topic_id takes nothing or 'optional', not {optional!r}")
        self.optional = bool(optional)

    def inline(self, leaf: Leaf, content: str) -> str | None:
        no_id = f" and {content} != {NO_ID!r}" if self.optional else ""
        return f"if {content} not in session.topic_ids.own{no_id}: raise Unusual"

    def apply(self, value: Any, scope: Scope) -> Any:
        if not (self.optional and value == NO_ID) and not _is_own(value, scope):
            raise Refused(_UNKNOWN_TOPIC_ID)
        return value


@verb("substitute_topic_id")
class SubstituteTopicId(_OfTopicId):
    """Puts a random id in place of one that is not the tenant's, so that the broker itself knows no such topic.

    The entry keeps its place that way, in the request and in the session that the broker holds.
    """

    directions = _REQUEST

    def inline(self, leaf: Leaf, content: str) -> str | None:
        return f"if {content} not in session.topic_ids.own or session.connection.substitutes: raise Unusual"

    def apply(self, value: Any, scope: Scope) -> Any:
        if _is_own(value, scope):
            return value
        other = scope.connection.substitute(value)
        if other is None:
            raise Refused(_UNKNOWN_TOPIC_ID)
        return other


@verb("restore_topic_id")
class RestoreTopicId(_OfTopicId):
    """Gives back the id that the client gave; one that is known to be somebody else's is a leak."""

    directions = _RESPONSE

    def inline(self, leaf: Leaf, content: str) -> str | None:
        return f"if session.connection.originals or {content} not in session.topic_ids.own: raise Unusual"

    def apply(self, value: Any, scope: Scope) -> Any:
        original = scope.connection.originals.get(value)
        if original is not None:
            return original
        if value != NO_ID and scope.topic_ids.owns(value) is False:
            raise Leak("an answer has the id of a topic outside the tenant's namespace")
        return value


@verb("drop_foreign_id")
class ForeignIdDropped(_OfTopicId):
    """Lets an id through, and leaves the entry out when it is known to be somebody else's.

    For what the tenant's own group holds: every id in it has passed the check when it was put there.
    """

    directions = _RESPONSE
    hides = True
    changes = False

    def inline(self, leaf: Leaf, content: str) -> str | None:
        return f"if {content} not in session.topic_ids.own: raise Unusual"

    def apply(self, value: Any, scope: Scope) -> Any:
        if value != NO_ID and scope.topic_ids.owns(value) is False:
            raise Drop
        return value


@verb("learn_id")
class LearnId(_OfTopicId):
    """Lets the id of a topic through and keeps it as the tenant's.

    It belongs behind the topic's name: where that is somebody else's, the entry has gone already. An entry without a
    name answers an id that the client gave, and only ids that are the tenant's are asked for upstream.
    """

    directions = _RESPONSE
    changes = False

    def inline(self, leaf: Leaf, content: str) -> str | None:
        return f"if {content} not in session.topic_ids.own: session.topic_ids.learn({content})"

    def apply(self, value: Any, scope: Scope) -> Any:
        scope.topic_ids.learn(value)
        return value


@verb("id_or_name")
class IdOrName(_OfTopicId):
    """Lets an id through, or none, where it or the name in a sibling is given, and not both; else refuses."""

    directions = _REQUEST
    changes = False
    parameters = range(2, 3)

    def __init__(self, kind: str, field: str, code: str) -> None:
        super().__init__(kind)
        self.field = field
        self.code = int(code)

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    def apply(self, value: Any, scope: Scope) -> Any:
        if (value == NO_ID) == (scope.lookup(self.field) is None):
            raise Refused(self.code)
        return value
