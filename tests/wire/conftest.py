"""What the wire tests share: bytes that count how often they are looked at."""

from __future__ import annotations

from typing import Any

import pytest


class CountedBytes(bytes):
    """Bytes that count index and slice reads: the steps a reader takes, on any machine."""

    steps = 0

    def __getitem__(self, key: Any) -> Any:
        self.steps += 1
        return super().__getitem__(key)


@pytest.fixture
def counted() -> type[CountedBytes]:
    """Give the class of counting bytes."""
    return CountedBytes
