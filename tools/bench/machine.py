"""What the machine does and did: CPU and memory of processes, the load that is not ours, versions."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["busy_seconds", "cpu_seconds", "describe", "first_line", "load_of_others", "resident_bytes"]

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_IDLE_COLUMNS = (3, 4)
_GUEST_COLUMNS = (8, 9)


def cpu_seconds(pid: int) -> float:
    """Gives the CPU time that all threads of a process have had, kernel included.

    The scheduler counts it in nanoseconds; utime and stime would come in hundredths of a second.
    """
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text("ascii").split()[0])
    return total / 1e9


def resident_bytes(pid: int) -> int:
    """Gives the memory of a process that is in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE


def busy_seconds() -> float:
    """Gives the CPU time that the whole machine has not idled away, all cores together, stolen time included."""
    columns = [int(text) for text in Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:]]
    spent = sum(value for column, value in enumerate(columns) if column not in (*_IDLE_COLUMNS, *_GUEST_COLUMNS))
    return spent / _TICK


def load_of_others(seconds: float = 3.0) -> float:
    """Watches the machine, with nothing of ours running, and gives how many cores are busy."""
    before, begin = busy_seconds(), time.monotonic()
    time.sleep(seconds)
    return (busy_seconds() - before) / (time.monotonic() - begin)


def first_line(command: Iterable[str]) -> str:
    """Gives the first line that a program says about its version; empty where it cannot be run."""
    try:
        done = subprocess.run(  # noqa: S603 - the bench's own commands
            list(command), capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).partition("\n")[0].strip()


def describe() -> dict[str, str]:
    """Gives what a reader of the figures must know about the machine and what ran on it."""
    return {
        "cpu": _cpu_model(),
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "uvloop": _installed("uvloop"),
        "klamm": _installed("klamm"),
        "haproxy": first_line(["haproxy", "-v"]),
        "java": first_line(["java", "-version"]),
    }


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
