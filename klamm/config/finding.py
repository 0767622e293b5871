"""What checks are written with: findings, and helpers that step over values that have a problem already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from klamm.config.problems import Path, dotted, quoted
from klamm.config.tree import HOLE, Touched

__all__ = ["Finding", "each", "repeats", "settled"]

Finding = tuple[Path, str]
"""Where, and what is wrong there and what would be right."""

_T = TypeVar("_T")


def settled(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yields findings until the check touches a hole."""
    try:
        yield from findings
    except Touched:
        return


def each(path: Path, items: Iterable[_T]) -> Iterator[tuple[Path, _T]]:
    """Yields the items of a list that have no problem of their own, each with its path."""
    for index, item in enumerate(items):
        if item is not HOLE:
            yield (*path, index), item


def repeats(values: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    """Yields a finding for every value that an earlier path has already."""
    first: dict[str, Path] = {}
    for path, value in values:
        if value is HOLE:
            continue
        if value in first:
            yield path, f"{quoted(value)} is taken by {dotted(first[value])}; each may be there once"
        else:
            first[value] = path
