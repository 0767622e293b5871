"""The results for people and for machines: a table on the terminal, JSON, Markdown for the README."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

from rich.table import Table

from tools.bench.rounds import IDLE_CONNECTIONS, Measured, Memory
from tools.bench.targets import BASE, DIRECT, KLAMM
from tools.bench.workloads import Unit

__all__ = ["Report"]

_MEMORY_MARKS = ("70 / 12", "45 / 8")
_NOISE = 1.4
_DASH = "-"


@dataclass
class Report:
    """Everything one run has found out."""

    command: str
    machine: Mapping[str, str]
    targets: Sequence[str]
    scale: Mapping[str, int]
    rounds: int
    measured: Sequence[Measured]
    memory: Mapping[str, Memory]
    skipped: Sequence[str]

    @property
    def others(self) -> list[str]:
        """The targets that are compared with HAProxy."""
        return [name for name in self.targets if name not in (DIRECT, BASE)]

    def table(self) -> Table:
        """Gives the table for a terminal."""
        table = Table(title="Proxy CPU as a ratio to HAProxy in TCP mode, and latency p50")
        for number, title in enumerate(self._titles()):
            table.add_column(title, justify="left" if number == 0 else "right", no_wrap=True)
        for measured, cells in zip(self.measured, self._rows(), strict=True):
            verdict = self._verdict(measured)
            table.add_row(*cells, style="" if verdict is not False else "red")
        if self.memory:
            table.add_section()
            table.add_row(*self._memory_row())
        return table

    def notes(self) -> list[str]:
        """Gives what belongs under the table."""
        machine = self.machine
        busiest = max((median(s.others for s in one) for m in self.measured for one in m.samples.values()), default=0)
        shares = [s.run.cpu / s.run.seconds for m in self.measured for one in m.samples.values() for s in one]
        disturbed = sum(measured.disturbed for measured in self.measured)
        lines = [
            f"{machine['cores']} cores of {machine['cpu']}, {machine['kernel']}; {machine['python']}, "
            f"uvloop {machine['uvloop']}; {machine['haproxy']}; Kafka {machine['kafka']}; {machine['go']}",
            f"medians of {self.rounds} paired rounds, targets in alternating order; one client connection; "
            f"{self.scale['own']} topics of the tenant among {self.scale['all']}, 3 partitions each",
            f"the generator's share of one core: {median(shares):.0%} (median); other load on the machine: "
            f"{busiest:.2f} cores in the worst row, {disturbed} rounds thrown away for it",
            f"below a factor of {_NOISE} between two targets one round decides nothing",
            f"memory: {IDLE_CONNECTIONS} clients that have logged in, each with its connection to the broker",
            f"command: {self.command}",
        ]
        if noisy := [measured.workload.key for measured in self.measured if measured.was_disturbed]:
            lines.append(f"not to be trusted, for the machine was not quiet: {', '.join(noisy)}")
        return lines + list(self.skipped)

    def markdown(self) -> str:
        """Gives the table and its notes for the README."""
        titles = self._titles()
        rows = [titles, ["---", *["--:"] * (len(titles) - 1)], *self._rows()]
        if self.memory:
            rows.append(self._memory_row())
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        return "\n".join([table, "", *(f"* {note}" for note in self.notes()), ""])

    def json(self) -> str:
        """Gives all rounds, for programs."""
        return json.dumps(
            {
                "command": self.command,
                "machine": dict(self.machine),
                "scale": dict(self.scale),
                "rounds": self.rounds,
                "skipped": list(self.skipped),
                "workloads": [self._workload(measured) for measured in self.measured],
                "memory": {name: asdict(memory) for name, memory in self.memory.items()},
            },
            indent=2,
        )

    def write(self, json_file: Path | None, markdown_file: Path | None) -> None:
        """Writes the files that were asked for."""
        if json_file is not None:
            json_file.write_text(self.json() + "\n", "utf-8")
        if markdown_file is not None:
            markdown_file.write_text(self.markdown(), "utf-8")

    def _titles(self) -> list[str]:
        return ["workload", "HAProxy", *self.others, "must", "aim", f"p50, us: {', '.join(self.targets)}"]

    def _rows(self) -> Iterator[list[str]]:
        for measured in self.measured:
            workload = measured.workload
            ratios = [_ratio(measured, name) for name in self.others]
            latencies = ", ".join(_latency(measured.latency(name)) for name in self.targets)
            marks = [_DASH if mark is None else f"{mark:g}" for mark in (workload.must, workload.aim)]
            base = _cpu(measured.cpu(BASE), workload.unit)
            yield [workload.title.format(**self.scale), base, *ratios, *marks, latencies]

    def _memory_row(self) -> list[str]:
        cells = [_memory(self.memory.get(name)) for name in (BASE, *self.others)]
        return ["memory at start / per idle client", *cells, *_MEMORY_MARKS, _DASH]

    @staticmethod
    def _verdict(measured: Measured) -> bool | None:
        ratios, must = measured.ratios(KLAMM), measured.workload.must
        return None if must is None or not ratios else median(ratios) <= must

    def _workload(self, measured: Measured) -> dict[str, object]:
        workload = measured.workload
        return {
            "key": workload.key,
            "title": workload.title.format(**self.scale),
            "unit": workload.unit.value.strip(),
            "must": workload.must,
            "aim": workload.aim,
            "requests": measured.requests,
            "disturbed": measured.disturbed,
            "targets": {
                name: {
                    "cpu": measured.cpu(name),
                    "ratio": median(ratios) if (ratios := measured.ratios(name)) else None,
                    "ratios": ratios,
                    "p50_us": measured.latency(name),
                    "p99_us": measured.latency(name, "p99"),
                    "p99.9_us": measured.latency(name, "p999"),
                    "rounds": [asdict(sample) for sample in samples],
                }
                for name, samples in measured.samples.items()
            },
        }


def _ratio(measured: Measured, name: str) -> str:
    ratios = measured.ratios(name)
    if not ratios:
        return _cpu(measured.cpu(name), measured.workload.unit)
    if len(ratios) < 4:
        return f"{median(ratios):.2f}"
    low, _, high = quantiles(ratios, n=4)
    return f"{median(ratios):.2f} ({low:.2f}-{high:.2f})"


def _cpu(value: float | None, unit: Unit) -> str:
    if value is None:
        return _DASH
    return f"{value:.3f} {unit.value}" if unit is Unit.GIGABYTE else f"{value:.1f} {unit.value.strip()}"


def _latency(value: float | None) -> str:
    if value is None:
        return _DASH
    return f"{value:.0f}"


def _memory(memory: Memory | None) -> str:
    return _DASH if memory is None else f"{memory.start / 1e6:.0f} MB / {memory.per_connection / 1e3:.1f} kB"
