"""Our side of the audit: rows from the layout that a table gives for one version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from klamm.wire import Array, Blob, Boolean, Leaf, NullableRecord, Number, Record, Text, Uuid
from tools.audit_tables.rows import Row

__all__ = ["rows"]

_NUMBERS = {
    ">b": "int8",
    ">h": "int16",
    ">i": "int32",
    ">q": "int64",
    ">H": "uint16",
    ">I": "uint32",
    ">d": "float64",
}


def rows(record: Record, prefix: str = "") -> Iterator[Row]:
    """Lays out a record of one version as it stands on the wire."""
    tagged = sorted(record.tagged.items())
    for tag, name, kind in [(None, *field) for field in record.plain] + [(tag, *field) for tag, field in tagged]:
        path = prefix + name
        inner = kind.element if isinstance(kind, Array) else kind
        yield _row(path, kind, inner, tag)
        if parts := _record_in(inner):
            yield from rows(parts, f"{path}[]." if isinstance(kind, Array) else f"{path}.")


def _row(path: str, kind: Any, inner: Any, tag: int | None) -> Row:
    is_list = isinstance(kind, Array)
    parts = _record_in(inner)
    default = kind.fresh_default()
    return Row(
        path=path,
        type=("[]" if is_list else "") + ("struct" if parts else _type(inner)),
        nullable=kind.nullable,
        default="struct" if isinstance(default, dict) else default,
        tag=tag,
        compact=kind.compact if is_list else parts.flexible if parts else getattr(inner, "compact", None),
        meaning=inner.kind if isinstance(inner, Leaf) else None,
    )


def _record_in(kind: Any) -> Record | None:
    if isinstance(kind, NullableRecord):
        return kind.record
    return kind if isinstance(kind, Record) else None


def _type(leaf: Any) -> str:
    match leaf:
        case Array():  # Kafka has no list of lists
            return f"[]{'struct' if _record_in(leaf.element) else _type(leaf.element)}"
        case Number():
            return _NUMBERS[leaf.layout.format]
        case Boolean():
            return "bool"
        case Uuid():
            return "uuid"
        case Text():
            return "string"
        case Blob():
            return "records" if leaf.kind == "Records" else "bytes"
    raise TypeError(f"the audit does not know the wire type {leaf!r}")
