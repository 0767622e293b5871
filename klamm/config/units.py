"""Durations (`10s`, `1h30m`) and sizes (`64MiB`): text to numbers and back."""

from __future__ import annotations

import re

__all__ = ["format_duration", "format_size", "parse_duration", "parse_size"]

_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

# Nine digits are plenty for every unit, and keep the arithmetic small whatever the file says.
_DURATION_PART = re.compile(r"([0-9]{1,9})(ms|s|m|h)")
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:ms|s|m|h))+")
_SIZE = re.compile(r"([0-9]{1,12})(B|KiB|MiB|GiB)")


def parse_duration(text: str) -> float:
    """Reads a duration in seconds: whole numbers with ms, s, m or h, the largest unit first, as in `1h30m`.

    Raises ValueError that says what would be right.
    """
    if not _DURATION.fullmatch(text):
        raise ValueError("not a duration; write a whole number with a unit: 200ms, 10s, 5m, 1h30m")
    parts = _DURATION_PART.findall(text)
    units = [_MILLISECONDS[unit] for _, unit in parts]
    if units != sorted(set(units), reverse=True):
        raise ValueError("not a duration; each unit may come once, the largest first: 1h30m")
    return sum(int(amount) * _MILLISECONDS[unit] for amount, unit in parts) / 1000


def format_duration(seconds: float) -> str:
    """Writes seconds so that `parse_duration` reads the same (to the millisecond)."""
    rest = round(seconds * 1000)
    text = ""
    for unit, size in sorted(_MILLISECONDS.items(), key=lambda item: -item[1]):
        amount, rest = divmod(rest, size)
        text += f"{amount}{unit}" if amount else ""
    return text or "0s"


def parse_size(text: str) -> int:
    """Reads a size in bytes: a whole number with B, KiB, MiB or GiB.

    Raises ValueError that says what would be right.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError("not a size; write a whole number with B, KiB, MiB or GiB: 512KiB, 100MiB")
    return int(match[1]) * _BYTES[match[2]]


def format_size(size: int) -> str:
    """Writes bytes in the largest unit that divides them, so that `parse_size` reads the same."""
    unit = max((unit for unit in _BYTES if size % _BYTES[unit] == 0), key=lambda unit: _BYTES[unit])
    return f"{size // _BYTES[unit]}{unit}" if size else "0B"
