"""The walker: the meaning of the rules. It walks a parsed message field by field and applies the actions.

Only the parts of a message that a rule touches are walked; a step per record, list and leaf is prepared once per
(api, version, direction). A request entry that may not pass is taken out of its list and noted in the scope, if the
rules say that entries of this list are refused one by one; otherwise the refusal is the whole message's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from klamm.rewriting.actions import Action
from klamm.rewriting.errors import Refused
from klamm.rewriting.scope import Drop, Scope
from klamm.wire import Array, NullableRecord, Record
from klamm.wire.base import WireType

__all__ = ["Step", "make_step"]


class Step:
    """What happens to one value."""

    def apply(self, value: Any, scope: Scope) -> Any:
        """Gives the value that goes on; records and lists are changed in place."""
        raise NotImplementedError


class _Actions(Step):
    """The verbs of one field, one after the other."""

    def __init__(self, actions: Sequence[Action]) -> None:
        self.actions = actions

    def apply(self, value: Any, scope: Scope) -> Any:
        for action in self.actions:
            value = action.apply(value, scope)
        return value


class _Fields(Step):
    """The fields of a record that something happens to, in wire order."""

    def __init__(self, steps: Sequence[tuple[str, Step]]) -> None:
        self.steps = steps

    def apply(self, value: Any, scope: Scope) -> Any:
        if value is None:
            return None
        scope.records.append(value)
        try:
            for name, step in self.steps:
                value[name] = step.apply(value[name], scope)
        finally:
            scope.records.pop()
        return value


class _Entries(Step):
    """The entries of a list; ``separable`` when one that is refused is taken out by itself."""

    def __init__(self, element: Step, separable: bool) -> None:
        self.element = element
        self.separable = separable

    def apply(self, value: Any, scope: Scope) -> Any:
        if value is None:
            return None
        kept = []
        for index, entry in enumerate(value):
            scope.indexes.append(index)
            try:
                kept.append(self.element.apply(entry, scope))
            except Drop:
                continue
            except Refused as refused:
                if not self.separable:
                    raise
                scope.refused[tuple(scope.indexes)] = refused.code
            finally:
                scope.indexes.pop()
        return kept


def make_step(
    layout: WireType, actions: Mapping[str, Sequence[Action]], separable: Collection[str] = (), path: str = ""
) -> Step | None:
    """Prepares the walk of a layout; None where no action touches it.

    ``actions`` are keyed by field path (``topics[].name``), ``separable`` holds the paths of lists (``topics[]``)
    whose entries are refused one by one.
    """
    if path in actions:
        return _Actions(actions[path])
    if isinstance(layout, NullableRecord):
        layout = layout.record
    if isinstance(layout, Record):
        steps = [
            (name, step)
            for name, kind in layout.fields.items()
            if (step := make_step(kind, actions, separable, f"{path}.{name}" if path else name)) is not None
        ]
        return _Fields(steps) if steps else None
    if isinstance(layout, Array):
        inner = f"{path}[]"
        element = make_step(layout.element, actions, separable, inner)
        return None if element is None else _Entries(element, inner in separable)
    return None
