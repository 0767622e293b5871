"""Errands: questions that have to be put to the broker before a tenant's request can be decided.

An errand is a generator that yields requests and is sent their answers, as values of the tables. Whoever runs it sends
them on the tenant's own broker connection and shows the answers to nobody. It is bounded: in what it asks at once, in
how often it asks, and for each tenant in how much it asks in a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from klamm.rewriting import TopicIds, View
from protocol_tables.api import Api
from protocol_tables.registry import named

__all__ = ["MAX_IDS", "Errand", "LookUps", "Question", "look_up"]

_METADATA = named("Metadata")
_FIRST_BY_ID = 12
_AT_ONCE = 500

MAX_IDS = 5_000
"""How many unknown ids of one request are looked up; what is beyond counts as foreign for this time."""

_PER_SECOND = 500.0
_BURST = 2.0 * MAX_IDS


@dataclass(frozen=True, slots=True)
class Question:
    """A request to the broker."""

    api: Api
    version: int
    body: dict[str, Any]


Errand: TypeAlias = Generator[Question, dict[str, Any], None]
"""Yields questions and takes the answer to each, as the tables read it."""


class LookUps:
    """How many ids a tenant may still have looked up now: a bucket that fills with time.

    An id costs the same whether it is nobody's or somebody else's, so that this tells nothing either.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = _BURST
        self._since = clock()

    def take(self, wanted: int) -> int:
        """Gives how many of so many ids may be looked up, and counts them."""
        now = self._clock()
        self._left = min(_BURST, self._left + (now - self._since) * _PER_SECOND)
        self._since = now
        granted = min(wanted, MAX_IDS, int(self._left))
        self._left -= granted
        return granted


def look_up(topic_ids: Collection[bytes], known: TopicIds, view: View, allowance: LookUps) -> Errand:
    """Finds out which of these topic ids are the tenant's, and notes in ``known`` what each of them is.

    An id that nobody has and one of another tenant's topic come to the same.
    """
    waiting = iter(sorted(topic_ids))
    left = allowance.take(len(topic_ids))
    while batch := list(islice(waiting, min(left, _AT_ONCE))):
        left -= len(batch)
        topics = [{"topic_id": topic_id, "name": None} for topic_id in batch]
        answer = yield Question(_METADATA, _FIRST_BY_ID, {"topics": topics, "allow_auto_topic_creation": False})
        names = {topic["topic_id"]: topic["name"] for topic in answer["topics"]}
        for topic_id in batch:
            name = names.get(topic_id)
            if name is not None and view.topic_to_tenant(name) is not None:
                known.learn(topic_id)
            else:
                known.rule_out(topic_id)
