"""Log lines say one event each, whatever strangers put into their values."""

import asyncio
import io
import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klamm.observe import logs

HOSTILE = '\nklamm.yaml 2026 INFO forged\r\x1b[2J\x1b]0;title\x07\x9b31m\u2028\u202e\x00\x7f"=\\'


@pytest.fixture
def lines(request):
    """Set the logs up with a format, and give what they wrote, line by line."""
    root, ours = logging.getLogger(), logging.getLogger("klamm")
    before = (root.handlers[:], root.level, ours.level)
    stream = io.StringIO()

    def written() -> list[str]:
        return stream.getvalue().splitlines()

    def start(format: str = "text", level: str = "info"):
        logs.setup(format, level, stream)
        return written

    yield start
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def test_a_text_line_reads_time_level_part_event_fields(lines):
    written = lines()

    logs.get("proxy").info("client connected", peer="127.0.0.1:5", listener="plaintext", conn=7)

    (line,) = written()
    time, rest = line.split(" ", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert rest == "INFO    proxy: client connected  conn=7 listener=plaintext peer=127.0.0.1:5"


def test_a_json_line_has_the_same_in_fixed_names(lines):
    written = lines("json")

    logs.get("proxy").warning("client refused", reason="too many", bytes_in=5, tenant=None, extra=True)

    record = json.loads(written()[0])
    assert list(record) == ["ts", "level", "logger", "event", "reason", "bytes_in", "extra"]
    assert record["level"] == "warning"
    assert record["logger"] == "klamm.proxy"
    assert (record["event"], record["reason"], record["bytes_in"]) == ("client refused", "too many", 5)


def test_text_values_with_spaces_or_signs_are_in_quotes(lines):
    written = lines()

    logs.get("proxy").info("x", a="b c", d="e=f", g='h"', i="", j=b"\xff\n", k=False)

    assert written()[0].endswith(r'a="b c" d="e=f" g="h\"" i="" j="\\xff\n" k=false')


@pytest.mark.parametrize("format", logs.FORMATS)
def test_no_value_can_forge_a_line_or_reach_the_terminal(lines, format):
    written = lines(format)

    logs.get("proxy").info(HOSTILE, principal=HOSTILE, reason=HOSTILE, api=HOSTILE.encode())

    (line,) = written()
    assert line.isascii()
    assert line.isprintable()


@pytest.mark.parametrize("format", logs.FORMATS)
@given(text=st.text(max_size=80))
def test_any_value_is_one_printable_line(format, text):
    formatter = logs._Json() if format == "json" else logs._Text()
    record = logging.LogRecord("klamm.proxy", logging.INFO, "", 0, text, None, None)
    record.klamm = {"reason": text, "principal": text.encode("utf-8", "surrogatepass")}

    line = formatter.format(record)

    assert line.isascii()
    assert line.isprintable()


def test_a_json_line_gives_the_value_back(lines):
    written = lines("json")

    logs.get("proxy").info("x", reason=HOSTILE)

    assert json.loads(written()[0])["reason"] == HOSTILE


def test_no_field_can_replace_what_every_line_has(lines):
    written = lines("json")

    logs.get("proxy").info("real", ts="never", level="forged", event="forged", logger="forged")

    record = json.loads(written()[0])
    assert (record["level"], record["event"], record["logger"]) == ("info", "real", "klamm.proxy")
    assert record["ts"] != "never"


def test_long_values_are_cut_and_usernames_sooner(lines):
    written = lines("json")

    logs.get("audit").info("login failed", principal="p" * 1000, username="u" * 65, reason="r" * 100_000)

    record = json.loads(written()[0])
    assert record["principal"] == "p" * 61 + "..."
    assert len(record["username"]) == 64
    assert len(record["reason"]) == 512


def test_a_bug_shows_its_traceback_without_forging_a_line(lines):
    written = lines()

    try:
        raise RuntimeError("bad\n2026-11-24T00:00:00.000Z INFO    proxy: forged\x1b[2J")
    except RuntimeError as error:
        logs.get("proxy").bug("unexpected failure", error, conn=3)

    first, *rest = written()
    assert first.endswith("ERROR   proxy: unexpected failure  conn=3")
    assert all(line.startswith("  | ") and line.isprintable() for line in rest)
    assert rest[0] == "  | Traceback (most recent call last):"


def test_a_bug_in_json_is_one_line(lines):
    written = lines("json")

    logs.get("proxy").bug("unexpected failure", ValueError("bad\nworse"))

    (line,) = written()
    assert "ValueError: bad\nworse" in json.loads(line)["traceback"]


def test_levels_hold_back_what_is_below(lines):
    written = lines(level="warning")
    log = logs.get("proxy")

    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")

    assert [line.split(": ")[1] for line in written()] == ["c", "d"]


def test_debug_is_ours_alone(lines):
    written = lines(level="debug")

    logs.get("proxy").debug("ours")
    logging.getLogger("someone.else").debug("theirs")

    assert len(written()) == 1


def test_the_lines_of_libraries_are_escaped_too(lines):
    written = lines()

    logging.getLogger("asyncio").error("Task failed: %s", "a\nb\x1b[2J")

    (line,) = written()
    assert line.isprintable()
    assert "asyncio: Task failed: a" in line


def test_an_exception_that_the_event_loop_reports_is_in_our_format(lines):
    written = lines("json")

    loop = asyncio.new_event_loop()
    loop.call_exception_handler({"message": "lost\nand found", "exception": ValueError("x")})
    loop.close()

    assert json.loads(written()[0])["logger"] == "asyncio"


def test_setting_up_again_replaces_the_handler(lines):
    written = lines()
    lines("json")

    logs.get("proxy").info("once")

    (line,) = written()
    assert json.loads(line)["event"] == "once"


@pytest.mark.parametrize("wrong", [{"format": "xml"}, {"level": "loud"}])
def test_an_unknown_format_or_level_is_refused(wrong):
    with pytest.raises(ValueError, match="format is one of text, json, level one of debug, info, warning, error"):
        logs.setup(**wrong)


class Clock:
    """Time that moves when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_storm_of_one_event_is_a_few_lines_and_a_sum(lines):
    written = lines("json")
    clock = Clock()
    log = logs.get("proxy").limited(per_second=3, clock=clock)

    for n in range(1000):
        log.warning("bad frame", conn=n)
        log.info("other", conn=n)
    clock.now += 1
    log.warning("bad frame", conn=1000)

    storm = [record for record in map(json.loads, written()) if record["event"].startswith("bad frame")]
    assert [record.get("conn") for record in storm] == [0, 1, 2, None, 1000]
    assert (storm[3]["event"], storm[3]["suppressed"]) == ("bad frame (more of these)", 997)
    assert storm[3]["level"] == "warning"


def test_the_sum_comes_without_another_event_when_flushed(lines):
    written = lines("json")
    clock = Clock()
    log = logs.get("proxy").limited(per_second=1, clock=clock)

    for _ in range(3):
        log.error("bad frame")
    log.flush()
    assert len(written()) == 1

    clock.now += 1
    log.flush()
    log.flush()
    assert json.loads(written()[1])["suppressed"] == 2
    assert len(written()) == 2


def test_closing_loses_no_sum(lines):
    written = lines("json")
    log = logs.get("proxy").limited(per_second=1, clock=Clock())

    log.info("a")
    log.info("a")
    log.close()

    assert json.loads(written()[1])["suppressed"] == 1


def test_a_rare_event_is_never_held_back(lines):
    written = lines()
    clock = Clock()
    log = logs.get("proxy").limited(per_second=1, clock=clock)

    for _ in range(5):
        log.info("now and then")
        clock.now += 1

    assert len(written()) == 5
