"""The measuring: every target does the same work in every round, one after the other, in an order that alternates."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tools.bench.cluster import BenchCluster
from tools.bench.frames import check_answer, request_frame
from tools.bench.generator import Generator, Order, Run
from tools.bench.machine import busy_seconds, cpu_seconds, resident_bytes
from tools.bench.names import Names
from tools.bench.targets import BASE, Entrance, Target
from tools.bench.workloads import Door, Unit, Workload

__all__ = ["IDLE_CONNECTIONS", "Measured", "Memory", "Sample", "measure", "measure_memory"]

IDLE_CONNECTIONS = 1000
_FIRST_REQUESTS = 32
_WARM_UP = 0.5
"""Part of a round's time that each target gets before the first round."""
_DISTURBED_CORES = 0.3
_TRIES = 4
_PAUSE = 5.0


@dataclass(frozen=True)
class Sample:
    """One target in one round; `cpu` in the workload's unit, None where no process is between client and broker."""

    run: Run
    cpu: float | None
    others: float
    """Cores that were busy with something else than this bench."""


@dataclass
class Measured:
    """All rounds of one workload."""

    workload: Workload
    requests: int
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    disturbed: int = 0
    """Rounds that were thrown away because something else was busy on the machine."""

    @property
    def was_disturbed(self) -> bool:
        """Whether half of the rounds that count were disturbed too: there were no better ones."""
        busy = [max(one.others for one in together) for together in zip(*self.samples.values(), strict=True)]
        return bool(busy) and median(busy) > _DISTURBED_CORES

    def cpu(self, target: str) -> float | None:
        """Gives the median CPU of a target, in the workload's unit."""
        found = [sample.cpu for sample in self.samples.get(target, ()) if sample.cpu is not None]
        return median(found) if found else None

    def ratios(self, target: str) -> list[float]:
        """Gives a target's CPU as ratios to HAProxy's in the same round."""
        pairs = zip(self.samples.get(target, ()), self.samples.get(BASE, ()), strict=False)
        return [one.cpu / base.cpu for one, base in pairs if one.cpu is not None and base.cpu]

    def latency(self, target: str, percentile: str = "p50") -> float | None:
        """Gives the median over the rounds of a latency percentile, in microseconds."""
        found = [float(getattr(sample.run, percentile)) for sample in self.samples.get(target, ())]
        return median(found) if found else None


@dataclass(frozen=True)
class Memory:
    """Bytes in RAM: of the process before anybody connected, and for each idle client that has logged in."""

    start: int
    per_connection: float


@dataclass
class _Lane:
    """One target in one workload, with its running generator."""

    target: Target
    entrance: Entrance
    generator: Generator
    rate: float = 0.0


def measure(
    workload: Workload,
    targets: Sequence[Target],
    cluster: BenchCluster,
    names: Names,
    folder: Path,
    *,
    rounds: int,
    seconds: float,
    patient: bool,
) -> Measured:
    """Runs all rounds of a workload. The slowest target needs about `seconds` for a round, the others do as much.

    If `patient`, a round that something else on the machine has disturbed does not count; another one takes its place
    after a pause, but in the end any round will do.
    """
    with _lanes(workload, targets, names, folder) as lanes:
        for lane in lanes:
            lane.rate = _warm_up(lane.generator, seconds * _WARM_UP)
        requests = max(16, workload.depth, int(seconds * min(lane.rate for lane in lanes)))
        measured = Measured(workload, requests, {lane.target.name: [] for lane in lanes})
        ours = [*cluster.pids, *(pid for target in targets for pid in target.pids)]
        spare = rounds * (_TRIES - 1) if patient else 0
        number = 0
        while number < rounds:
            order = lanes if number % 2 == 0 else lanes[::-1]
            samples = {lane.target.name: _sample(workload, lane, requests, ours) for lane in order}
            if spare and max(sample.others for sample in samples.values()) > _DISTURBED_CORES:
                spare, measured.disturbed = spare - 1, measured.disturbed + 1
                time.sleep(_PAUSE)
                continue
            number += 1
            for name, sample in samples.items():
                measured.samples[name].append(sample)
    return measured


def measure_memory(target: Target, names: Names, folder: Path, connections: int = IDLE_CONNECTIONS) -> Memory | None:
    """Gives what idle clients cost that have logged in, and whose broker connections have too."""
    entrance = target.entrance(Door.LOGIN)
    if entrance is None or not entrance.pid:
        return None
    before = resident_bytes(entrance.pid)
    request = request_frame("metadata_one", names if target.tenant_names else names.stored)
    with Generator(Order(entrance.address, request, entrance.login, connections), folder):
        return Memory(before, (resident_bytes(entrance.pid) - before) / connections)


@contextmanager
def _lanes(workload: Workload, targets: Sequence[Target], names: Names, folder: Path) -> Iterator[list[_Lane]]:
    lanes = []
    with ExitStack() as stack:
        for target in targets:
            entrance = target.entrance(workload.door)
            if entrance is None:
                continue
            spoken = names if target.tenant_names else names.stored
            order = Order(
                entrance.address,
                request_frame(workload.frame, spoken),
                entrance.login,
                depth=workload.depth,
                reconnect=workload.reconnects,
            )
            generator = stack.enter_context(Generator(order, folder))
            check_answer(workload.frame, spoken, generator.answer)
            lanes.append(_Lane(target, entrance, generator))
        yield lanes


def _warm_up(generator: Generator, seconds: float) -> float:
    """Gives the rate that a target reaches; a first short run has made plans, caches and compiled code."""
    first = generator.run(_FIRST_REQUESTS)
    rate = first.requests / first.seconds
    run = generator.run(max(_FIRST_REQUESTS, int(rate * seconds)))
    return run.requests / run.seconds


def _sample(workload: Workload, lane: _Lane, requests: int, ours: Sequence[int]) -> Sample:
    pid = lane.entrance.pid
    cpu = cpu_seconds(pid) if pid else 0.0
    known, busy = sum(map(cpu_seconds, ours)), busy_seconds()
    run = lane.generator.run(requests)
    spent = cpu_seconds(pid) - cpu if pid else None
    known = sum(map(cpu_seconds, ours)) - known + run.cpu
    others = max(0.0, (busy_seconds() - busy - known) / run.seconds)
    if spent is None:
        return Sample(run, None, others)
    if workload.unit is Unit.GIGABYTE:
        return Sample(run, spent / run.bytes * 1e9, others)
    return Sample(run, spent / run.requests * 1e6, others)
