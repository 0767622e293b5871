"""Scanning: code that moves over what no rule touches, and checks as much of it as the walker would refuse.

Everything that is not in the form Klamm itself would write is ``Unusual`` and left to the walker: a varint longer than
needed, a tag, a null where there may be none. So what a plan copies is equal to what the walker builds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from klamm.rewriting.plan.source import Source
from klamm.wire import Array, Blob, Leaf, NullableRecord, Record, Text
from klamm.wire.base import WireType

__all__ = ["UNUSUAL", "fixed_size", "open_list", "open_sized", "scan", "scan_tags", "when_present"]

UNUSUAL = "raise Unusual"


def fixed_size(layout: WireType) -> int | None:
    """Gives the size in bytes that all values of a type have, tag bytes included; None where they differ."""
    if isinstance(layout, Record):
        sizes = [fixed_size(kind) for _, kind in layout.plain]
        return None if None in sizes else sum(size or 0 for size in sizes) + layout.flexible
    if isinstance(layout, Leaf) and not isinstance(layout, Text | Blob):
        return layout.min_size
    return None


def scan(source: Source, layout: WireType) -> None:
    """Adds code that moves over one value."""
    if isinstance(layout, Record):
        for _, kind in layout.plain:
            scan(source, kind)
        scan_tags(source, layout)
    elif isinstance(layout, NullableRecord):
        with when_present(source):
            scan(source, layout.record)
    elif isinstance(layout, Array):
        _scan_list(source, layout)
    elif isinstance(layout, Text | Blob):
        open_sized(source, layout)
    else:
        source.skip(layout.min_size)


def scan_tags(source: Source, layout: Record) -> None:
    """Adds the check that a record's tag buffer is empty."""
    if layout.flexible:
        with source.block(f"if data[{source.here}]:"):
            source.line(UNUSUAL)
        source.skip(1)


def open_sized(source: Source, layout: Text | Blob, name: str = "n") -> None:
    """Adds code that moves over a string or bytes; afterwards ``name`` is its size and it ends at ``pos``.

    A null leaves ``name`` at -1.
    """
    source.settle()
    if layout.compact:
        source.line(f"{name} = data[pos] - 1")
        with source.block(f"if {name} > 126:"):
            source.line(f"{name}, pos = long_varint(data, pos)")
            source.line(f"{name} -= 1")
            if isinstance(layout, Text):
                with source.block(f"if {name} > 32767:"):
                    source.line(UNUSUAL)
        head = "1"
    elif isinstance(layout, Text):
        source.line(f"({name},) = int16(data, pos)")
        head = "2"
    else:
        source.line(f"({name},) = int32(data, pos)")
        head = "4"
    with source.block(f"if {name} < 0:"):
        if layout.nullable:
            if not layout.compact:
                with source.block(f"if {name} != -1:"):
                    source.line(UNUSUAL)
            source.line(f"pos += {head}")
        else:
            source.line(UNUSUAL)
    with source.block("else:"):
        source.line(f"pos += {name} + {head}")
        with source.block("if pos > end:"):
            source.line(UNUSUAL)


def open_list(source: Source, layout: Array, name: str) -> None:
    """Adds code that reads a list's count into ``name``, 0 for null, and moves to its first element."""
    source.settle()
    if layout.compact:
        source.line(f"{name} = data[pos] - 1")
        with source.block(f"if {name} > 126:"):
            source.line(f"{name}, pos = long_varint(data, pos)")
            source.line(f"{name} -= 1")
        source.line("pos += 1")
    else:
        source.line(f"({name},) = int32(data, pos)")
        source.line("pos += 4")
    with source.block(f"if {name} < 0:"):
        if layout.nullable:
            if not layout.compact:
                with source.block(f"if {name} != -1:"):
                    source.line(UNUSUAL)
            source.line(f"{name} = 0")
        else:
            source.line(UNUSUAL)
    source.line(f"budget -= {name}")
    with source.block("if budget < 0:"):
        source.line(UNUSUAL)


def _scan_list(source: Source, layout: Array) -> None:
    count = source.fresh("n")
    open_list(source, layout, count)
    size = fixed_size(layout.element)
    if size is None:
        with source.block(f"for _ in range({count}):"):
            scan(source, layout.element)
            source.settle()
        return
    tags = [*_tag_places(layout.element, 0)]
    if tags:
        with source.block(f"if {count}:"):
            for place in tags:
                stop = f"pos + {count} * {size}"
                with source.block(f"if any(data[pos + {place}:{stop}:{size}]):"):
                    source.line(UNUSUAL)
    source.line(f"pos += {count} * {size}")
    with source.block("if pos > end:"):
        source.line(UNUSUAL)


def _tag_places(layout: WireType, start: int) -> list[int]:
    """Gives where in a fixed-size value the counts of its tag buffers stand."""
    found: list[int] = []
    if isinstance(layout, Record):
        for _, kind in layout.plain:
            found += _tag_places(kind, start)
            start += fixed_size(kind) or 0
        if layout.flexible:
            found.append(start)
    return found


@contextmanager
def when_present(source: Source) -> Iterator[None]:
    """Adds the reading of a nullable record's marker, and indents what is added meanwhile under its being there."""
    source.settle()
    marker = source.fresh("m")
    source.line(f"{marker} = data[pos]")
    source.line("pos += 1")
    with source.block(f"if {marker} != 1 and {marker} != 255:"):
        source.line(UNUSUAL)
    with source.block(f"if {marker} == 1:"):
        yield
        source.settle()
