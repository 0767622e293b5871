"""What is known about topic ids: which ones are a tenant's own, and what one connection has been told about others.

An id opens a topic without its name, so one that nobody has shown to be the tenant's may not pass. Kafka's ids are
random and never used again: what is once known to be the tenant's stays so. That an id is not the tenant's holds only
for a while, since the topic may be being created.
"""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Container

__all__ = ["NO_ID", "ConnectionMemory", "TopicIds"]

NO_ID = bytes(16)
"""Stands for no id at all (ZERO_UUID)."""

_RESERVED = frozenset({NO_ID, bytes(15) + b"\1"})
"""No topic's ids: none, and the one that Kafka keeps for its own metadata log."""

_MAX_OWN = 50_000
_MAX_FOREIGN = 10_000
_FOREIGN_SECONDS = 3.0
_MAX_SUBSTITUTES = 10_000
_MAX_SESSIONS = 64


class TopicIds:
    """The topic ids of one tenant in one cluster; ids are 16 bytes as on the wire."""

    def __init__(self, limit: int = _MAX_OWN, clock: Callable[[], float] = time.monotonic) -> None:
        self.own: dict[bytes, None] = {}
        """The ids known to be the tenant's, those learned first going first when there are too many."""
        self._limit = limit
        self._clock = clock
        self._foreign: OrderedDict[bytes, float] = OrderedDict()

    def learn(self, topic_id: bytes) -> None:
        """Keeps an id that stood in an answer beside a topic of the tenant's."""
        if topic_id in self.own or topic_id in _RESERVED:
            return
        if len(self.own) >= self._limit:
            del self.own[next(iter(self.own))]
        self.own[topic_id] = None
        self._foreign.pop(topic_id, None)

    def rule_out(self, topic_id: bytes) -> None:
        """Keeps for a few seconds that an id is no topic of the tenant's."""
        self._foreign[topic_id] = self._clock() + _FOREIGN_SECONDS
        self._foreign.move_to_end(topic_id)
        if len(self._foreign) > _MAX_FOREIGN:
            self._foreign.popitem(last=False)

    def owns(self, topic_id: bytes) -> bool | None:
        """Tells whether an id is the tenant's; None where that is not known."""
        if topic_id in self.own:
            return True
        if topic_id in _RESERVED:
            return False
        until = self._foreign.get(topic_id)
        return False if until is not None and self._clock() < until else None


class ConnectionMemory:
    """What is remembered for one client connection and its broker connection."""

    def __init__(self) -> None:
        self.substitutes: dict[bytes, bytes] = {}
        """Ids that stand upstream for others that are not the tenant's, by the id that the client gave."""
        self.originals: dict[bytes, bytes] = {}
        """The same the other way round."""
        self.fetch_sessions: dict[int, None] = {}
        """The fetch sessions that were opened here, the oldest going first when there are too many."""

    def open_fetch_session(self, session_id: int) -> None:
        """Keeps a session that the broker has opened for this client."""
        if session_id and session_id not in self.fetch_sessions:
            if len(self.fetch_sessions) >= _MAX_SESSIONS:
                del self.fetch_sessions[next(iter(self.fetch_sessions))]
            self.fetch_sessions[session_id] = None

    def outdated(self, own: Container[bytes]) -> list[bytes]:
        """Gives the ids for which others stand upstream although they have turned out to be the tenant's."""
        return [topic_id for topic_id in self.substitutes if topic_id in own]

    def substitute(self, topic_id: bytes) -> bytes | None:
        """Gives an id that no topic has for one that is not the tenant's, always the same; None: too many."""
        found = self.substitutes.get(topic_id)
        if found is None and len(self.substitutes) < _MAX_SUBSTITUTES:
            found = self.substitutes[topic_id] = uuid.uuid4().bytes
            self.originals[found] = topic_id
        return found
