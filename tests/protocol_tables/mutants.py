"""Tables with one field lost or altered, as a slip of the hand might leave them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from klamm.wire import Array, Blob, Boolean, Default, Leaf, Nullable, Number, Only, Record, Tagged, Text, Uuid
from klamm.wire.base import WireType
from protocol_tables import registry
from protocol_tables.api import Api
from protocol_tables.types import Bytes, Int16, Int32, String
from tools.audit_tables import tables
from tools.audit_tables.names import named_meanings
from tools.audit_tables.rows import Row

Fields = list[tuple[str, WireType]]
Change = Callable[[Fields, int], str]

DIRECTIONS = ("request", "response")


def mutant(seed: int) -> tuple[Api, Api, str]:
    """Give a table, the same with one random change that shows in its layouts, and what was changed."""
    chance = random.Random(seed)
    while True:
        api = registry.BY_KEY[chance.choice(sorted(registry.BY_KEY))]
        direction = chance.choice(DIRECTIONS)
        declared: Record = getattr(api, f"_{direction}")
        places = list(_places(declared))
        if not places:
            continue
        path = chance.choice(places)
        altered, said = _edited(declared, path, chance.choice(CHANGES))
        changed = copy.copy(api)
        changed.__dict__[f"_{direction}"] = altered
        changed.__dict__["_layouts"] = {}
        if said and _differ(api, changed, direction):
            return api, changed, f"{api.name} {direction} {'.'.join(path)}: {said}"


def _differ(before: Api, after: Api, direction: str) -> bool:
    for version in before.versions:
        ours, theirs = (list(tables.rows(getattr(api, direction)(version))) for api in (before, after))
        if [_seen(row) for row in ours] != [_seen(row) for row in theirs]:
            return True
    return False


def _seen(row: Row) -> Any:
    # What a value means can be held against its name alone; a plain number may be called by any plain name.
    return row if named_meanings(row.path, row.type) else (row.path, row.type, row.nullable, row.default, row.tag)


def _places(record: Record, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, kind in record.fields.items():
        yield (*path, name)
        inner = _innermost(kind)
        if isinstance(inner, Record):
            yield from _places(inner, (*path, name))


def _innermost(kind: Any) -> Any:
    while not isinstance(kind, Record | Leaf):
        kind = kind.element if isinstance(kind, Array) else kind.inner
    return kind


def _with_innermost(kind: Any, change: Callable[[Any], WireType]) -> WireType:
    if isinstance(kind, Record | Leaf):
        return change(kind)
    part = "element" if isinstance(kind, Array) else "inner"
    changed: WireType = kind.varied(**{part: _with_innermost(getattr(kind, part), change)})
    return changed


def _edited(record: Record, path: tuple[str, ...], change: Change) -> tuple[Record, str]:
    fields = list(record.fields.items())
    index = list(record.fields).index(path[0])
    said = ""
    if len(path) == 1:
        said = change(fields, index)
    else:
        name, kind = fields[index]

        def deeper(inner: Any) -> WireType:
            nonlocal said
            altered, said = _edited(inner, path[1:], change)
            return altered

        fields[index] = (name, _with_innermost(kind, deeper))
    altered = record.varied()
    altered._arrange(fields)
    return altered, said


def _lose(fields: Fields, index: int) -> str:
    del fields[index]
    return "lost"


def _rename(fields: Fields, index: int) -> str:
    fields[index] = (f"{fields[index][0]}_", fields[index][1])
    return "called by another name"


def _move(fields: Fields, index: int) -> str:
    fields.append(fields.pop(index))
    return "moved to the end"


def _retype(fields: Fields, index: int) -> str:
    other: dict[type[Any], WireType] = {Number: String, Text: Bytes, Blob: String, Boolean: Int16, Uuid: Int32}
    return _leaf(fields, index, lambda leaf: other[type(leaf)], "of another type")


def _widen(fields: Fields, index: int) -> str:
    wider = {"b": "h", "h": "i", "i": "q", "q": "i", "H": "I", "I": "q", "d": "q"}

    def change(leaf: Any) -> WireType:
        return Number(leaf.kind, wider[leaf.layout.format[-1]]) if isinstance(leaf, Number) else leaf

    return _leaf(fields, index, change, "of another width")


def _unname(fields: Fields, index: int) -> str:
    return _leaf(fields, index, lambda leaf: leaf.varied(kind="String"), "without its meaning")


def _redefault(fields: Fields, index: int) -> str:
    others: dict[type[Any], Any] = {Number: 77, Text: "x", Blob: b"x", Boolean: True, Uuid: bytes(range(16))}
    name, kind = fields[index]
    is_list, inner = _is_list(kind), _innermost(kind)
    if isinstance(inner, Record) and not is_list:
        return ""
    fields[index] = (name, Default(kind, None if is_list else others[type(inner)]))
    return "with another default"


def _is_list(kind: Any) -> bool:
    while not isinstance(kind, Array | Record | Leaf):
        kind = kind.inner
    return isinstance(kind, Array)


def _leaf(fields: Fields, index: int, change: Callable[[Any], WireType], said: str) -> str:
    name, kind = fields[index]
    if not isinstance(_innermost(kind), Leaf):
        return ""
    fields[index] = (name, _with_innermost(kind, change))
    return said


def _wrap(wrapped: Callable[[WireType], WireType], said: str) -> Change:
    def change(fields: Fields, index: int) -> str:
        name, kind = fields[index]
        fields[index] = (name, wrapped(kind))
        return said

    return change


def _null(kind: WireType) -> WireType:
    return kind.varied(nullable_versions=registry.BY_KEY[3].versions) if isinstance(kind, Array) else Nullable(kind)


CHANGES: tuple[Change, ...] = (
    _lose,
    _rename,
    _move,
    _retype,
    _widen,
    _unname,
    _wrap(lambda kind: Only("1+", kind), "in later versions only"),
    _wrap(lambda kind: Only("0-1", kind), "in the first versions only"),
    _redefault,
    _wrap(lambda kind: Tagged(77, kind), "in a tag"),
    _wrap(_null, "null allowed"),
    _wrap(lambda kind: Array(_innermost(kind)), "a list of what it was, in all versions"),
)
