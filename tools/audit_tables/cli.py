"""The command: audits the tables against the releases or jars that are named, and says what differs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.audit_tables.compare import Report, audit
from tools.audit_tables.deliberate import DELIBERATE, Deliberate
from tools.audit_tables.news import checklist
from tools.audit_tables.schemas import NoJar, find_jar, read_jar

__all__ = ["RELEASES", "main"]

RELEASES = ("3.9.2", "4.0.1", "4.1.1", "4.2.2", "4.3.1", "4.4.0")
"""The releases that the tables answer for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the audit; 0 when nothing differs but what is wanted, 1 otherwise, 2 when a jar is not to be had."""
    options = _parser().parse_args(arguments)
    if options.new:
        return _show_news(options.new)
    named = bool(options.jar or options.kafka)
    differences, met = 0, set[Deliberate]()
    try:
        for label, jar in _jars(options.jar, options.kafka if named else RELEASES):
            _progress(f"{label}: comparing")
            report = audit(read_jar(jar))
            _show(label, report, verbose=options.verbose)
            differences += len(report.differences)
            met |= report.deliberate
    except NoJar as error:
        _progress(str(error))
        return 2
    # One release need not show every wanted difference, all of them together must.
    stale = [] if named else [one for one in DELIBERATE if one not in met]
    for one in stale:
        _say(f"{one.message} {one.path}: no release differs in {one.aspect} any more, take it off the list")
    return 1 if differences or stale else 0


def _show_news(release: str) -> int:
    try:
        lines = checklist(read_jar(Path(release) if release.endswith(".jar") else find_jar(release)), release)
    except NoJar as error:
        _progress(str(error))
        return 2
    for line in lines or [f"{release}: the tables have every version of every API that it has"]:
        _say(line)
    return 1 if lines else 0


def _jars(paths: Sequence[Path], releases: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        yield path.name, path
    for release in releases:
        _progress(f"Kafka {release}: finding kafka-clients")
        yield f"Kafka {release}", find_jar(release)


def _show(label: str, report: Report, *, verbose: bool) -> None:
    for found in report.differences:
        _say(str(found))
    if verbose:
        for one in sorted(report.deliberate, key=str):
            _say(f"{one.message} {one.path}: Kafka says {one.aspect} {one.kafka}, the table {one.table}. {one.reason}")
    wanted = f"{len(report.deliberate)} deliberate"
    _say(f"{label}: {report.layouts} layouts compared, {len(report.differences)} differences, {wanted}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.audit_tables",
        description="Compares protocol_tables with the message schemas inside kafka-clients jars: fields and their "
        "order, types, nullability, defaults, tags, flexible versions, and what each value means.",
        epilog=f"Without arguments it audits {', '.join(RELEASES)}. Exit code 0: nothing differs but what is "
        "deliberate; 1: something does; 2: a jar could not be read.",
    )
    parser.add_argument("--jar", action="append", default=[], type=Path, metavar="PATH", help="a kafka-clients jar")
    parser.add_argument(
        "--kafka", action="append", default=[], metavar="VERSION", help="a release, resolved through Maven"
    )
    parser.add_argument(
        "--new", metavar="VERSION", help="print what a release (or a jar) has beyond the tables, as a checklist"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="also list the deliberate differences")
    return parser
