"""What conformance is made of: suites of checks, each of which gives a count or fails with a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hypothesis import strategies as st

from conformance.cases import CASES, Case
from conformance.examples import each
from conformance.fuzzing import fuzz_framing, fuzz_table
from conformance.oracle_kafka_python import KAFKA_PYTHON
from conformance.oracle_kio import KIO
from conformance.oracles import Oracle, agree
from conformance.plan_equals_walker import Case as PlanCase
from conformance.plan_equals_walker import cases as plan_cases
from conformance.plan_equals_walker import frames, outcomes, sessions
from conformance.recorded import Reading, read_recorded, recordings
from conformance.round_trips import round_trip
from klamm.rewriting import Rewriter, load_rules

__all__ = ["Check", "Suite", "Tally", "run", "suites"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to hold: ``work`` gives how many values it held, or raises."""

    name: str
    work: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Suite:
    """Checks of one kind; ``remark`` says in a few words how much of all there is they cover."""

    name: str
    checks: Sequence[Check]
    remark: str


@dataclass(slots=True)
class Tally:
    """What running a suite came to."""

    checks: int = 0
    values: int = 0
    failures: list[str] = field(default_factory=list)


def suites(examples: int, folder: Path | None, only: str | None = None) -> Iterator[Suite]:
    """Gives all suites; ``only`` names the one API or message to look at, ``folder`` the recordings."""
    cases = [case for case in CASES if only in (None, case.name)]
    trips = [Check(str(case), partial(round_trip, case, examples)) for case in cases]
    yield Suite("round trips", trips, "every version of every message")
    for oracle in (KIO, KAFKA_PYTHON):
        yield _oracle_suite(oracle, cases, examples)
    for profile in ("tenant_isolation", "address_only"):
        yield _plan_suite(profile, only, examples)
    framing = [] if only else [Check("frames and headers", partial(fuzz_framing, examples))]
    tables = [Check(f"{case} damaged", partial(fuzz_table, case, examples)) for case in cases]
    yield Suite("fuzzing", [*framing, *tables], "frames, headers, every table")
    if folder is not None and only is None:
        paths = recordings(folder)
        recorded = [Check(path.name, partial(_recording, path)) for path in paths]
        yield Suite("recordings", recorded, f"from {folder}" if paths else f"none in {folder}")


def run(suite: Suite, advance: Callable[[], None] = lambda: None) -> Tally:
    """Runs all checks of a suite, those after a failure too."""
    tally = Tally()
    for check in suite.checks:
        tally.checks += 1
        try:
            tally.values += check.work()
        # Whatever is wrong with one message, the others are looked at, and all of it is told at the end.
        except Exception as error:
            tally.failures.append(f"{check.name}: {type(error).__name__}: {error}")
        advance()
    return tally


def _oracle_suite(oracle: Oracle, cases: Sequence[Case], examples: int) -> Suite:
    known = [(case, codec) for case in cases if (codec := oracle.codec(case)) is not None]
    checks = [
        Check(f"{case} with {oracle.name}", partial(agree, oracle, codec, case, examples)) for case, codec in known
    ]
    return Suite(f"{oracle.name} agrees", checks, f"knows {len(known)} of {len(cases)} message versions")


def _plan_suite(profile: str, only: str | None, examples: int) -> Suite:
    rewriter, tenants = Rewriter(load_rules(profile)), sessions()
    found = [case for case in plan_cases(rewriter) if only in (None, case.route.api.name)]

    def hold(case: PlanCase) -> int:
        def same(drawn: tuple[bytes, int]) -> None:
            planned, walked = outcomes(rewriter, case, drawn[0], tenants[drawn[1]])
            assert planned == walked, f"of {drawn[0].hex()} the plan makes {planned}, the walker {walked}"

        return each(st.tuples(frames(case), st.sampled_from(range(len(tenants)))), examples, same)

    checks = [Check(f"{case} with {profile}", partial(hold, case)) for case in found]
    return Suite("plan is walker", checks, f"every version that {profile} allows")


def _recording(path: Path) -> int:
    reading: Reading = read_recorded(path)
    assert not reading.problems, "; ".join(reading.problems)
    return reading.read
