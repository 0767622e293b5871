"""Field paths: every place of a layout by the name the rules call it (``topics[].partitions[].leader_id``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from klamm.wire import Array, Leaf, Message, NullableRecord, Record
from klamm.wire.base import WireType

__all__ = ["Place", "places"]


@dataclass(frozen=True, slots=True)
class Place:
    """One field of a layout: its path, its type, and the names of the fields in the records around it."""

    path: str
    type: WireType
    around: frozenset[str]

    @property
    def kind(self) -> str:
        """The leaf's kind; ``list`` or ``record`` for anything that has parts."""
        if isinstance(self.type, Leaf):
            return self.type.kind
        return "list" if isinstance(self.type, Array) else "record"


@cache
def places(layout: Message) -> tuple[Place, ...]:
    """Gives every field of a message in wire order, lists and records before what is inside them."""
    return tuple(_walk(layout, "", frozenset()))


def _walk(layout: WireType, path: str, around: frozenset[str]) -> Iterator[Place]:
    if path:
        yield Place(path, layout, around)
    if isinstance(layout, NullableRecord):
        layout = layout.record
    if isinstance(layout, Record):
        around = around | layout.fields.keys()
        for name, kind in layout.fields.items():
            yield from _walk(kind, f"{path}.{name}" if path else name, around)
    elif isinstance(layout, Array):
        yield from _walk(layout.element, f"{path}[]", around)
