"""What an action can see while a message is walked: the tenant, the records around the field, what was carried over."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from klamm.rewriting.topic_ids import ConnectionMemory, TopicIds
from klamm.rewriting.view import View

__all__ = ["SILENT", "Drop", "GroupMemory", "Scope", "Session"]

SILENT = ""
"""Key in what a request carries that says that it gets no answer."""

_MISSING = object()
_MAX_GROUPS = 10_000


class Drop(Exception):
    """Says that the list entry around this field is not the tenant's to see; the walker leaves it out."""


class GroupMemory:
    """The protocol types of the groups that one tenant joined, the latest ones.

    SyncGroup 0-4 does not say which protocol its bytes belong to; JoinGroup said so before, maybe on a connection
    that has closed since. Keys are group ids as they are upstream.
    """

    def __init__(self, limit: int = _MAX_GROUPS) -> None:
        self._limit = limit
        self._types: OrderedDict[str, str | None] = OrderedDict()

    def remember(self, group_id: str, protocol_type: str | None) -> None:
        """Keeps the protocol type of a group, and forgets the group that was joined longest ago when full."""
        self._types[group_id] = protocol_type
        self._types.move_to_end(group_id)
        if len(self._types) > self._limit:
            self._types.popitem(last=False)

    def recall(self, group_id: str | None) -> str | None:
        """Gives the protocol type of a group, None when it was never seen."""
        return self._types.get(group_id) if group_id is not None else None


@dataclass(slots=True)
class Session:
    """What the rewriter needs for a connection: the tenant's view, and what is remembered for it.

    All connections of a tenant at one listener set share everything but `connection`, which is each one's own.
    """

    view: View
    memory: GroupMemory = field(default_factory=GroupMemory)
    memos: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What plans remember about this tenant, by plan."""
    topic_ids: TopicIds = field(default_factory=TopicIds)
    connection: ConnectionMemory = field(default_factory=ConnectionMemory)

    def for_connection(self) -> Session:
        """Gives the session of another connection of the same tenant."""
        return replace(self, connection=ConnectionMemory())


class Scope:
    """The surroundings of the field an action works on; made for one message.

    ``records`` are the enclosing records, outermost first. ``carried`` holds request fields that the answer will
    need; in an answer it is what the request left there. ``unknown`` collects the topic ids of which nobody knows whose
    they are; while ``looks_up`` they pass, for the message will be walked again when that is known. ``when_refused`` is
    done at the end of a request of which single entries were refused, and may refuse all of it.
    """

    __slots__ = (
        "carried",
        "connection",
        "indexes",
        "looks_up",
        "memory",
        "records",
        "refused",
        "topic_ids",
        "unknown",
        "view",
        "when_refused",
    )

    def __init__(self, session: Session, carried: dict[str, Any] | None = None, *, looks_up: bool = False) -> None:
        self.view = session.view
        self.memory = session.memory
        self.topic_ids = session.topic_ids
        self.connection = session.connection
        self.unknown: set[bytes] = set()
        self.when_refused: list[Callable[[], None]] = []
        self.looks_up = looks_up
        self.carried: dict[str, Any] = {} if carried is None else carried
        self.records: list[dict[str, Any]] = []
        self.indexes: list[int] = []
        self.refused: dict[tuple[int, ...], int] = {}

    def lookup(self, name: str) -> Any:
        """Gives the field of that name in the nearest enclosing record, else the carried one, else None."""
        for record in reversed(self.records):
            value = record.get(name, _MISSING)
            if value is not _MISSING:
                return value
        return self.carried.get(name)
