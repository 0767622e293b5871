"""Ways to count: bytecodes and calls by the interpreter's own hooks, machine instructions by Valgrind.

Bytecodes and calls are exact, and equal in every run of one Python version; they miss what a call in C costs. Valgrind
counts that too, and takes a minute; where it is not installed there is no such figure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

__all__ = ["Steps", "instructions", "steps"]

_REFS = re.compile(r"I\s+refs:\s+([\d,]+)")
_SECONDS = 1200
_NO_REP = "glibc.cpu.x86_rep_movsb_threshold=1073741824"
"""A large copy by one instruction that repeats itself is counted as one for each byte."""


@dataclass(frozen=True)
class Steps:
    """Bytecodes that were executed, and calls: of Python functions and of those in C."""

    bytecodes: int
    calls: int


def steps(work: Callable[[], object]) -> Steps:
    """Runs a piece of work twice and counts what it does."""
    return Steps(_bytecodes(work), _calls(work))


def instructions(thousands: int) -> int | None:
    """Gives the machine instructions for so many thousands of mixed exchanges; None without Valgrind.

    Starting and warming up is in both of two runs, so the difference is the rewriting alone.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    return _references(valgrind, 2 * thousands) - _references(valgrind, thousands)


def _bytecodes(work: Callable[[], object]) -> int:
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event == "call":
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
        elif event == "opcode":
            count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def _calls(work: Callable[[], object]) -> int:
    count = 0

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def _references(valgrind: str, thousands: int) -> int:
    done = subprocess.run(  # noqa: S603 - Valgrind on this very program
        [
            valgrind,
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
            *(sys.executable, "-m", "tools.bench.instructions", "--only-run", str(thousands)),
        ],
        env={**os.environ, "PYTHONHASHSEED": "0", "GLIBC_TUNABLES": _NO_REP},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=True,
    )
    found = _REFS.search(done.stderr)
    if found is None:
        raise RuntimeError(f"Valgrind's output has no count of instructions:\n{done.stderr[-2000:]}")
    return int(found[1].replace(",", ""))
