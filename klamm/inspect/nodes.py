"""Decoded bodies as a tree of labelled texts: what is printed, and what is compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from klamm.inspect.embedded import EMBEDDED, Embedded, consumer_payload, record_batches
from klamm.inspect.meanings import meaning_of
from klamm.inspect.safe import safe
from klamm.inspect.values import uuid_text
from klamm.wire import UNKNOWN_TAGS, Array, Blob, Leaf, NullableRecord, Record, Text, Uuid
from klamm.wire.base import WireType

__all__ = ["Node", "Style", "body_nodes"]

_INLINE: Final = 16
_NO_TEXT = "~"


@dataclass(slots=True)
class Node:
    """One field: its label, its text or its parts, and its path as the rules write it (``topics[].name``).

    ``identity`` is what tells it from other entries of its list; ``is_error`` marks a code that says something failed.
    """

    label: str
    text: str = ""
    path: str = ""
    children: list[Node] = field(default_factory=list)
    identity: str | None = None
    is_error: bool = False


@dataclass(slots=True)
class Style:
    """How much is shown: ``entries`` of a list (0: all), ``width`` characters of a text, secrets or not."""

    embedded: Embedded
    entries: int = 50
    width: int = 200
    secrets: bool = False


def body_nodes(layout: Record, value: dict[str, Any], style: Style, *, blanked: bool = False) -> list[Node]:
    """Gives the fields of a body; what is wrong with embedded bytes is in the style's ``embedded`` afterwards."""
    style.embedded.begin(blanked, value.get("protocol_type"))
    return _fields(layout, value, "", style)


def _fields(layout: Record, value: dict[str, Any], path: str, style: Style) -> list[Node]:
    inherited = style.embedded.protocol_type
    if value.get("protocol_type") is not None:
        style.embedded.protocol_type = value["protocol_type"]
    nodes = [
        _node(kind, value[name], name, f"{path}.{name}" if path else name, style)
        for name, kind in layout.fields.items()
    ]
    style.embedded.protocol_type = inherited
    for tag, data in value.get(UNKNOWN_TAGS, {}).items():
        nodes.append(Node(f"tag {tag} (not in the tables)", _hex(data), f"{path}.{tag}"))
    return nodes


def _node(kind: WireType, value: Any, name: str, path: str, style: Style) -> Node:
    if value is None:
        return Node(name, "null", path)
    if isinstance(kind, NullableRecord):
        kind = kind.record
    if isinstance(kind, Record):
        return Node(name, "" if value else "{}", path, _fields(kind, value, path, style))
    if isinstance(kind, Array):
        return _list(kind, value, name, path, style)
    if isinstance(kind, Leaf) and kind.kind in EMBEDDED and value:
        return _embedded(kind, value, name, path, style)
    return _leaf(kind, value, name, path, style)


def _list(kind: Array, values: list[Any], name: str, path: str, style: Style) -> Node:
    inner = kind.element
    if not values:
        return Node(name, "[]", path)
    simple = isinstance(inner, Leaf) and not isinstance(inner, Text | Blob | Uuid)
    if simple and len(values) <= _INLINE:
        return Node(name, "[" + ", ".join(_text(inner, value, name, style) for value in values) + "]", path)
    shown = values if not style.entries else values[: style.entries]
    children = [_entry(inner, value, index, f"{path}[]", style) for index, value in enumerate(shown)]
    if len(values) > len(shown):
        children.append(Node(f"… {len(values) - len(shown)} more (--limit 0 shows all)"))
    return Node(name, f"{len(values)} {'entry' if len(values) == 1 else 'entries'}", path, children)


def _entry(kind: WireType, value: Any, index: int, path: str, style: Style) -> Node:
    node = _node(kind, value, f"[{index}]", path, style)
    node.identity = node.text if not node.children else _NO_TEXT
    record = kind.record if isinstance(kind, NullableRecord) else kind
    if isinstance(record, Record) and value is not None:
        names = [name for name, field_kind in record.fields.items() if isinstance(field_kind, Text | Uuid)]
        numbers = [name for name, field_kind in record.fields.items() if _is_index(field_kind)]
        node.identity = "\0".join(str(value[name]) for name in (names or numbers)[:2])
    return node


def _is_index(kind: WireType) -> bool:
    return isinstance(kind, Leaf) and kind.kind in ("PartitionIndex", "NodeId", "Int16", "Int32")


def _leaf(kind: WireType, value: Any, name: str, path: str, style: Style) -> Node:
    text = _text(kind, value, name, style)
    what = kind.kind if isinstance(kind, Leaf) else ""
    meaning = meaning_of(what, name, value) if isinstance(value, int) and not isinstance(value, bool) else ""
    is_error = what == "ErrorCode" and value != 0
    return Node(name, f"{text} {meaning}" if meaning else text, path, is_error=is_error)


def _text(kind: WireType, value: Any, name: str, style: Style) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if value and isinstance(kind, Leaf) and kind.kind == "ConfigValue" and not value.strip("\0"):
            return f"{len(value)} bytes, not written by the tap"
        return _quoted(value, style.width)
    if isinstance(kind, Uuid):
        return uuid_text(value)
    if isinstance(value, bytes):
        if isinstance(kind, Leaf) and kind.kind == "SaslToken" and value and not style.secrets:
            return f"{len(value)} bytes, a secret (--secrets shows it)"
        return _hex(value)
    return str(value)


def _quoted(text: str, width: int) -> str:
    cut = text if not width or len(text) <= width else f"{text[:width]}"
    rest = f"… {len(text)} characters" if len(cut) < len(text) else ""
    return f'"{safe(cut)}"{rest}'


def _hex(data: bytes, width: int = 32) -> str:
    if not data:
        return "0 bytes"
    return f"{len(data)} bytes {data[:width].hex()}{'…' if len(data) > width else ''}"


def _embedded(kind: Leaf, data: bytes, name: str, path: str, style: Style) -> Node:
    if kind.kind == "Records":
        found = record_batches(data, path, style.embedded)
        children = [_any(f"batch[{index}]", batch, path, style) for index, batch in enumerate(found)]
        return Node(name, f"{len(data)} bytes", path, children)
    payload = consumer_payload(kind.kind, data, style.embedded)
    if payload is None:
        return Node(name, _hex(data), path)
    layout, value = payload
    children = [Node("version", str(value["_version"]), path)]
    children += [_node(inner, value[field], field, path, style) for field, inner in layout.fields.items()]
    if "_trailing_bytes" in value:
        children.append(Node("trailing bytes", _hex(value["_trailing_bytes"]), path))
    return Node(name, f"{len(data)} bytes, consumer protocol", path, children)


def _any(label: str, value: Any, path: str, style: Style) -> Node:
    """Gives the node of a value that no table describes: parts of records."""
    if isinstance(value, dict):
        children = [_any(name, item, path, style) for name, item in value.items()]
        return Node(label, "" if value else "{}", path, children, is_error="error" in value)
    if isinstance(value, list):
        shown = value if not style.entries else value[: style.entries]
        children = [_any(f"[{index}]", item, path, style) for index, item in enumerate(shown)]
        if len(value) > len(shown):
            children.append(Node(f"… {len(value) - len(shown)} more (--limit 0 shows all)"))
        return Node(label, f"{len(value)}" if value else "[]", path, children)
    if isinstance(value, bytes):
        return Node(label, _data(value, style), path)
    if label in ("timestamp", "base_timestamp", "max_timestamp"):
        meaning = meaning_of("Timestamp", label, value)
        return Node(label, f"{value} {meaning}".rstrip(), path)
    text = "null" if value is None else safe(value) if isinstance(value, str) else _plain(value)
    return Node(label, text, path, is_error=label == "error")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _data(data: bytes, style: Style) -> str:
    """Shows a record's key or value as text where it is text, else as hex."""
    if not data:
        return '""'
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _hex(data)
    return _quoted(text, style.width) if sum(not char.isprintable() for char in text) * 10 < len(text) else _hex(data)
