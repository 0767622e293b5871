"""Kafka's side of the audit: rows from a schema file alone, by the rules of Kafka's own message generator.

Nothing here knows our combinators or our version ranges: a mistake in those must not be made twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tools.audit_tables.rows import Row
from tools.audit_tables.schemas import Schema

__all__ = ["is_flexible", "rows", "versions"]

_SIZED = {"bool", "int8", "int16", "int32", "int64", "uint16", "uint32", "float64", "uuid"}
_TEXTUAL = {"string", "bytes", "records"}
# What a field holds when its schema names no default; records are null in what Kafka's generator makes.
_ZERO: dict[str, Any] = {"bool": False, "float64": 0.0, "uuid": bytes(16), "string": "", "bytes": b"", "records": None}


def versions(schema: Schema) -> range:
    """Gives the versions of a message, those included that a broker offers only when it is told to."""
    low, high = _bounds(schema["validVersions"])
    return range(low, high + 1)


def is_flexible(schema: Schema, version: int) -> bool:
    """Says whether a version has compact lengths and tag buffers."""
    return _holds(schema.get("flexibleVersions", "none"), version)


def rows(schema: Schema, version: int) -> list[Row]:
    """Lays out one version of a message."""
    structs = {struct["name"]: struct["fields"] for struct in schema.get("commonStructs", ())}
    return list(_fields(schema["fields"], "", version, is_flexible(schema, version), structs))


def _fields(
    fields: list[Schema], prefix: str, version: int, flexible: bool, structs: dict[str, list[Schema]]
) -> Iterator[Row]:
    present = [field for field in fields if _holds(field["versions"], version)]
    for field in sorted(present, key=lambda field: _order(field, version)):
        is_list = field["type"].startswith("[]")
        inner = field["type"].removeprefix("[]")
        path = prefix + _snake(field["name"])
        yield _row(field, path, version, flexible)
        if inner not in _SIZED | _TEXTUAL:
            parts = field.get("fields") or structs[inner]
            yield from _fields(parts, f"{path}[]." if is_list else f"{path}.", version, flexible, structs)


def _row(field: Schema, path: str, version: int, flexible: bool) -> Row:
    inner = field["type"].removeprefix("[]")
    shown = inner if inner in _SIZED | _TEXTUAL else "struct"
    if is_list := field["type"].startswith("[]"):
        shown = f"[]{shown}"
    return Row(
        path=path,
        type=shown,
        nullable=_holds(field.get("nullableVersions", "none"), version),
        default=_default(inner, is_list, field.get("default")),
        tag=_tag(field, version),
        compact=flexible if is_list or inner not in _SIZED else None,
        meaning=field.get("entityType"),
    )


def _order(field: Schema, version: int) -> int:
    tag = _tag(field, version)
    return -1 if tag is None else tag


def _tag(field: Schema, version: int) -> int | None:
    return field["tag"] if _holds(field.get("taggedVersions", "none"), version) else None


def _default(inner: str, is_list: bool, given: Any) -> Any:
    """Gives the value of a field that was not sent; a record's is ``struct``, since its fields have rows."""
    if given == "null":
        return None
    if is_list:
        return []
    if inner not in _SIZED | _TEXTUAL:
        return "struct"
    if given is None or given == "" or inner in {"uuid", "bytes", "records"}:
        return _ZERO.get(inner, 0)
    if inner == "string":
        return given
    if inner == "bool":
        return str(given).lower() == "true"
    return float(given) if inner == "float64" else int(str(given), 0)


def _bounds(text: str) -> tuple[int, int]:
    if text == "none":
        return 0, -1
    if text.endswith("+"):
        return int(text[:-1]), 2**15 - 1
    numbers = [int(number) for number in text.split("-")]
    return numbers[0], numbers[-1]


def _holds(text: str, version: int) -> bool:
    low, high = _bounds(text)
    return low <= version <= high


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
