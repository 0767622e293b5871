"""What follows from the layouts beyond the round trips of ``conformance``: defaults, and versions yet unknown."""

from __future__ import annotations

import pytest

from conformance.cases import CASES, Case
from conformance.samples import sample
from protocol_tables.consumer_protocol import NEWEST, SUBSCRIPTION, consumer_layout


def test_a_newer_consumer_protocol_is_read_as_the_newest_known() -> None:
    newest, newer = consumer_layout(SUBSCRIPTION, NEWEST), consumer_layout(SUBSCRIPTION, NEWEST + 5)
    value = sample(newest)
    assert newer.parse(newest.build(value)) == value


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_message_of_defaults_can_be_built(case: Case) -> None:
    """A refusal fills in a few fields and leaves the rest to the table."""
    layout = case.layout
    assert layout.parse(layout.build({})) == layout.fresh_default()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_value_in_every_field_is_read_as_it_was_built(case: Case) -> None:
    layout = case.layout
    value = sample(layout)
    assert layout.parse(layout.build(value)) == value
