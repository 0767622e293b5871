"""Version ranges as Kafka's schema files write them: ``0-13``, ``9+``, ``4``, ``none``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["ALWAYS", "NEVER", "Versions"]

_OPEN = 32767


@dataclass(frozen=True, slots=True)
class Versions:
    """An inclusive range of message versions; empty when ``min`` is above ``max``."""

    min: int
    max: int

    @classmethod
    def parse(cls, text: str) -> Versions:
        """Reads ``0-13``, ``9+``, ``4`` or ``none``; raises ValueError for anything else."""
        if text == "none":
            return NEVER
        if text.endswith("+"):
            return cls(int(text[:-1]), _OPEN)
        low, dash, high = text.partition("-")
        return cls(int(low), int(high if dash else low))

    def __contains__(self, version: object) -> bool:
        return isinstance(version, int) and self.min <= version <= self.max

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.min, self.max + 1))

    def __str__(self) -> str:
        if self.min > self.max:
            return "none"
        if self.max == _OPEN:
            return f"{self.min}+"
        return str(self.min) if self.min == self.max else f"{self.min}-{self.max}"


NEVER = Versions(0, -1)
ALWAYS = Versions(0, _OPEN)
