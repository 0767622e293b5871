"""The command shows what was held and fails when something was not."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import atheris_fuzz, round_trips
from conformance.cli import main
from conformance.fuzzing import TARGETS
from klamm.wire import Message
from protocol_tables.registry import BY_KEY


def test_one_api_is_held_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "Heartbeat", "--examples", "2"]) == 0
    out = capsys.readouterr().out
    for suite in ("round trips", "kio agrees", "kafka-python", "fuzzing"):
        assert suite in out


def test_a_failure_is_told_and_is_the_exit_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(layout: Message) -> None:
        raise LookupError(f"[red]no values for {layout.api}")

    monkeypatch.setattr(round_trips, "values", fail)
    assert main(["--only", "Heartbeat", "--examples", "2"]) == 1
    out = capsys.readouterr().out
    assert "Heartbeat 4 response: " in out
    assert "[red]no values" in out


def test_recordings_that_cannot_be_read_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--recorded", str(tmp_path / "nowhere")]) == 2
    assert "is no directory" in capsys.readouterr().err


def test_every_table_and_both_headers_are_targets_of_fuzzing() -> None:
    assert {api.name for api in BY_KEY.values()} | {"frames", "headers"} <= set(TARGETS)
    for target in TARGETS.values():
        for data in (b"", b"\0", b"\1\0\0\0\1\xff", bytes(range(256))):
            target(data)


def test_without_atheris_fuzzing_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atheris_fuzz, "find_spec", lambda name: None)
    assert atheris_fuzz.main(["Metadata"]) == 2
    assert "pip install atheris" in capsys.readouterr().err
