"""Two views of one message beside each other: which field of one is which of the other, and what changed.

Entries of lists of different length are matched in order; one that is on one side only was left out by a rule. An
entry is taken to be the same if what identifies it is the same, or ends with the same name (a prefix was put on).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from klamm.inspect.nodes import Node
from klamm.inspect.rule_text import rule_for, rule_of_entry
from klamm.rewriting.rules import ApiRules

__all__ = ["Row", "compare"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison; a side without the field is None."""

    depth: int
    label: str
    path: str
    client: str | None
    broker: str | None
    rule: str = ""

    @property
    def changed(self) -> bool:
        """Whether the two sides differ here."""
        return self.client != self.broker


def compare(client: list[Node], broker: list[Node], rules: ApiRules | None, direction: str) -> list[Row]:
    """Gives the lines of a comparison, in the order of the fields."""
    return list(_Comparison(rules, direction).fields(client, broker, 0))


class _Comparison:
    def __init__(self, rules: ApiRules | None, direction: str) -> None:
        self._rules = rules
        self._direction = direction

    def fields(self, client: list[Node], broker: list[Node], depth: int) -> Iterator[Row]:
        """Compares the fields of a record; a field that only one version has is on one side only."""
        others = {node.label: node for node in broker}
        mine = {node.label for node in client}
        for node in client:
            if node.label in others:
                yield from self._both(node, others[node.label], depth)
            else:
                yield from self._single(node, depth, is_client=True, rule="another version")
        for node in broker:
            if node.label not in mine:
                yield from self._single(node, depth, is_client=False, rule="another version")

    def _both(self, client: Node, broker: Node, depth: int) -> Iterator[Row]:
        rule = ""
        if client.text != broker.text:
            rule = rule_for(self._rules, self._direction, client.path)
        yield Row(depth, client.label, client.path, client.text, broker.text, rule)
        if _is_list(client) or _is_list(broker):
            yield from self._entries(client.children, broker.children, depth + 1)
        else:
            yield from self.fields(client.children, broker.children, depth + 1)

    def _entries(self, client: list[Node], broker: list[Node], depth: int) -> Iterator[Row]:
        for one, other in _matched(client, broker):
            if one is not None and other is not None:
                yield from self._both(one, other, depth)
            elif (node := one or other) is not None:
                rule = rule_of_entry(self._rules, self._direction, node.path, is_clients=one is not None)
                yield from self._single(node, depth, is_client=one is not None, rule=rule)

    def _single(self, node: Node, depth: int, *, is_client: bool, rule: str) -> Iterator[Row]:
        client, broker = (node.text, None) if is_client else (None, node.text)
        yield Row(depth, node.label, node.path, client, broker, rule)
        for child in node.children:
            yield from self._single(child, depth + 1, is_client=is_client, rule="")


def _is_list(node: Node) -> bool:
    return bool(node.children) and node.children[0].identity is not None


def _matched(client: list[Node], broker: list[Node]) -> Iterator[tuple[Node | None, Node | None]]:
    if len(client) == len(broker):
        yield from zip(client, broker, strict=True)
        return
    shorter, longer = sorted((client, broker), key=len)
    swapped = shorter is broker
    position = 0
    for node in shorter:
        found = next((at for at in range(position, len(longer)) if _is_same(node, longer[at])), position)
        for skipped in longer[position:found]:
            yield (skipped, None) if swapped else (None, skipped)
        if found < len(longer):
            yield (longer[found], node) if swapped else (node, longer[found])
        position = found + 1
    for left in longer[position:]:
        yield (left, None) if swapped else (None, left)


def _is_same(one: Node, other: Node) -> bool:
    if one.identity is None or other.identity is None:
        return one.label == other.label
    for ours, theirs in zip(one.identity.split("\0"), other.identity.split("\0"), strict=False):
        ours, theirs = ours.strip('"'), theirs.strip('"')
        if ours != theirs and not (ours and theirs and (ours.endswith(theirs) or theirs.endswith(ours))):
            return False
    return True
