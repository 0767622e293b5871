"""Hex: one frame a line, ``>`` before what the client sent and ``<`` before what the broker sent; one connection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from klamm.inspect.dialogue import Dialogue, resembles_request
from klamm.inspect.model import REQUEST, RESPONSE, Frame, Trouble
from klamm.inspect.sources.cutting import Cutter, Fragment
from klamm.inspect.sources.finding import AnswerFinder, RequestFinder
from klamm.wire.framing import frame as with_length

__all__ = ["hex_frames", "resembles_hex"]

_NOISE = re.compile(r"[\s:,_]+|0x")
_HEX_LINE = re.compile(rb"\s*(?:#.*|[<>]?\s*(?:0x)?[0-9a-fA-F]{2}(?:[\s:]*[0-9a-fA-F]{2})*)?\s*")
_DIRECTIONS = {">": REQUEST, "<": RESPONSE}


def resembles_hex(head: bytes) -> bool:
    """Tells whether a file begins with a line of hex."""
    line, newline, _ = head.lstrip().partition(b"\n")
    if not line:
        return False
    return _HEX_LINE.fullmatch(line if newline or len(line) % 2 == 0 else line[:-1]) is not None


def hex_frames(lines: Iterable[str], dialogue: Dialogue, *, unmarked: str = REQUEST) -> Iterator[Frame | Trouble]:
    """Gives the frames of hex lines; empty lines and those that begin with ``#`` are comments.

    ``unmarked`` is the direction of a line without a mark.
    """
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        direction = _DIRECTIONS.get(text[0])
        digits = _NOISE.sub("", text[1:] if direction else text)
        try:
            data = bytes.fromhex(digits)
        except ValueError:
            yield _not_hex(dialogue, direction, number, digits)
            continue
        yield from _frames_of(data, dialogue, direction or unmarked, number)


def _frames_of(data: bytes, dialogue: Dialogue, direction: str, line: int) -> Iterator[Frame | Trouble]:
    finder = RequestFinder(dialogue) if direction == REQUEST else AnswerFinder(dialogue)
    if _lacks_length(data, direction):
        data = with_length(data)
    cutter = Cutter(finder)
    for source in (cutter.feed(data), cutter.finish()):
        for piece in source:
            if isinstance(piece, Fragment):
                place = f"line {line}"
                yield Trouble(dialogue, direction, place, piece.reason, piece.position, piece.window)
            else:
                yield Frame(dialogue, direction, piece.data, line, damage=piece.damage, size=piece.size)


def _lacks_length(data: bytes, direction: str) -> bool:
    if direction == RESPONSE or int.from_bytes(data[:4], "big") == len(data) - 4:
        return False
    return resembles_request(data, 0) and not resembles_request(data, 4)


def _not_hex(dialogue: Dialogue, direction: str | None, line: int, digits: str) -> Trouble:
    at = next((index for index, digit in enumerate(digits) if digit not in "0123456789abcdefABCDEF"), len(digits))
    reason = f"{digits[at]!r} is no hex digit" if at < len(digits) else "an odd number of hex digits"
    return Trouble(dialogue, direction, f"line {line}", reason, at // 2)
