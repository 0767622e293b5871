"""A slip in any table is noticed: by the audit against Kafka's schemas, or at the latest by a round trip."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.samples import sample
from klamm.wire import Malformed
from protocol_tables.api import Api
from tests.protocol_tables.mutants import DIRECTIONS, mutant
from tools.audit_tables.compare import Report, compare_message
from tools.audit_tables.schemas import find_jar, read_jar

SEEDS = range(20)


@pytest.fixture(scope="module")
def releases() -> list[dict[int, list[Any]]]:
    """Read the oldest and the newest release: what one dropped the other has. Messages by API key."""
    found = []
    for release in ("3.9.2", "4.4.0"):
        by_key: dict[int, list[Any]] = {}
        for schema in read_jar(find_jar(release)).values():
            if schema["type"] in DIRECTIONS:
                by_key.setdefault(schema["apiKey"], []).append(schema)
        found.append(by_key)
    return found


def audited(api: Api, releases: list[dict[int, list[Any]]]) -> list[str]:
    """Give what the audit says of one table."""
    report = Report()
    for release in releases:
        for schema in release.get(api.key, []):
            compare_message(report, api, schema)
    return [str(found) for found in report.differences]


def travels(api: Api, altered: Api) -> bool:
    """Tell whether what one table builds the other reads, all of it and as it was."""
    for version in api.versions:
        for direction in DIRECTIONS:
            layout, other = getattr(api, direction)(version), getattr(altered, direction)(version)
            value = sample(layout)
            try:
                if other.parse(layout.build(value)) != value:
                    return False
            except Malformed:
                return False
    return True


@pytest.mark.parametrize("seed", SEEDS)
def test_any_field_lost_or_altered_is_noticed(seed: int, releases: list[dict[int, list[Any]]]) -> None:
    api, altered, said = mutant(seed)
    assert audited(api, releases) == []
    assert audited(altered, releases) or not travels(api, altered), f"nobody notices {said}"
