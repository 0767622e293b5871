"""The text of a generated function: lines, indentation, fresh names, and the objects that the text refers to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Source"]


class Source:
    """Collects the lines of one function body.

    ``skip`` bytes of fixed size are saved up and moved over together, so ``here`` is the expression for the place that
    has been reached while ``pos`` may lag behind it.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.objects: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._depth = 1
        self._fresh = 0
        self._skipped = 0

    def line(self, text: str) -> None:
        """Adds a line at the current depth."""
        self.lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Adds a line and indents what is added meanwhile."""
        self.line(head)
        self._depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self._depth -= 1

    def fresh(self, stem: str) -> str:
        """Gives a name that is not in use."""
        self._fresh += 1
        return f"{stem}{self._fresh}"

    def refer(self, stem: str, value: Any) -> str:
        """Gives a name under which the function finds an object; the same object keeps its name."""
        name = self._names.get(id(value))
        if name is None:
            name = f"{stem}_{len(self.objects) + 1}"
            self.objects[name] = value
            self._names[id(value)] = name
        return name

    def skip(self, size: int) -> None:
        """Moves over bytes of a fixed size."""
        self._skipped += size

    @property
    def here(self) -> str:
        """The expression for the place that has been reached."""
        return f"pos + {self._skipped}" if self._skipped else "pos"

    def settle(self) -> None:
        """Brings ``pos`` to the place that has been reached."""
        if self._skipped:
            self.line(f"pos += {self._skipped}")
            self._skipped = 0

    @contextmanager
    def fork(self, head: str) -> Iterator[None]:
        """Adds a branch that leaves the path: what it moves over does not count for what follows."""
        skipped = self._skipped
        with self.block(head):
            yield
        self._skipped = skipped
