"""Counters count, and only what is declared."""

import pytest

from klamm.observe.counters import FAMILIES, Counters


def test_a_kept_counter_and_the_quick_way_are_the_same_number():
    counters = Counters()
    frames = counters.counter("klamm_malformed_frames_total", stage="login")

    frames.add()
    frames.add(2)
    counters.count("klamm_malformed_frames_total", stage="login")
    counters.count("klamm_malformed_frames_total", 5, stage="ready")

    assert counters.snapshot() == {
        'klamm_malformed_frames_total{stage="login"}': 4,
        'klamm_malformed_frames_total{stage="ready"}': 5,
    }


def test_a_gauge_goes_both_ways():
    counters = Counters()
    gauge = counters.gauge("klamm_connections", listener="plaintext", state="open")

    gauge.set(5)
    gauge.add(-2)

    assert counters.snapshot() == {'klamm_connections{listener="plaintext",state="open"}': 3}
    assert counters.gauge("klamm_connections", state="open", listener="plaintext") is gauge


def test_a_bound_counter_is_there_before_it_counts():
    counters = Counters()
    counters.counter("klamm_upstream_errors_total", kind="refused")

    assert counters.snapshot() == {'klamm_upstream_errors_total{kind="refused"}': 0}


def test_two_sets_of_counters_share_nothing():
    one, other = Counters(), Counters()
    one.count("klamm_connections_total", listener="a")

    assert other.snapshot() == {}


def test_a_snapshot_does_not_move():
    counters = Counters()
    counters.count("klamm_connections_total", listener="a")
    before = counters.snapshot()
    counters.count("klamm_connections_total", listener="a")

    assert before == {'klamm_connections_total{listener="a"}': 1}


def test_label_values_are_escaped_for_the_text_format():
    counters = Counters()
    counters.count("klamm_requests_total", tenant='a"b\\c\nd', api="Fetch")

    assert list(counters.snapshot()) == [r'klamm_requests_total{tenant="a\"b\\c\nd",api="Fetch"}']


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("klamm_typo_total", {}),
        ("klamm_connections", {"listener": "a", "state": "open"}),
        ("klamm_connections_total", {}),
        ("klamm_connections_total", {"listener": "a", "peer": "1.2.3.4"}),
    ],
)
def test_what_is_not_declared_is_refused_at_once(name, labels):
    with pytest.raises(ValueError, match=name):
        Counters().counter(name, **labels)


def test_every_counter_ends_in_total_and_no_gauge_does():
    for name, family in FAMILIES.items():
        assert name.startswith("klamm_")
        assert name.endswith("_total") == (family.kind == "counter")
        assert family.help.endswith(".")


def test_no_label_can_hold_a_name_that_clients_choose():
    labels = {label for family in FAMILIES.values() for label in family.labels}

    assert labels.isdisjoint({"topic", "group", "client_id", "peer", "username", "principal"})
