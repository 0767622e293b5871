"""Refusals: the answer that a client gets for what Klamm does not forward, in that API's own layout.

The rules say which field of an entry in the request stands where in the answer (``copy``; a pair of lists alone where
entries answer each other by position), where error codes go
(``codes``) and what else the broker would say (``fill``). From that a refused request, or a refused entry of it, is
projected into the answer's shape. Error texts beside the codes get the code's stock text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from protocol_tables.errors import stock_text

__all__ = ["Codes", "Projection", "RefusalError", "make_projection", "merge_refused", "split_path"]

Codes = Mapping[tuple[int, ...], int]
"""Error codes of entries, by their indexes from the outermost list inwards."""


class RefusalError(ValueError):
    """A refusal rule whose paths do not fit together."""


@dataclass(slots=True)
class Projection:
    """How one level of a request becomes one level of its refusal."""

    scalars: list[tuple[str | None, str]] = field(default_factory=list)
    lists: dict[tuple[str, str], Projection] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    fill: dict[str, Any] = field(default_factory=dict)

    def answer(self, asked: Any, code: int, own: Codes, indexes: tuple[int, ...] = ()) -> dict[str, Any]:
        """Gives the refusal of ``asked``; an entry without a code of its own takes the enclosing one."""
        code = own.get(indexes, code)
        answer = self.fill | self.echo(asked)
        for name in self.codes:
            answer[name] = code
        if self.codes:
            answer["error_message"] = stock_text(code) if code else None
        for (source, target), inner in self.lists.items():
            entries = asked.get(source) or ()
            # Two lists of a request may be answered in one.
            answered = [inner.answer(entry, code, own, (*indexes, i)) for i, entry in enumerate(entries)]
            answer[target] = [*answer.get(target, ()), *answered]
        return answer

    def echo(self, asked: Any) -> dict[str, Any]:
        """Gives what the answer repeats of an entry of the request."""
        return {
            target: asked if source is None else asked[source]
            for source, target in self.scalars
            if source is None or source in asked
        }


def split_path(path: str) -> tuple[list[str], str | None]:
    """Splits ``a[].b[].c`` into its lists and the field at the end, which is None for ``a[]``."""
    *lists, last = path.split("[]")
    return [name.strip(".") for name in lists], last.strip(".") or None


def make_projection(copy: Mapping[str, str], codes: list[str], fill: Mapping[str, Any]) -> Projection:
    """Makes the projection of a refusal rule; raises RefusalError when its paths do not pair up."""
    root = Projection()
    for source, target in copy.items():
        source_lists, source_field = split_path(source)
        target_lists, target_field = split_path(target)
        if len(source_lists) != len(target_lists):
            raise RefusalError(f"{source} and {target} are not equally deep")
        level = root
        for pair in zip(source_lists, target_lists, strict=True):
            level = level.lists.setdefault(pair, Projection())
        if target_field is not None:
            level.scalars.append((source_field, target_field))
    for path in codes:
        levels, name = _levels(root, path)
        for level in levels:
            level.codes.append(name)
    for path, value in fill.items():
        levels, name = _levels(root, path)
        for level in levels:
            level.fill[name] = value
    return root


def _levels(root: Projection, path: str) -> tuple[list[Projection], str]:
    lists, name = split_path(path)
    if name is None:
        raise RefusalError(f"{path} is a list, a field is needed")
    levels = [root]
    for step in lists:
        levels = [inner for level in levels for (_, target), inner in level.lists.items() if target == step]
        if not levels:
            raise RefusalError(f"{path}: no copied field leads into {step}[]")
    return levels, name


def merge_refused(projection: Projection, asked: Any, refused: Codes, answer: dict[str, Any]) -> None:
    """Puts the refusals of single entries into the broker's answer, where they stood in the request.

    ``asked`` is the request as the client sent it, ``answer`` the answer as the client will see it. The work grows
    with their sizes, not with the product: a client chooses how many entries it has refused.
    """
    _merge(projection, asked, refused, (), _tree(refused), answer)


def _tree(refused: Codes) -> dict[int, Any]:
    tree: dict[int, Any] = {}
    for *outer, last in refused:
        branch = tree
        for index in outer:
            branch = branch.setdefault(index, {})
        branch[last] = None
    return tree


def _merge(
    level: Projection,
    asked: Any,
    refused: Codes,
    indexes: tuple[int, ...],
    tree: dict[int, Any],
    answer: dict[str, Any],
) -> None:
    pairs = [(pair, inner) for pair, inner in level.lists.items() if asked.get(pair[0])]
    for (source, target), inner in pairs[:1]:
        answered: list[Any] = answer.get(target) or []
        for index, branch, outer in _branches(inner, asked[source], tree, answered):
            _merge(inner, asked[source][index], refused, (*indexes, index), branch, outer)
        rest = iter(answered)
        merged: list[Any] = []
        answer[target] = merged
        for index in sorted(index for index, branch in tree.items() if branch is None):
            merged.extend(islice(rest, index - len(merged)))
            merged.append(inner.answer(asked[source][index], 0, refused, (*indexes, index)))
        merged.extend(rest)


def _branches(
    inner: Projection, entries: list[Any], tree: dict[int, Any], answered: list[Any]
) -> Iterator[tuple[int, dict[int, Any], dict[str, Any]]]:
    """Gives index, refusals and answer of each entry of which parts were refused; adds the answers that are missing.

    What was asked for twice is answered twice: the first answer belongs to the first of the two.
    """
    if not any(tree.values()):
        return
    waiting: dict[tuple[Any, ...], deque[dict[str, Any]]] = {}
    for candidate in answered:
        waiting.setdefault(tuple(candidate.get(target) for _, target in inner.scalars), deque()).append(candidate)
    for index, entry in enumerate(entries):
        branch = tree.get(index, {})
        if branch is None:
            continue
        same = waiting.get(tuple(inner.echo(entry).values()))
        outer = same.popleft() if same else None
        if branch:
            if outer is None:
                outer = inner.answer({**entry, **{name: [] for name, _ in inner.lists}}, 0, {})
                answered.append(outer)
            yield index, branch, outer
