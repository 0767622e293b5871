"""Verbs for fetch sessions: a broker finds one by its number alone, whoever asks, so a number is worth what it cost.

A session belongs to the connection that opened it. What is refused by name cannot be part of one, since the broker
would never mention it again: as long as something is refused, there is no session, and the client says all it wants
each time. It does so by itself when it is told that its session is gone.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.errors import Refused
from klamm.rewriting.scope import Scope
from klamm.wire import Leaf

__all__ = ["FetchSession", "OpenedFetchSession"]

_FETCH_SESSION_ID_NOT_FOUND = 70
_NO_SESSION = 0
_FINAL_EPOCH = -1


@verb("fetch_session")
class FetchSession(Action):
    """Lets the number of a session pass that was opened on this connection; ``field`` names the epoch beside it.

    Any other is one that is not there: asked for more, it is not found; asked for everything anew, or closed, it is
    nothing to speak of. One that holds a stand-in for a topic that is the tenant's after all has to be opened anew.
    """

    kinds = frozenset({"FetchSessionId"})
    directions = frozenset({"request"})
    changes = False
    parameters = range(1, 2)

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(kind)
        self.field = field

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    @property
    def captures(self) -> tuple[str, ...]:
        return ()

    def inline(self, leaf: Leaf, content: str) -> str | None:
        number = f"int.from_bytes({content}, signed=True)"
        known = f"not session.connection.substitutes and {number} in session.connection.fetch_sessions"
        return f"if {content} != {leaf.build(_NO_SESSION)!r} and not ({known}): raise Unusual"

    def apply(self, value: Any, scope: Scope) -> Any:
        connection, is_more = scope.connection, scope.lookup(self.field) > 0
        scope.when_refused.append(partial(self._without_session, scope.records[-1]))
        outdated = connection.outdated(scope.topic_ids.own)
        is_known = value == _NO_SESSION or value in connection.fetch_sessions
        if is_more and (outdated or not is_known):
            raise Refused(_FETCH_SESSION_ID_NOT_FOUND)
        for topic_id in outdated:
            del connection.substitutes[topic_id]
        return value if is_known else _NO_SESSION

    def _without_session(self, request: dict[str, Any]) -> None:
        if request[self.field] > 0:
            raise Refused(_FETCH_SESSION_ID_NOT_FOUND)
        request[self.field] = _FINAL_EPOCH


@verb("opened_fetch_session")
class OpenedFetchSession(Action):
    """Lets the number of a session through and keeps it as one of this connection's."""

    kinds = frozenset({"FetchSessionId"})
    directions = frozenset({"response"})
    changes = False

    def inline(self, leaf: Leaf, content: str) -> str | None:
        return f"session.connection.open_fetch_session(int.from_bytes({content}, signed=True))"

    def apply(self, value: Any, scope: Scope) -> Any:
        scope.connection.open_fetch_session(value)
        return value
