"""Logs: one line per event, to standard error, as readable text or as JSON.

An event has a constant text and fields. Names of fields are fixed so that lines can be searched and joined; values may
come from strangers and are escaped and cut. Never log secrets, SASL bytes or record data, and nothing per request.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from klamm.observe.escape import quoted, shortened, single_line

__all__ = ["FIELDS", "FORMATS", "LEVELS", "LimitedLog", "Log", "get", "setup"]

FIELDS = (
    "conn", "listener", "peer", "tenant", "principal", "mechanism", "api", "version", "reason", "duration_ms",
    "bytes_in", "bytes_out",
)  # fmt: skip
"""The fields that come first, in this order; others follow in the order of the call."""

FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")

_ROOT = "klamm"
_MAX_VALUE = 512
_MAX_TRACEBACK = 16 * 1024
_MAX_OF = {"principal": 64, "username": 64}


def setup(format: str = "text", level: str = "info", stream: TextIO | None = None) -> None:
    """Sends all logs of the process, those of libraries too, to one handler; calling it again replaces the handler.

    `format` is one of FORMATS, `level` one of LEVELS, `stream` is standard error by default. Raises ValueError.
    """
    if format not in FORMATS or level not in LEVELS:
        raise ValueError(f"format is one of {', '.join(FORMATS)}, level one of {', '.join(LEVELS)}")
    handler = _Handler(sys.stderr if stream is None else stream)
    handler.setFormatter(_Json() if format == "json" else _Text())
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(logging.INFO, _number(level)))
    logging.getLogger(_ROOT).setLevel(_number(level))


def get(name: str) -> Log:
    """Returns the log of a part of Klamm, such as "proxy", or "audit" for who did what."""
    return Log(logging.getLogger(f"{_ROOT}.{name}"))


class Log:
    """Writes events: `log.info("client connected", listener="plaintext", peer="127.0.0.1:5")`."""

    __slots__ = ("_logger",)

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def debug(self, event: str, /, **fields: object) -> None:
        """Writes what only a developer wants to know."""
        self.write(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: object) -> None:
        """Writes a normal step in the life of a connection or of the process."""
        self.write(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: object) -> None:
        """Writes what an operator should look into."""
        self.write(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: object) -> None:
        """Writes what keeps something from working."""
        self.write(logging.ERROR, event, fields)

    def bug(self, event: str, error: BaseException, /, **fields: object) -> None:
        """Writes an exception that nobody expected, with its traceback."""
        if self._logger.isEnabledFor(logging.ERROR):
            trace = (type(error), error, error.__traceback__)
            self._logger.error(event, extra={"klamm": fields}, exc_info=trace)

    def write(self, level: int, event: str, fields: Mapping[str, object]) -> None:
        """Writes an event at a level of the logging module."""
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, extra={"klamm": fields})

    def limited(self, per_second: int = 5, clock: Callable[[], float] = time.monotonic) -> LimitedLog:
        """Returns the same log for events that strangers cause at will."""
        return LimitedLog(self, per_second, clock)


class LimitedLog:
    """Writes at most so many lines of each event in a second, and then one line that says how many more there were.

    That line comes with the event's first occurrence after the second, or with `flush`. Events are constants in the
    code, so their number, and with it the memory, is bounded.
    """

    __slots__ = ("_clock", "_log", "_per_second", "_windows")

    def __init__(self, log: Log, per_second: int, clock: Callable[[], float]) -> None:
        self._log = log
        self._per_second = per_second
        self._clock = clock
        self._windows: dict[tuple[int, str], _Window] = {}

    def info(self, event: str, /, **fields: object) -> None:
        """Writes a normal event, unless there were too many in this second."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: object) -> None:
        """Writes what an operator should look into, unless there were too many in this second."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: object) -> None:
        """Writes what keeps something from working, unless there were too many in this second."""
        self._write(logging.ERROR, event, fields)

    def flush(self) -> None:
        """Writes the summaries of all seconds that are over; call it now and then, and at the end with `close`."""
        now = self._clock()
        for key, window in list(self._windows.items()):
            if now - window.start >= 1:
                self._summarise(key, window)

    def close(self) -> None:
        """Writes every summary that is due, the current second's too."""
        for key, window in list(self._windows.items()):
            self._summarise(key, window)

    def _write(self, level: int, event: str, fields: Mapping[str, object]) -> None:
        now = self._clock()
        key = (level, event)
        window = self._windows.get(key)
        if window is not None and now - window.start >= 1:
            self._summarise(key, window)
            window = None
        if window is None:
            window = self._windows[key] = _Window(now)
        window.count += 1
        if window.count <= self._per_second:
            self._log.write(level, event, fields)

    def _summarise(self, key: tuple[int, str], window: _Window) -> None:
        level, event = key
        del self._windows[key]
        held_back = window.count - self._per_second
        if held_back > 0:
            self._log.write(level, f"{event} (more of these)", {"suppressed": held_back})


class _Window:
    """One event's count in the second that began at `start`."""

    __slots__ = ("count", "start")

    def __init__(self, start: float) -> None:
        self.start = start
        self.count = 0


class _Handler(logging.StreamHandler[TextIO]):
    """The one handler; a class of its own so that `setup` finds it again and leaves others' alone."""


class _Text(logging.Formatter):
    """`2026-11-24T13:16:01.123Z INFO  proxy: client connected  listener=plaintext peer=127.0.0.1:5`"""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={_plain(value)}" for name, value in _fields(record))
        event = single_line(shortened(record.getMessage(), _MAX_VALUE))
        part = single_line(record.name.removeprefix(f"{_ROOT}."))
        line = f"{_timestamp(record)} {record.levelname:<7} {part}: {event}{' ' + fields if fields else ''}"
        # Every line of a traceback begins with a bar, which no event's line does: its text cannot pose as an event.
        return line + "".join(f"\n  | {single_line(row)}" for row in _traceback(self, record).splitlines())


class _Json(logging.Formatter):
    """One JSON object a line, ASCII only, beginning with ts, level, logger and event."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "ts": _timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": shortened(record.getMessage(), _MAX_VALUE),
        }
        for name, value in _fields(record):
            line.setdefault(name, value)
        if traceback := _traceback(self, record):
            line["traceback"] = traceback
        return json.dumps(line)


def _fields(record: logging.LogRecord) -> list[tuple[str, str | int | float | bool]]:
    """Returns the fields that have a value, the fixed ones first."""
    given: Mapping[str, object] = getattr(record, "klamm", {})
    names = [name for name in FIELDS if name in given]
    names += [name for name in given if name not in FIELDS]
    return [(name, _value(name, given[name])) for name in names if given[name] is not None]


def _value(name: str, value: object) -> str | int | float | bool:
    if isinstance(value, bool | int | float):
        return value
    text = value.decode("ascii", "backslashreplace") if isinstance(value, bytes) else str(value)
    return shortened(text, _MAX_OF.get(name, _MAX_VALUE))


def _plain(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else quoted(str(value))


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Returns the end of the traceback, where the reason is."""
    if not record.exc_info:
        return ""
    return formatter.formatException(record.exc_info)[-_MAX_TRACEBACK:]


def _timestamp(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
