"""An API's layout as lines: each field of all versions, or of one, with its type and what the rules do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from klamm.inspect.rule_text import rule_for
from klamm.inspect.values import uuid_text
from klamm.rewriting.paths import Place, places
from klamm.rewriting.rules import ApiRules
from klamm.wire import Array, Blob, Boolean, Leaf, NullableRecord, Number, Text, Uuid
from klamm.wire.base import WireType
from protocol_tables.api import Api
from protocol_tables.types import INERT

__all__ = ["Field", "fields_of", "ranges"]

_NUMBERS = {"b": "int8", "h": "int16", "i": "int32", "q": "int64", "B": "uint8", "H": "uint16", "I": "uint32",
            "Q": "uint64", "d": "float64"}  # fmt: skip


@dataclass(slots=True)
class Field:
    """One field of a message: where, since when, what it is, and its rule."""

    path: str
    depth: int
    label: str
    type: str
    versions: list[int] = field(default_factory=list)
    nullable: list[int] = field(default_factory=list)
    tag: int | None = None
    default: str = ""
    rule: str = ""


def fields_of(api: Api, direction: str, versions: Iterable[int], rules: ApiRules | None) -> list[Field]:
    """Gives the fields of a message in wire order, those of older versions where they stood."""
    found: dict[str, Field] = {}
    order: list[str] = []
    for version in sorted(versions):
        layout = api.request(version) if direction == "request" else api.response(version)
        previous = ""
        for place in places(layout):
            if place.path.endswith("[]"):
                continue
            if place.path not in found:
                found[place.path] = _field(place, direction, rules)
                order.insert(order.index(previous) + 1 if previous else 0, place.path)
            known = found[place.path]
            known.versions.append(version)
            if place.type.nullable:
                known.nullable.append(version)
            previous = place.path
    return [found[path] for path in order]


def ranges(versions: list[int], all_of: Iterable[int]) -> str:
    """Writes versions as Kafka does: ``0-3``, ``9+`` where none newer is without; empty where it is all of them."""
    whole = sorted(all_of)
    if versions == whole:
        return ""
    runs: list[list[int]] = []
    for version in versions:
        if runs and runs[-1][-1] == version - 1:
            runs[-1].append(version)
        else:
            runs.append([version])
    texts = []
    for run in runs:
        if run[-1] == whole[-1] and len(whole) > 1:
            texts.append(f"{run[0]}+")
        else:
            texts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return ", ".join(texts)


def _field(place: Place, direction: str, rules: ApiRules | None) -> Field:
    label = place.path.rpartition(".")[2]
    made = Field(place.path, place.path.count("."), label, _type(place.type))
    made.tag = getattr(place.type, "tag", None)
    made.default = _default(place.type)
    made.rule = _rule(place, direction, rules)
    return made


def _rule(place: Place, direction: str, rules: ApiRules | None) -> str:
    if rules is None:
        return ""
    texts = []
    if place.kind not in ("list", "record") or place.path in rules.verbs.get(direction, {}):
        texts.append(rule_for(rules, direction, place.path) if place.kind not in INERT else "")
    if isinstance(place.type, Array) and isinstance(place.type.element, Leaf):
        each = rule_for(rules, direction, f"{place.path}[]")
        texts.append(f"each: {each}" if each and each not in texts else "")
    named = rules.lists.get(f"{direction} {place.path}")
    if named is not None:
        texts += [f"when null: {named.when_null}"] * (named.when_null is not None)
        texts += [f"when emptied: {named.when_emptied}"] * (named.when_emptied is not None)
    return ", ".join(text for text in texts if text)


def _type(kind: WireType) -> str:
    if isinstance(kind, Array):
        inner = kind.element
        return f"list of {_type(inner)}" if isinstance(inner, Leaf) else "list of records"
    if not isinstance(kind, Leaf):
        return "record"
    written = _written(kind)
    return written if kind.kind.lower() == written else f"{kind.kind} ({written})"


def _written(kind: Leaf) -> str:
    if isinstance(kind, Number):
        return _NUMBERS.get(kind.layout.format[-1], "number")
    if isinstance(kind, Text):
        return "compact string" if kind.compact else "string"
    if isinstance(kind, Blob):
        return "compact bytes" if kind.compact else "bytes"
    if isinstance(kind, Boolean):
        return "boolean"
    return "uuid" if isinstance(kind, Uuid) else "?"


def _default(kind: WireType) -> str:
    """Gives a default that is not the type's zero, as the tables declare it."""
    if isinstance(kind, NullableRecord):
        return "null"
    value: Any = kind.default
    if isinstance(kind, Array | Leaf) and value is None:
        return "null"
    if not isinstance(kind, Leaf) or value in (0, "", b"", bytes(16), False):
        return ""
    return uuid_text(value) if isinstance(value, bytes) else str(value).lower() if value is True else str(value)
