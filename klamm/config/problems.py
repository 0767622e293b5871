"""Problems of a configuration file: where each one is, what is wrong and what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from attrs import define, field, frozen

__all__ = ["ConfigError", "Mark", "Marks", "Path", "Problem", "Report", "dotted", "quoted"]

Path = tuple[str | int, ...]
"""The way from the top of the file to a value: mapping keys and list positions (from 0)."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Mark(NamedTuple):
    """A place in the file; both numbers count from 1, columns in characters."""

    line: int
    column: int


class Marks(NamedTuple):
    """Where a value's key (or list item) and the value itself begin."""

    key: Mark
    value: Mark


@frozen(order=True)
class Problem:
    """One problem or warning; `str()` gives `file:line:col: path: text`."""

    file: str
    line: int
    col: int
    path: str
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.col}: "
        return where + (f"{self.path}: {self.text}" if self.path else self.text)


class ConfigError(Exception):
    """Says that a configuration cannot be used; `problems` holds all of them in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@define
class Report:
    """Collects what the steps of loading find, and knows where in the file each path is."""

    file: str
    marks: dict[Path, Marks] = field(factory=dict)
    problems: list[Problem] = field(factory=list)
    warnings: list[Problem] = field(factory=list)

    def problem(self, path: Path, text: str, *, at_key: bool = False) -> None:
        """Records a problem at the value of `path`, or at its key when the key itself is what is wrong."""
        self.problems.append(self._locate(path, text, at_key))

    def problem_at(self, mark: Mark, path: Path, text: str) -> None:
        """Records a problem at a place that has no path of its own, such as the second of two equal keys."""
        self.problems.append(Problem(self.file, mark.line, mark.column, dotted(path), text))

    def warning(self, path: Path, text: str) -> None:
        """Records what is allowed but should be known to the operator."""
        self.warnings.append(self._locate(path, text, at_key=True))

    def _locate(self, path: Path, text: str, at_key: bool) -> Problem:
        """Falls back to the nearest enclosing value for what is not in the file, such as a default."""
        known = path
        while known and known not in self.marks:
            known = known[:-1]
        marks = self.marks.get(known, Marks(Mark(1, 1), Mark(1, 1)))
        mark = marks.key if at_key else marks.value
        return Problem(self.file, mark.line, mark.column, dotted(path), text)


def dotted(path: Path) -> str:
    """Writes a path as people do: `tenants[0].auth.credentials[1].username`; keys with odd characters are quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{quoted(step)}]"
    return text


def quoted(text: str, limit: int = 60) -> str:
    """Quotes a piece of the file for a message: one line, plain ASCII, not endless."""
    shown = text if len(text) <= limit else text[:limit] + "..."
    return json.dumps(shown)
