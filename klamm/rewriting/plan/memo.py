"""Fields that a plan touches, and the remembered results of the actions on them.

An action is ``pure`` when its result follows from the tenant's view, the value and the fields that it reads. Then it is
asked once for each value a tenant uses, and the generated code finds the finished bytes in a dict. What an action
refuses is not remembered: that frame is the walker's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from klamm.rewriting.actions import Action
from klamm.rewriting.plan.runtime import Unusual
from klamm.rewriting.scope import Drop, Scope, Session
from klamm.wire import Blob, Leaf, Reader, Text

__all__ = ["Field", "Memo"]

_MAX_ENTRIES = 4096
_MAX_KEY = 512


class Field:
    """A leaf with the actions on it, and the leaves around it that these read.

    ``reads`` has name and leaf of each; no leaf for a field that the request carried over.
    """

    def __init__(self, leaf: Leaf, actions: Sequence[Action], reads: Sequence[tuple[str, Leaf | None]]) -> None:
        self.leaf = leaf
        self.actions = actions
        self.reads = reads

    def act(self, session: Session, carried: dict[str, Any], raw: bytes | None, *around: bytes | None) -> bytes | None:
        """Applies the actions to the value found as ``raw`` and gives the bytes that go on.

        None stands for an entry to be left out. Raises what the actions raise, and Unusual where one answers through
        another field than its own.
        """
        record = {
            name: _decoded(leaf, found)
            for (name, leaf), found in zip(self.reads, around, strict=True)
            if leaf is not None
        }
        before = dict(record)
        scope = Scope(session, carried)
        scope.records.append(record)
        value = _decoded(self.leaf, raw)
        try:
            for action in self.actions:
                value = action.apply(value, scope)
        except Drop:
            return None
        if record != before:
            raise Unusual
        return self.leaf.build(value)


class Memo(dict[Any, bytes | None]):
    """The results of one field for one tenant, by the bytes of the value and of what is read around it."""

    __slots__ = ("_field", "_session")

    def __init__(self, field: Field, session: Session) -> None:
        super().__init__()
        self._field = field
        self._session = session

    def __missing__(self, key: Any) -> bytes | None:
        field = self._field
        raw, around = (key[0], key[1:]) if field.reads else (key, ())
        carried = {name: found for (name, leaf), found in zip(field.reads, around, strict=True) if leaf is None}
        result = field.act(self._session, carried, raw, *around)
        if raw is None or len(raw) <= _MAX_KEY:
            if len(self) >= _MAX_ENTRIES:
                self.clear()
            self[key] = result
        return result


def _decoded(leaf: Leaf, raw: bytes | None) -> Any:
    if raw is None or isinstance(leaf, Blob):
        return raw
    if isinstance(leaf, Text):
        return raw.decode("utf-8", "surrogateescape")
    return leaf.read(Reader(raw))
