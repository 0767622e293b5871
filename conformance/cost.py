"""What it costs to read some bytes, counted and not timed: the same on every machine and under any load."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

__all__ = ["Cost", "cost"]


@dataclass(frozen=True, slots=True)
class Cost:
    """``steps`` are calls, of Python functions and of those in C; ``memory`` is the most held at a time, in bytes."""

    steps: int
    memory: int


def cost(work: Callable[[], Any]) -> Cost:
    """Counts what a piece of work does; its own error leaves it."""
    steps = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return Cost(steps, _peak(work))


def _peak(work: Callable[[], Any]) -> int:
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        held, _ = tracemalloc.get_traced_memory()
        work()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        if not tracing:
            tracemalloc.stop()
    return peak - held
