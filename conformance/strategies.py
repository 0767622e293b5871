"""Hypothesis strategies that follow from a layout: whatever the tables can say, they generate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from klamm.wire import (
    UNKNOWN_TAGS,
    Array,
    Blob,
    Boolean,
    Leaf,
    NullableRecord,
    Number,
    Record,
    Text,
    Uuid,
)
from klamm.wire.base import WireType

__all__ = ["Kinds", "values"]

Kinds = Mapping[str, SearchStrategy[Any]]

# Where a compact length grows by a byte, where Kafka's limit for topic names lies, and what takes several bytes.
_TEXTS = ("", "a", "__vt_acme_", "é" * 63, "x" * 126, "x" * 127, "x" * 128, "x" * 249, "\0\U0001f600")
_BLOBS = (b"", b"\0", bytes(126), bytes(127), b"\xff" * 128)
_MAX_LIST = 2
_MAX_TAG = 2**31 - 1


def values(layout: WireType, *, kinds: Kinds | None = None, unknown_tags: bool = True) -> SearchStrategy[Any]:
    """Generates values of the layout of one version, as its ``parse`` would give them.

    ``kinds`` replaces the strategy of leaves by their kind (``{"ErrorCode": st.just(0)}``); ``unknown_tags`` allows
    tags that no table declares, now and then.
    """
    return _values(layout, kinds or {}, unknown_tags)


def _values(layout: WireType, kinds: Kinds, unknown_tags: bool) -> SearchStrategy[Any]:
    strategy = _present(layout, kinds, unknown_tags)
    return st.none() | strategy if layout.nullable else strategy


def _present(layout: WireType, kinds: Kinds, unknown_tags: bool) -> SearchStrategy[Any]:
    match layout:
        case Array():
            return st.lists(_values(layout.element, kinds, unknown_tags), max_size=_MAX_LIST)
        case NullableRecord():
            return _values(layout.record, kinds, unknown_tags)
        case Record():
            return _record(layout, kinds, unknown_tags)
        case Leaf():
            return kinds[layout.kind] if layout.kind in kinds else _leaf(layout)
    raise TypeError(f"no strategy for {layout!r}")


def _record(layout: Record, kinds: Kinds, unknown_tags: bool) -> SearchStrategy[dict[str, Any]]:
    fields = st.fixed_dictionaries({name: _values(kind, kinds, unknown_tags) for name, kind in layout.fields.items()})
    if not (layout.flexible and unknown_tags):
        return fields
    tags = st.integers(0, 40) | st.integers(0, _MAX_TAG)
    unknown = st.dictionaries(tags.filter(lambda tag: tag not in layout.tagged), st.binary(max_size=5), max_size=3)
    # One record in four has them: more would hide what the fields do.
    return st.builds(_with_tags, fields, st.sampled_from((False, False, False, True)).flatmap(_maybe(unknown)))


def _maybe(strategy: SearchStrategy[Any]) -> Any:
    return lambda wanted: strategy if wanted else st.just({})


def _with_tags(fields: dict[str, Any], unknown: dict[int, bytes]) -> dict[str, Any]:
    return {**fields, UNKNOWN_TAGS: unknown} if unknown else fields


def _leaf(layout: Leaf) -> SearchStrategy[Any]:
    match layout:
        case Boolean():
            return st.booleans()
        case Uuid():
            return st.just(bytes(16)) | st.binary(min_size=16, max_size=16)
        case Text():
            return st.sampled_from(_TEXTS) | st.text(max_size=6)
        case Blob():
            return st.sampled_from(_BLOBS) | st.binary(max_size=6)
        case Number():
            return _number(layout)
    raise TypeError(f"no strategy for {layout!r}")


def _number(layout: Number) -> SearchStrategy[Any]:
    code, bits = layout.layout.format[-1], layout.layout.size * 8
    if code == "d":
        return st.floats(allow_nan=False)
    low, high = (0, 2**bits - 1) if code.isupper() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return st.sampled_from((0, 1, low, high, layout.default)) | st.integers(low, high)
