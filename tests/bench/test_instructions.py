"""The counts of steps can be compared, on any machine and from one change to the next."""

from __future__ import annotations

import json

from tools.bench.instructions.cli import RECORDED, count
from tools.bench.instructions.exchanges import KINDS, PER_THOUSAND


def test_counts_are_the_same_in_every_run() -> None:
    assert count(by_valgrind=False) == count(by_valgrind=False)


def test_the_mix_is_a_thousand() -> None:
    assert sum(PER_THOUSAND.values()) == 1000


def test_every_kind_is_recorded() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert set(recorded["kinds"]) == set(KINDS)
    assert recorded["100000 mixed"]["bytecodes"] > 0
