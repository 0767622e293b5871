"""The command: runs all suites, shows a table of what was held, and says by its exit code whether all of it was."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from conformance.cases import CASES
from conformance.recorded import RECORDED
from conformance.suites import Suite, Tally, run, suites

__all__ = ["main"]

_MOST_TOLD = 20
_MOST_OF_ONE = 400


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs conformance; 0 when everything held, 1 when something did not, 2 for a folder that is not there."""
    options = _parser().parse_args(arguments)
    told, out = Console(stderr=True, highlight=False), Console(highlight=False)
    folder: Path | None = options.recorded or (RECORDED if RECORDED.is_dir() else None)
    if folder is not None and not folder.is_dir():
        told.print(f"{folder} is no directory", markup=False, soft_wrap=True)
        return 2
    table = _table()
    failures: list[str] = []
    for suite in suites(options.examples, folder, options.only):
        started = time.monotonic()
        tally = _watched(suite, told)
        failures += tally.failures
        _row(table, suite, tally, time.monotonic() - started)
    out.print(table)
    for failure in failures[:_MOST_TOLD]:
        out.print(failure[:_MOST_OF_ONE], markup=False, soft_wrap=True)
    if len(failures) > _MOST_TOLD:
        out.print(f"and {len(failures) - _MOST_TOLD} more")
    return 1 if failures else 0


def _watched(suite: Suite, console: Console) -> Tally:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(suite.name, total=len(suite.checks))
        return run(suite, lambda: progress.advance(task))


def _table() -> Table:
    table = Table(title="Conformance")
    table.add_column("suite")
    table.add_column("checks", justify="right")
    table.add_column("values", justify="right")
    table.add_column("failed", justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("covers")
    return table


def _row(table: Table, suite: Suite, tally: Tally, seconds: float) -> None:
    failed = f"[red]{len(tally.failures)}[/red]" if tally.failures else "0"
    counts = (f"{tally.checks:,}", f"{tally.values:,}")
    table.add_row(suite.name, *counts, failed, f"{seconds:.1f}", escape(suite.remark))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m conformance",
        description="Holds the protocol tables to generated values in both directions, to two other implementations, "
        "to damaged bytes and to recorded frames.",
        epilog="Exit code 0: everything held; 1: something did not; 2: it could not be run as asked.",
    )
    parser.add_argument(
        "--examples", type=int, default=100, metavar="N", help="values per message version and suite (default 100)"
    )
    parser.add_argument(
        "--recorded", type=Path, metavar="DIR", help="recordings (*.tap, *.hex) to read instead of the project's own"
    )
    names = sorted({case.name for case in CASES})
    parser.add_argument("--only", choices=names, metavar="NAME", help="one API, such as Metadata")
    return parser
