"""Every message version goes there and back, and two other implementations read and write the same bytes."""

from __future__ import annotations

import pytest

from conformance.cases import CASES
from conformance.oracle_kafka_python import KAFKA_PYTHON
from conformance.oracle_kio import KIO
from conformance.oracles import Oracle
from conformance.suites import Check, Suite, run, suites
from protocol_tables import registry

NAMES = list(dict.fromkeys(case.name for case in CASES))
EXAMPLES = 2


@pytest.mark.parametrize("name", NAMES)
def test_a_message_holds_in_every_suite(name: str) -> None:
    # Plans have a test of their own.
    for suite in (suite for suite in suites(EXAMPLES, None, name) if suite.name != "plan is walker"):
        tally = run(suite)
        assert tally.failures == [], f"{suite.name}: {tally.failures[0]}"
        assert tally.checks == len(suite.checks)


def test_frames_and_headers_hold() -> None:
    (fuzzing,) = (suite for suite in suites(100, None) if suite.name == "fuzzing")
    framing = Suite("framing", [check for check in fuzzing.checks if check.name == "frames and headers"], "")
    tally = run(framing)
    assert (tally.checks, tally.failures) == (1, [])
    assert tally.values >= 200


@pytest.mark.parametrize(("oracle", "at_least"), [(KIO, 564), (KAFKA_PYTHON, 486)], ids=lambda value: str(value))
def test_the_others_know_almost_all_of_it(oracle: Oracle, at_least: int) -> None:
    known = [case for case in CASES if oracle.codec(case) is not None]
    assert len(known) >= at_least
    assert len(CASES) >= 632


def test_what_nobody_else_knows_is_known() -> None:
    """The newest versions are held to Kafka's schemas by the audit alone until the others have them."""
    alone = [case for case in CASES if KIO.codec(case) is None and KAFKA_PYTHON.codec(case) is None]
    # The rest are the versions that Kafka 4.0 dropped.
    assert {case.name for case in alone if case.version == registry.named(case.name).versions.max} == {
        "ApiVersions",
        "DeleteGroups",
        "StreamsGroupDescribe",
        "StreamsGroupHeartbeat",
        "StreamsGroupTopologyDescriptionUpdate",
        "TxnOffsetCommit",
        "UnregisterController",
    }


def test_one_failure_does_not_hide_another() -> None:
    def fail() -> int:
        raise AssertionError("not the same")

    tally = run(Suite("", [Check("first", fail), Check("second", lambda: 7), Check("third", fail)], ""))
    assert (tally.checks, tally.values) == (3, 7)
    assert tally.failures == ["first: AssertionError: not the same", "third: AssertionError: not the same"]
