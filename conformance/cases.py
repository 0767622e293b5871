"""Everything that the tables lay out: each API's versions in both directions, and the embedded consumer protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from klamm.wire import Message
from protocol_tables import registry
from protocol_tables.consumer_protocol import ASSIGNMENT, NEWEST, SUBSCRIPTION, consumer_layout

__all__ = ["CASES", "Case", "cases_of"]

_EMBEDDED = {"ConsumerProtocolSubscription": SUBSCRIPTION, "ConsumerProtocolAssignment": ASSIGNMENT}


@dataclass(frozen=True, slots=True)
class Case:
    """One version of one message; ``direction`` is ``data`` and ``key`` None for what stands inside other messages."""

    name: str
    key: int | None
    version: int
    direction: str

    @property
    def layout(self) -> Message:
        """The layout that the tables give."""
        if self.key is None:
            return consumer_layout(_EMBEDDED[self.name], self.version)
        layout: Message = getattr(registry.BY_KEY[self.key], self.direction)(self.version)
        return layout

    @property
    def flexible(self) -> bool:
        """Whether lengths are compact and records end in tags."""
        return self.key is not None and self.version in registry.BY_KEY[self.key].flexible

    def __str__(self) -> str:
        return f"{self.name} {self.version} {self.direction}"


def _all() -> Iterator[Case]:
    for api in registry.BY_KEY.values():
        for version in api.versions:
            for direction in ("request", "response"):
                yield Case(api.name, api.key, version, direction)
    for name in _EMBEDDED:
        for version in range(NEWEST + 1):
            yield Case(name, None, version, "data")


CASES = tuple(_all())
"""All of them, in the order of the API keys."""


def cases_of(name: str) -> list[Case]:
    """Gives the cases of one API or embedded message."""
    return [case for case in CASES if case.name == name]
