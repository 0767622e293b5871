"""Round trips: what is built parses to the same value, and what was parsed builds the same bytes."""

from __future__ import annotations

from typing import Any

from conformance.cases import Case
from conformance.examples import each
from conformance.strategies import values

__all__ = ["round_trip"]


def round_trip(case: Case, examples: int) -> int:
    """Takes generated values there and back; gives their number, raises AssertionError when one is not the same."""
    layout = case.layout

    def there_and_back(value: Any) -> None:
        data = layout.build(value)
        parsed = layout.parse(data)
        assert parsed == value, f"{case}: {value!r} came back as {parsed!r}"
        assert layout.build(parsed) == data, f"{case}: built twice, {data.hex()} is not the same"

    return each(values(layout), examples, there_and_back)
