"""Formats inside a field's bytes: record batches and the consumer protocol."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from klamm.inspect.model import Flaw
from klamm.inspect.records.batches import Limits
from klamm.wire import Malformed, Reader
from klamm.wire import Message as Layout
from protocol_tables.consumer_protocol import ASSIGNMENT, SUBSCRIPTION, consumer_layout

__all__ = ["EMBEDDED", "Embedded", "consumer_payload", "record_batches"]

EMBEDDED: Final = frozenset({"Records", "ConsumerSubscription", "ConsumerAssignment"})
"""Leaf kinds whose bytes have a format of their own."""

_CONSUMER = {"ConsumerSubscription": SUBSCRIPTION, "ConsumerAssignment": ASSIGNMENT}
_NEWEST_SEEN = 15


@dataclass(slots=True)
class Embedded:
    """How embedded bytes are read, and what was wrong with those of one message.

    ``protocol_type`` is the group's, where the message says it.
    """

    limits: Limits
    protocol_type: str | None = None
    flaws: list[Flaw] = field(default_factory=list)

    def begin(self, blanked: bool, protocol_type: str | None) -> None:
        """Starts on the next message; ``blanked`` says that a tap left nothing but the headers of its batches."""
        if blanked != self.limits.blanked:
            self.limits = replace(self.limits, blanked=blanked)
        self.protocol_type = protocol_type
        self.flaws.clear()


def record_batches(data: bytes, path: str, how: Embedded) -> list[dict[str, Any]]:
    """Gives the batches of a records field; notes what is wrong in ``how``."""
    from klamm.inspect.records.batches import batches

    found = list(batches(data, how.limits))
    for index, batch in enumerate(found):
        if "error" in batch:
            how.flaws.append(Flaw(batch["error"], batch["offset"], f"{path}[{index}]"))
    return found


def consumer_payload(kind: str, data: bytes, how: Embedded) -> tuple[Layout, dict[str, Any]] | None:
    """Gives layout and value of a subscription or assignment; None where the bytes are not the consumer protocol's."""
    if len(data) < 2 or (how.protocol_type or "consumer") != "consumer":
        return None
    version = int.from_bytes(data[:2], "big")
    if version > _NEWEST_SEEN:
        return None
    reader = Reader(data, 2)
    layout = consumer_layout(_CONSUMER[kind], version)
    try:
        value: dict[str, Any] = layout.read(reader)
    except Malformed:
        return None
    if reader.remaining:
        value = {**value, "_trailing_bytes": data[reader.pos :]}
    return layout, {"_version": version, **value}
