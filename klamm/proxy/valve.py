"""Back-pressure on one transport: when its peer is read, and how what is written to it leaves."""

from __future__ import annotations

import asyncio
from typing import Final

__all__ = ["BACKLOG", "BUDGET", "ENDING", "SLOW_PEER", "Valve", "write_all"]

_ALONE = 16 * 1024

# Reasons not to read a peer; there may be several at once.
BACKLOG: Final = 1
"""Frames of it wait to be taken."""
SLOW_PEER: Final = 2
"""The other side does not take what is written to it."""
BUDGET: Final = 4
"""Its next frame is large and there is no room for it yet."""
ENDING: Final = 8
"""The connection is about to end."""


class Valve:
    """Reads a transport only while nobody holds it."""

    __slots__ = ("_holds", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._holds = 0

    def set(self, hold: int, on: bool) -> None:
        """Adds a reason not to read, or takes it away."""
        before = self._holds
        self._holds = before | hold if on else before & ~hold
        if bool(before) == bool(self._holds) or self._transport.is_closing():
            return
        if self._holds:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()


def write_all(transport: asyncio.Transport, pieces: list[bytes]) -> int:
    """Writes and clears the pieces, small neighbours joined into one write; gives the number of bytes.

    Only immutable bytes are ever handed over: uvloop sends what a buffer holds when it is flushed, not when it was
    written.
    """
    if len(pieces) == 1:
        (data,) = pieces
        pieces.clear()
        transport.write(data)
        return len(data)
    written = 0
    run: list[bytes] = []
    for piece in pieces:
        written += len(piece)
        if len(piece) < _ALONE:
            run.append(piece)
            continue
        if run:
            transport.write(b"".join(run))
            run.clear()
        transport.write(piece)
    if run:
        transport.write(b"".join(run))
    pieces.clear()
    return written
