"""One plain value per layout, with something in every field: for tests that must reach each field, not each value."""

from __future__ import annotations

from typing import Any

from klamm.wire import Array, Blob, Boolean, NullableRecord, Number, Record, Text, Uuid
from klamm.wire.base import WireType

__all__ = ["sample"]


def sample(layout: WireType) -> Any:
    """Gives a value without nulls, empty lists or defaults."""
    match layout:
        case Record():
            return {name: sample(kind) for name, kind in layout.fields.items()}
        case NullableRecord():
            return sample(layout.record)
        case Array():
            return [sample(layout.element)]
        case Boolean():
            return not layout.default
        case Number():
            return 7
        case Text():
            return "name"
        case Blob():
            return b"bytes"
        case Uuid():
            return bytes(range(16))
    raise TypeError(f"no sample for {layout!r}")
