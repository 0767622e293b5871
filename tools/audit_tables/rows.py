"""One field of one message version, as both sides of the audit describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """A field in wire order: plain fields first, then tagged ones by tag, the fields of a record after it.

    ``path`` has Kafka's names in snake_case and ``[]`` for the elements of a list; ``type`` is Kafka's own word with
    ``[]`` before it for a list, and ``struct`` for any record. ``compact`` is None for types of one size.
    ``meaning`` is Kafka's ``entityType`` on its side and the kind of our leaf on ours, None where there is none.
    """

    path: str
    type: str
    nullable: bool
    default: Any
    tag: int | None
    compact: bool | None
    meaning: str | None
