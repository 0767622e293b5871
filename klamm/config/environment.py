"""Expands `${VAR}`, `${VAR:default}` and `$$` in the text of scalars.

This happens after the YAML was parsed, so a variable's content can never add keys or change the structure. A variable
that is set, even to nothing, wins over the default; a `$` before anything else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from klamm.config.problems import Report, quoted
from klamm.config.tree import HOLE, Scalar, replace, scalars

__all__ = ["expand_environment"]

_REFERENCE = re.compile(r"\$\$|\$\{([^{}]*)\}|\$\{")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Wrong(ValueError):
    """Says why a reference cannot be expanded."""


def expand_environment(tree: Any, environment: Mapping[str, str], report: Report) -> None:
    """Replaces every reference in place; one that cannot be expanded becomes a problem and a hole."""
    for path, scalar in list(scalars(tree)):
        if scalar.kind != "str" or "$" not in scalar.text or not path:
            continue
        try:
            replace(tree, path, _expand(scalar, environment))
        except _Wrong as error:
            report.problem(path, str(error))
            replace(tree, path, HOLE)


def _expand(scalar: Scalar, environment: Mapping[str, str]) -> Scalar:
    defaults = 0
    references = 0

    def value(match: re.Match[str]) -> str:
        nonlocal defaults, references
        if match[0] == "$$":
            return "$"
        if match[1] is None:
            raise _Wrong("${ without its }; write ${VAR} or ${VAR:default}, or $${ for the characters themselves")
        name, colon, default = match[1].partition(":")
        _check(name, default)
        references += 1
        if name in environment:
            return _readable(name, environment[name])
        if not colon:
            raise _Wrong(f"the environment variable {name} is not set; set it or write ${{{name}:default}}")
        defaults += 1
        return default

    text = _REFERENCE.sub(value, scalar.text)
    return evolve(scalar, text=text, from_environment=references > 0, by_default=defaults > 0)


def _check(name: str, default: str) -> None:
    if not _NAME.fullmatch(name):
        raise _Wrong(f"{quoted(name)} is not a variable's name; letters, digits and _ are, not starting with a digit")
    if default.startswith("-"):
        # The shell's spelling would silently put a '-' before the value.
        raise _Wrong(f"a default is written ${{{name}:default}}, without the shell's '-'")


def _readable(name: str, value: str) -> str:
    """Refuses a value that was not UTF-8: Python hands such bytes on as lone surrogates."""
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _Wrong(f"the environment variable {name} is not UTF-8")
    return value
