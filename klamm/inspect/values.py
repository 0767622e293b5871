"""Decoded bodies as JSON values, and the error codes in them."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from klamm.inspect.embedded import EMBEDDED, Embedded, consumer_payload, record_batches
from klamm.wire import UNKNOWN_TAGS, Array, Leaf, NullableRecord, Record, Uuid
from klamm.wire.base import WireType

__all__ = ["as_json", "bytes_as_hex", "error_codes", "uuid_text"]


def uuid_text(value: bytes) -> str:
    """Writes a uuid as Kafka does: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")


def bytes_as_hex(value: Any) -> Any:
    """Gives a value with all its bytes written as hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): bytes_as_hex(item) for key, item in value.items()}
    if isinstance(value, list):
        return [bytes_as_hex(item) for item in value]
    return value


def as_json(layout: WireType, value: Any, how: Embedded | None = None) -> Any:
    """Gives a value with uuids as Kafka prints them and bytes as hex; with ``how`` embedded formats are opened."""
    if value is None:
        return None
    if isinstance(layout, NullableRecord):
        layout = layout.record
    if isinstance(layout, Record):
        out = {name: as_json(kind, value[name], how) for name, kind in layout.fields.items()}
        if UNKNOWN_TAGS in value:
            out[UNKNOWN_TAGS] = bytes_as_hex(value[UNKNOWN_TAGS])
        return out
    if isinstance(layout, Array):
        return [as_json(layout.element, item, how) for item in value]
    if isinstance(layout, Uuid):
        return uuid_text(value)
    if isinstance(value, bytes):
        return value.hex() if how is None else _opened(layout, value, how)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _opened(layout: WireType, value: bytes, how: Embedded) -> Any:
    kind = layout.kind if isinstance(layout, Leaf) else ""
    if kind not in EMBEDDED:
        return value.hex()
    if kind == "Records":
        return bytes_as_hex(record_batches(value, "records", how))
    payload = consumer_payload(kind, value, how)
    if payload is None:
        return value.hex()
    inner, fields = payload
    extra = {name: bytes_as_hex(item) for name, item in fields.items() if name not in inner.fields}
    return extra | as_json(inner, fields)


def error_codes(layout: WireType, value: Any) -> Iterator[int]:
    """Gives every error code in a body, those that say all is well too."""
    if value is None or not _holds_codes(layout):
        return
    if isinstance(layout, NullableRecord):
        layout = layout.record
    if isinstance(layout, Record):
        for name, kind in layout.fields.items():
            yield from error_codes(kind, value[name])
    elif isinstance(layout, Array):
        for item in value:
            yield from error_codes(layout.element, item)
    else:
        yield value


@cache
def _holds_codes(layout: WireType) -> bool:
    if isinstance(layout, Leaf):
        return layout.kind == "ErrorCode"
    if isinstance(layout, Array):
        return _holds_codes(layout.element)
    if isinstance(layout, NullableRecord):
        return _holds_codes(layout.record)
    return isinstance(layout, Record) and any(_holds_codes(kind) for kind in layout.fields.values())
