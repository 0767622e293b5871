"""With the addresses' rules file a client sees Klamm's addresses, and otherwise the very bytes that the broker sent."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import strategies as st

from conformance.cases import CASES, Case
from conformance.examples import each
from conformance.samples import sample
from conformance.strategies import values
from klamm.rewriting import Forward, Rewriter, Route, RuleError, Session, View, load_rules
from klamm.wire import Array, Leaf, NullableRecord, Record
from klamm.wire.base import WireType
from protocol_tables.registry import BY_KEY, named

TEXT = files("rewrite_rules").joinpath("address_only.yaml").read_text("utf-8")
REWRITER = Rewriter(load_rules("address_only"))
MESSAGES = [case for case in CASES if case.key is not None]
CARRIERS = {
    "Produce": 4,
    "Fetch": 3,
    "Metadata": 14,
    "FindCoordinator": 7,
    "DescribeQuorum": 1,
    "DescribeCluster": 3,
    "ShareFetch": 2,
    "ShareAcknowledge": 2,
}
"""The APIs whose answers carry addresses, and in how many versions."""
EXAMPLES = 4
KINDS = {"Host": st.just("broker-1.internal"), "Port": st.just(9092), "NodeId": st.integers(0, 2**31 - 1)}


class Addresses:
    """A view that knows addresses and nothing else: whatever else is asked of it is an error."""

    def __init__(self, host: str, port: int, *, without: int | None = None) -> None:
        self._host, self._port, self._without = host, port, without

    def endpoint(self, node_id: int) -> tuple[str, int] | None:
        return None if node_id == self._without else (self._host, self._port)


def session(host: str = "klamm.example", port: int = 19092, *, without: int | None = None) -> Session:
    return Session(cast(View, Addresses(host, port, without=without)))


def route(case: Case) -> Route:
    assert case.key is not None
    found = REWRITER.lookup(case.key, case.version)
    assert found is not None
    return found


def forwarded(case: Case, body: bytes) -> Forward:
    outcome = REWRITER.request(route(case), body, session())
    assert isinstance(outcome, Forward)
    return outcome


def answered(case: Case, body: bytes, seen_by: Session) -> bytes:
    api = BY_KEY[case.key or 0]
    request = api.request(case.version)
    forward = forwarded(Case(case.name, case.key, case.version, "request"), request.build(sample(request)))
    return REWRITER.response(forward.pending, body, seen_by)


def readdressed(layout: WireType, value: Any, host: str, port: int) -> Any:
    """Give a value with every address in it replaced."""
    match layout:
        case _ if value is None:
            return None
        case NullableRecord():
            return readdressed(layout.record, value, host, port)
        case Record():
            changed = {name: readdressed(kind, value[name], host, port) for name, kind in layout.fields.items()}
            return {**value, **changed}
        case Array():
            return [readdressed(layout.element, entry, host, port) for entry in value]
        case Leaf(kind="Host"):
            return host
        case Leaf(kind="Port"):
            return port
    return value


@pytest.mark.parametrize("case", [case for case in MESSAGES if case.direction == "request"], ids=str)
def test_no_byte_of_a_request_is_touched(case: Case) -> None:
    def check(value: Any) -> None:
        body = case.layout.build(value)
        outcome = forwarded(case, body)
        assert (outcome.body, outcome.version) == (body, case.version)

    each(values(case.layout), EXAMPLES, check)


@pytest.mark.parametrize("case", [case for case in MESSAGES if case.direction == "response"], ids=str)
def test_every_byte_but_the_addresses_is_untouched(case: Case) -> None:
    layout = case.layout

    def check(value: Any) -> None:
        body = layout.build(value)
        # Where Klamm's addresses are the broker's own, nothing differs; else the addresses do, and they alone.
        assert answered(case, body, session("broker-1.internal", 9092)) == body
        expected = layout.build(readdressed(layout, value, "klamm.example", 19092))
        assert answered(case, body, session()) == expected
        assert (expected == body) == (b"broker-1.internal" not in body)

    each(values(layout, kinds=KINDS), EXAMPLES, check)


def test_every_api_that_carries_addresses_is_covered_in_every_version() -> None:
    carriers: dict[str, int] = {}
    for case in MESSAGES:
        if case.direction == "response" and b"klamm.example" in seen(case):
            carriers[case.name] = carriers.get(case.name, 0) + 1
    assert carriers == CARRIERS


def seen(case: Case) -> bytes:
    return answered(case, case.layout.build(sample(case.layout)), session())


@pytest.mark.parametrize("version", range(14))
def test_a_broker_without_a_route_is_left_out(version: int) -> None:
    layout = named("Metadata").response(version)
    brokers = [{"node_id": node_id, "host": "broker", "port": 9092} for node_id in (1, 2, 3)]
    case = Case("Metadata", 3, version, "response")
    shown = layout.parse(answered(case, layout.build({"brokers": brokers}), session(without=2)))
    assert [broker["node_id"] for broker in shown["brokers"]] == [1, 3]


@pytest.mark.parametrize("version", range(7))
def test_where_there_is_no_coordinator_there_is_no_address(version: int) -> None:
    nobody = {"node_id": -1, "host": "", "port": -1, "error_code": 15}
    layout = named("FindCoordinator").response(version)
    body = layout.build(nobody if version < 4 else {"coordinators": [nobody]})
    assert answered(Case("FindCoordinator", 10, version, "response"), body, session()) == body


@pytest.mark.parametrize(("acks", "expects_answer"), [(0, False), (1, True), (-1, True)])
def test_produce_without_acks_waits_for_no_answer(acks: int, expects_answer: bool) -> None:
    case = Case("Produce", 0, 9, "request")
    forward = forwarded(case, case.layout.build({"acks": acks}))
    assert forward.pending.expects_answer is expects_answer


def loaded(text: str, folder: Path) -> str:
    """Give what loading says of a rules file, nothing when it loads."""
    path = folder / "rules.yaml"
    path.write_text(text, "utf-8")
    try:
        load_rules(path)
    except RuleError as error:
        return str(error)
    return ""


def test_the_file_loads(tmp_path: Path) -> None:
    assert loaded(TEXT, tmp_path) == ""


@pytest.mark.parametrize("number", [n for n, line in enumerate(TEXT.splitlines()) if line.strip() and line[0] != "#"])
def test_without_any_one_of_its_lines_it_does_not_load(number: int, tmp_path: Path) -> None:
    lines = TEXT.splitlines()
    assert loaded("\n".join(lines[:number] + lines[number + 1 :]) + "\n", tmp_path), lines[number]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("covers: addresses", "covers: everything", "the rules do not say what happens to this API"),
        ("covers: addresses", "covers: names", "`covers: addresses` leaves all else alone"),
        ("versions: 0-18", "versions: 0-17", "Fetch: versions 0-17: addresses are covered in all that the tables have"),
        ("versions: 0-18", "versions: 0-19", "Fetch: versions 0-19: the tables have 0-18"),
        ("brokers[].port: endpoint(node_id)", "cluster_id: cluster", "brokers[].port: no rule for this Port"),
        (
            "    brokers[].port: endpoint(broker_id)",
            "    brokers[].port: pass\n    cluster_id: cluster",
            "a ClusterId as",
        ),
        ("    acks: silent_when(0)", "    acks: silent_when(0)\n    transactional_id: prefix", "a TransactionalId as"),
        ("  versions: 0-2\n", "  versions: 0-2\n  refuse: {mode: whole, codes: error_code}\n", "and no more"),
        ("  versions: 0-2\n", "  versions: 0-2\n  local: api_versions\n", "and no more"),
    ],
)
def test_a_file_about_addresses_is_about_nothing_else(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in TEXT
    assert said in loaded(TEXT.replace(old, new), tmp_path)
