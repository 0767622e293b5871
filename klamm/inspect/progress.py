"""The bar that shows how far a long reading is, where somebody is there to see it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from klamm.inspect.sources.opening import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

__all__ = ["shown"]

_EVERY = 1024
_LONG = 4 * 1024 * 1024
_PATIENCE = 0.5


class _Bar:
    """Looks now and then how far the reading is; the bar appears once it has taken half a second."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._begun = time.monotonic()
        self._count = 0
        self._bar: Bars | None = None
        self._task: TaskID | None = None

    def step(self) -> None:
        """Takes note of one more frame."""
        self._count += 1
        is_due = self._count % _EVERY == 0 and self._progress.total > _LONG
        if is_due and time.monotonic() - self._begun > _PATIENCE:
            self._draw()

    def _draw(self) -> None:
        from rich import progress
        from rich.console import Console

        if self._bar is None or self._task is None:
            columns = (
                progress.BarColumn(),
                progress.DownloadColumn(binary_units=True),
                progress.TransferSpeedColumn(),
                progress.TimeRemainingColumn(),
            )
            self._bar = progress.Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("")
        self._bar.update(self._task, completed=self._progress.done, total=self._progress.total)

    def close(self) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def shown(progress: Progress) -> Iterator[_Bar | None]:
    """Shows a bar on standard error if that is a terminal and the output is not: there it would be in the way."""
    bar = _Bar(progress) if sys.stderr.isatty() and not sys.stdout.isatty() else None
    try:
        yield bar
    finally:
        if bar is not None:
            bar.close()
