"""Every version of every table says the same in both directions, for whatever it can say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from conformance.samples import sample
from conformance.strategies import values
from klamm.wire import Message
from protocol_tables import registry
from protocol_tables.consumer_protocol import ASSIGNMENT, NEWEST, SUBSCRIPTION, consumer_layout

LAYOUTS = [
    pytest.param(api.key, version, direction, id=f"{api.name}-v{version}-{direction}")
    for api in registry.BY_KEY.values()
    for version in api.versions
    for direction in ("request", "response")
]

# Each layout is small, and there are four hundred of them: few examples each, the same in every run.
QUICK = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def check_both_ways(layout: Message) -> None:
    """Build and parse generated values, and build what was parsed once more."""

    @QUICK
    @given(values(layout))
    def round_trip(value: Any) -> None:
        data = layout.build(value)
        parsed = layout.parse(data)
        assert parsed == value
        assert layout.build(parsed) == data

    round_trip()


@pytest.mark.parametrize(("key", "version", "direction"), LAYOUTS)
def test_values_and_bytes_survive_the_trip(key: int, version: int, direction: str) -> None:
    check_both_ways(getattr(registry.BY_KEY[key], direction)(version))


@pytest.mark.parametrize("record", [SUBSCRIPTION, ASSIGNMENT], ids=["subscription", "assignment"])
@pytest.mark.parametrize("version", range(NEWEST + 1))
def test_the_consumer_protocol_survives_the_trip(version: int, record: Any) -> None:
    check_both_ways(consumer_layout(record, version))


def test_a_newer_consumer_protocol_is_read_as_the_newest_known() -> None:
    newest, newer = consumer_layout(SUBSCRIPTION, NEWEST), consumer_layout(SUBSCRIPTION, NEWEST + 5)
    value = sample(newest)
    assert newer.parse(newest.build(value)) == value


@pytest.mark.parametrize(("key", "version", "direction"), LAYOUTS)
def test_a_message_of_defaults_can_be_built(key: int, version: int, direction: str) -> None:
    """A refusal fills in a few fields and leaves the rest to the table."""
    layout = getattr(registry.BY_KEY[key], direction)(version)
    assert layout.parse(layout.build({})) == layout.fresh_default()
