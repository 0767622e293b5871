"""Recordings of both kinds are read to the last byte of every frame, and what cannot be read is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.recorded import read_recorded, recordings
from conformance.samples import sample
from klamm.observe.tap import Tap
from klamm.wire import frame
from klamm.wire.headers import RequestHeader, encode_request_header, encode_response_header
from protocol_tables.registry import BY_KEY, named


def asked(name: str, version: int, correlation_id: int = 1, value: Any = None) -> bytes:
    """Give a request frame without its length."""
    api = named(name)
    header = RequestHeader(api.key, version, correlation_id, b"client")
    layout = api.request(version)
    return encode_request_header(header, api.request_header_version(version)) + layout.build(value or sample(layout))


def answered(name: str, version: int, correlation_id: int = 1, value: Any = None) -> bytes:
    """Give an answer frame without its length."""
    api = named(name)
    layout = api.response(version)
    start = encode_response_header(correlation_id, api.response_header_version(version))
    return start + layout.build(value or sample(layout))


def hexed(*frames: tuple[str, bytes]) -> str:
    """Give the lines of a recording."""
    return "".join(f"{mark} {frame(data).hex()}\n" for mark, data in frames)


def test_every_version_of_every_api_can_be_recorded_as_hex(tmp_path: Path) -> None:
    versions = [(api.name, version) for api in BY_KEY.values() for version in api.versions]
    frames = []
    for number, (name, version) in enumerate(versions):
        frames += [(">", asked(name, version, number)), ("<", answered(name, version, number))]
    path = tmp_path / "all.hex"
    path.write_text("# made by hand\n\n" + hexed(*frames))
    reading = read_recorded(path)
    assert reading.problems == []
    assert (reading.read, reading.same) == (2 * len(versions), 2 * len(versions))
    assert len(reading.messages) == 2 * len(versions)


def test_what_the_tap_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "klamm.tap"
    tap = Tap(path)
    tap.request(1, "acme", asked("Metadata", 12), asked("Metadata", 12))
    tap.response(1, "acme", 3, answered("Metadata", 12), answered("Metadata", 12), 12)
    tap.request(1, "acme", asked("SaslAuthenticate", 2))
    tap.token(1, "acme", b"\0acme\0secret")
    tap.close()
    reading = read_recorded(path)
    assert reading.problems == []
    assert (reading.read, reading.skipped) == (4, 2)
    assert reading.messages == {("Metadata", 12, "request"), ("Metadata", 12, "response")}


def test_answers_find_their_requests_by_correlation_id(tmp_path: Path) -> None:
    path = tmp_path / "two.hex"
    path.write_text(
        hexed(
            (">", asked("Metadata", 1, 7)),
            (">", asked("Heartbeat", 4, 8)),
            ("<", answered("Heartbeat", 4, 8)),
            ("<", answered("Metadata", 1, 7)),
        )
    )
    assert read_recorded(path).messages >= {("Metadata", 1, "response"), ("Heartbeat", 4, "response")}


def test_a_broker_that_does_not_know_the_version_answers_in_version_0(tmp_path: Path) -> None:
    refusal = answered("ApiVersions", 0, value={"error_code": 35, "api_keys": []})
    path = tmp_path / "negotiation.hex"
    path.write_text(hexed((">", asked("ApiVersions", 4)), ("<", refusal)))
    reading = read_recorded(path)
    assert reading.problems == []
    assert ("ApiVersions", 0, "response") in reading.messages


@pytest.mark.parametrize(("excess", "problems"), [(b"\0\0\0", 0), (b"\0\0\0\0", 1)])
def test_librdkafka_may_ask_for_all_topics_with_three_bytes_too_many(
    tmp_path: Path, excess: bytes, problems: int
) -> None:
    path = tmp_path / "metadata.hex"
    path.write_text(hexed((">", asked("Metadata", 4) + excess)))
    assert len(read_recorded(path).problems) == problems


def test_a_frame_that_is_not_used_up_is_named(tmp_path: Path) -> None:
    path = tmp_path / "long.hex"
    path.write_text(hexed((">", asked("Heartbeat", 4) + b"\0"), (">", asked("Heartbeat", 4))))
    reading = read_recorded(path)
    assert len(reading.problems) == 1
    assert reading.problems[0].startswith("line 1: Heartbeat request v4: 1 bytes too many")
    assert reading.read == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("> 00000008 0003 0063 00000001\n", "no table for api key 3 version 99"),
        ("< 00000004 00000001\n", "no table for api key -1 version -1"),
        ("= 00000008 0003000100000001\n", "line 1: neither > nor <"),
        ("> 00000008 0003\n", "line 1: 0 frames where one is expected"),
        ("> xyz\n", "non-hexadecimal"),
    ],
)
def test_a_recording_that_is_none_is_a_problem(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.hex"
    path.write_text(text)
    (problem,) = read_recorded(path).problems
    assert said in problem


def test_a_tap_that_ends_in_the_middle_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "cut.tap"
    tap = Tap(path)
    tap.request(1, "acme", asked("Metadata", 12))
    tap.close()
    path.write_bytes(path.read_bytes()[:-1])
    assert "ends in the middle" in read_recorded(path).problems[0]
    path.write_bytes(b"something else")
    assert "klamm run --tap" in read_recorded(path).problems[0]


def test_recordings_are_found_in_folders_of_folders(tmp_path: Path) -> None:
    (tmp_path / "java").mkdir()
    for name in ("java/a.hex", "b.tap", "c.txt"):
        (tmp_path / name).write_text("")
    assert [path.name for path in recordings(tmp_path)] == ["b.tap", "a.hex"]
