"""The configuration as YAML gave it: dicts, lists and scalars whose text is still what the file says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from attrs import frozen

from klamm.config.problems import Path

__all__ = ["ANY", "HOLE", "Hole", "Scalar", "Touched", "find", "replace", "scalars"]

ANY = None
"""In a pattern: every item of a list."""


@frozen
class Scalar:
    """A single value: its text and what YAML takes it for ("str", "int", "bool", "null", "float", "timestamp").

    `from_environment` says that part of the text came from a `${VAR}`: only such text may stand for a number or a
    truth value although YAML saw a string; `by_default` says that a `${VAR:default}` fell back to the file's text.
    """

    text: str
    kind: str = "str"
    from_environment: bool = False
    by_default: bool = False


class Touched(Exception):
    """Says that a check needed a value that has a problem already; the check is then left out."""


class Hole:
    """Stands where a value had a problem, so that everything around it can still be checked in the same run.

    Whoever uses it raises Touched; adding text to it gives the hole itself, so that defaults derived from it are holes.
    """

    def __add__(self, _: object) -> Hole:
        return self

    __radd__ = __add__

    def __touch(self, *_: object) -> NoReturn:
        raise Touched

    __getattr__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __touch
    __sub__ = __rsub__ = __touch
    __hash__ = __bool__ = __iter__ = __len__ = __contains__ = __getitem__ = __str__ = __format__ = __fspath__ = __touch


HOLE: Any = Hole()


def find(tree: Any, pattern: tuple[str | None, ...]) -> Iterator[Path]:
    """Yields the path of every value that a pattern of keys and ANY leads to, in the order of the file."""
    if not pattern:
        yield ()
        return
    head, rest = pattern[0], pattern[1:]
    if head is ANY:
        items: list[tuple[str | int, Any]] = list(enumerate(tree)) if isinstance(tree, list) else []
    else:
        items = [(head, tree[head])] if isinstance(tree, dict) and head in tree else []
    for step, value in items:
        for path in find(value, rest):
            yield (step, *path)


def scalars(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Yields every scalar with its path."""
    if isinstance(tree, Scalar):
        yield path, tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from scalars(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from scalars(value, (*path, index))


def replace(tree: Any, path: Path, value: Any) -> None:
    """Puts a value at a path whose parent exists; the tree changes in place."""
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value
