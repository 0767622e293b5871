"""Generated values handed to a check: the same ones in every run, so that a failure stays until it is mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

__all__ = ["each"]


def each(strategy: SearchStrategy[Any], examples: int, check: Callable[[Any], None]) -> int:
    """Calls the check with up to ``examples`` values and gives their number; the check's own error leaves it."""
    called = 0

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        # Nothing is written to or read from disk, and what fails is made as small as it can be.
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(value: Any) -> None:
        nonlocal called
        called += 1
        check(value)

    run()
    return called
