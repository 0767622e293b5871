"""The command: counts, compares with what was recorded, and records."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bench.instructions.counting import instructions, steps
from tools.bench.instructions.exchanges import KINDS, PER_THOUSAND, Exchanges

__all__ = ["RECORDED", "count", "main"]

RECORDED = Path(__file__).with_name("recorded.json")
_REQUESTS = 100_000
_WARM_UP = 64
_TIMES = 16
_MEASURED_THOUSANDS = 10


def count(*, by_valgrind: bool) -> dict[str, Any]:
    """Counts the steps of each kind of exchange, and of 100,000 mixed ones."""
    exchanges = Exchanges()
    kinds = {}
    for name in KINDS:
        exchanges.do(name, _WARM_UP)
        empty = steps(lambda name=name: exchanges.do(name, 0))  # type: ignore[misc]
        found = steps(lambda name=name: exchanges.do(name, _TIMES))  # type: ignore[misc]
        kinds[name] = {
            "bytecodes": (found.bytecodes - empty.bytecodes) // _TIMES,
            "calls": (found.calls - empty.calls) // _TIMES,
        }
    mixed = {
        unit: sum(kinds[name][unit] * times for name, times in PER_THOUSAND.items()) * _REQUESTS // 1000
        for unit in ("bytecodes", "calls")
    }
    measured = instructions(_MEASURED_THOUSANDS) if by_valgrind else None
    if measured is not None:
        mixed["instructions"] = measured * _REQUESTS // (1000 * _MEASURED_THOUSANDS)
    return {"python": platform.python_version(), f"{_REQUESTS} mixed": mixed, "kinds": kinds}


def main(arguments: Sequence[str] | None = None) -> int:
    """Counts and shows; 1 when something takes more steps than recorded by more than the share that is allowed."""
    options = _parser().parse_args(arguments)
    if options.only_run is not None:
        Exchanges().mix(options.only_run)
        return 0
    counted = count(by_valgrind=not options.no_valgrind)
    console = Console()
    recorded = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    if recorded and recorded["python"] != counted["python"]:
        console.print(f"Recorded with Python {recorded['python']}, this is {counted['python']}: no comparison.")
        recorded = {}
    console.print(_table(counted, recorded))
    if options.record:
        RECORDED.write_text(json.dumps(counted, indent=2) + "\n", "utf-8")
        return 0
    grown = [name for name, ratio in _ratios(counted, recorded) if ratio > 1 + options.allow]
    if grown:
        console.print(f"More steps than recorded: {', '.join(grown)}")
    return 1 if grown else 0


def _rows(counted: dict[str, Any]) -> dict[str, dict[str, int]]:
    mixed = f"{_REQUESTS} mixed"
    return {**counted["kinds"], mixed: counted[mixed]} if counted else {}


def _ratios(counted: dict[str, Any], recorded: dict[str, Any]) -> list[tuple[str, float]]:
    before = _rows(recorded)
    return [
        (f"{name} ({unit})", value / before[name][unit])
        for name, row in _rows(counted).items()
        for unit, value in row.items()
        if before.get(name, {}).get(unit)
    ]


def _table(counted: dict[str, Any], recorded: dict[str, Any]) -> Table:
    table = Table(title=f"Rewriting a request and its answer, CPython {counted['python']}")
    table.add_column("exchange")
    for title in ("bytecodes", "calls", "instructions", "to the recorded"):
        table.add_column(title, justify="right")
    ratios = dict(_ratios(counted, recorded))
    for name, row in _rows(counted).items():
        compared = [f"{ratio:.3f}" for unit in row if (ratio := ratios.get(f"{name} ({unit})")) is not None]
        cells = [f"{row[unit]:,}" if unit in row else "-" for unit in ("bytecodes", "calls", "instructions")]
        table.add_row(name, *cells, " ".join(compared) or "-")
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.instructions",
        description="Counts bytecodes, calls and (by Valgrind) machine instructions of the rewriting, without sockets.",
    )
    parser.add_argument("--record", action="store_true", help=f"write the figures to {RECORDED.name}")
    parser.add_argument("--no-valgrind", action="store_true", help="leave the machine instructions out")
    parser.add_argument("--allow", type=float, default=0.02, metavar="SHARE", help="growth that is no failure (0.02)")
    parser.add_argument("--only-run", type=int, metavar="N", help=argparse.SUPPRESS)
    return parser
