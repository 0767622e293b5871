"""The rule behind a field: what a rules file says about a path, as it is shown beside it."""

from __future__ import annotations

from collections.abc import Mapping

from klamm.rewriting.actions import VERBS
from klamm.rewriting.rules import ApiRules

__all__ = ["is_dropping", "rule_for", "rule_of_entry"]


def rule_for(rules: ApiRules | None, direction: str, path: str) -> str:
    """Gives the verbs of a field, or of the nearest record around it that has some; empty where there are none.

    A field without verbs may be set by those of a field beside it, or by a refusal merged into the answer.
    """
    if rules is None:
        return ""
    verbs = rules.verbs.get(direction, {})
    at = path
    while at:
        if at in verbs:
            return _written(verbs[at])
        at = _outer(at)
    beside = _set_from_beside(verbs, path)
    if beside:
        return beside
    if direction == "response" and any(path in rule.codes for rule in rules.refuse):
        return "refuse"
    if rules.local is not None:
        return f"local: {rules.local}"
    return ""


def rule_of_entry(rules: ApiRules | None, direction: str, path: str, *, is_clients: bool) -> str:
    """Gives why an entry of a list is on one side only: the verb that leaves it out, or the refusal."""
    if rules is None:
        return ""
    if direction == "request":
        modes = sorted({rule.mode for rule in rules.refuse if path in rule.of})
        return f"refuse: {', '.join(modes)}" if modes else ""
    for field, verbs in rules.verbs.get(direction, {}).items():
        if field.startswith(path) and "[]" not in field[len(path) :] and any(map(is_dropping, verbs)):
            return f"{field[len(path) :].lstrip('.') or path}: {_written(verbs)}"
    return "refuse" if is_clients else ""


def is_dropping(verb: str) -> bool:
    """Tells whether a verb can leave its entry out."""
    name = verb.partition("(")[0]
    return name in VERBS and (VERBS[name].hides or "drop" in name)


def _written(verbs: tuple[str, ...]) -> str:
    return ", ".join(verbs)


def _outer(path: str) -> str:
    return path[:-2] if path.endswith("[]") else path.rpartition(".")[0]


def _set_from_beside(verbs: Mapping[str, tuple[str, ...]], path: str) -> str:
    around, _, name = path.rpartition(".")
    for field, texts in verbs.items():
        if field.rpartition(".")[0] == around and any(f"({name}," in text for text in texts):
            return f"{field.rpartition('.')[2]}: {_written(texts)}"
    return ""
