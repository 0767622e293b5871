"""Runs klamm-inspect inside the test's process, which is quicker than one of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from klamm.inspect.cli import main
from tests.inspect.helpers import Outcome


@pytest.fixture
def inspect(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run klamm-inspect with arguments and give what came of it."""

    def inspected(*arguments: object) -> Outcome:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return inspected
