"""Cuts one direction of a connection into frames, goes on after damage, and says what was wrong where.

In step, a frame begins where the one before ended. Out of step (a hole in the capture, a capture that began late, a
length that cannot be) a `Finder` looks for the next place where a frame could begin; what lies before is skipped. A
hole inside a frame whose length is known costs that frame only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final, Protocol

__all__ = ["LIMIT", "Cutter", "Finder", "Fragment", "Piece"]

LIMIT: Final = 128 * 1024 * 1024
"""The longest frame that is believed; brokers take 100 MiB unless told otherwise."""

_LENGTH = Struct(">i")
_KEPT = 64
_HOPELESS = 4 * 1024 * 1024
_WINDOW = 64


@dataclass(slots=True)
class Piece:
    """A frame: the byte of the stream at which its length stands, its bytes, and what is missing of it."""

    position: int
    data: bytes
    damage: str = ""
    size: int = -1


@dataclass(slots=True)
class Fragment:
    """Bytes that are no frame: from which byte of the stream on, why, and the first of them."""

    position: int
    reason: str
    window: bytes = b""


class Finder(Protocol):
    """Knows what the frames of one direction look like."""

    def find(self, data: bytes, pos: int) -> int:
        """Gives where from ``pos`` on a frame begins, length first; -1 where none does."""

    def shortest(self) -> int:
        """Gives the length of the shortest frame there may be at this moment."""


class Cutter:
    """Takes a stream piece by piece; ``in_step`` is False where its first byte need not be a frame's first."""

    def __init__(self, finder: Finder, *, in_step: bool = True, position: int = 0) -> None:
        self._finder = finder
        self._chunks: list[bytes] = []
        self._held = 0
        self._wanted = 4
        self._position = position
        self._in_step = in_step
        self._skipped = 0
        self._ignored = 0
        self._began = in_step
        self.hopeless = False

    @property
    def idle(self) -> bool:
        """Whether the stream stands between two frames."""
        return self._in_step and not self._held and not self._ignored

    def takes_whole(self, data: bytes) -> bool:
        """Takes bytes that are just one frame where one is due, as most segments are; tells whether it did."""
        size = len(data) - 4
        if size < 4 or size > LIMIT or not self.idle or self.hopeless or _LENGTH.unpack_from(data)[0] != size:
            return False
        self._position += len(data)
        return True

    def feed(self, data: bytes) -> Iterable[Piece | Fragment]:
        """Takes the next bytes of the stream and gives what they complete."""
        if self.hopeless:
            return ()
        if self._ignored:
            dropped = min(self._ignored, len(data))
            self._ignored -= dropped
            self._position += dropped
            data = data[dropped:]
        if self._held:
            self._chunks.append(data)
            self._held += len(data)
            if self._held < self._wanted:
                return ()
            data = b"".join(self._chunks)
            self._chunks.clear()
            self._held = 0
        return self._cut(data)

    def hole(self, size: int) -> Iterator[Piece | Fragment]:
        """Takes note that bytes of the stream are missing at this place."""
        if self.hopeless:
            return
        held = self._take_held()
        start = self._position
        self._position += len(held) + size
        covered = min(self._ignored, size)
        self._ignored -= covered
        if covered == size:
            return
        if self._in_step and len(held) >= 4:
            missing = 4 + _LENGTH.unpack_from(held)[0] - len(held)
            yield Piece(start, held[4:], f"{size} bytes are missing from the capture here", len(held) - 4 + missing)
            if size <= missing:
                self._ignored = missing - size
            else:
                self._lose_step(0)
        elif self._in_step:
            yield Fragment(start + len(held), f"{size - covered} bytes are missing from the capture")
            self._lose_step(len(held))
        else:
            self._skipped += len(held)

    def finish(self) -> Iterator[Piece | Fragment]:
        """Takes note that the stream ends."""
        if self.hopeless:
            return
        held = self._take_held()
        if not self._in_step:
            if self._skipped + len(held):
                yield self._hopeless(held)
        elif len(held) >= 4:
            size = _LENGTH.unpack_from(held)[0]
            yield Piece(self._position, held[4:], f"the data ends after {len(held) - 4} of {size} bytes", size)
        elif held:
            yield Fragment(self._position, f"the data ends after {len(held)} of the 4 bytes of a length", held)

    def _take_held(self) -> bytes:
        held = b"".join(self._chunks)
        self._chunks.clear()
        self._held = 0
        self._wanted = 4
        return held

    def _lose_step(self, skipped: int) -> None:
        self._in_step = False
        self._skipped = skipped

    def _cut(self, data: bytes) -> Iterator[Piece | Fragment]:
        pos, end, wanted = 0, len(data), 4
        while True:
            if not self._in_step:
                found = self._finder.find(data, pos)
                if found < 0:
                    yield from self._skip(data, pos)
                    return
                yield from self._found(data, pos, found)
                pos = found
            if end - pos < 4:
                break
            size = _LENGTH.unpack_from(data, pos)[0]
            if not self._finder.shortest() <= size <= LIMIT:
                yield Fragment(self._position + pos, _bad_length(size), data[pos : pos + _WINDOW])
                self._lose_step(1)
                pos += 1
                continue
            wanted = 4 + size
            if pos + wanted > end:
                break
            yield Piece(self._position + pos, data[pos + 4 : pos + wanted])
            pos += wanted
            wanted = 4
        self._keep(data, pos, wanted)

    def _keep(self, data: bytes, pos: int, wanted: int) -> None:
        self._position += pos
        self._wanted = wanted
        rest = data[pos:]
        if rest:
            self._chunks.append(rest)
            self._held = len(rest)

    def _skip(self, data: bytes, pos: int) -> Iterator[Fragment]:
        kept = max(pos, len(data) - _KEPT)
        self._skipped += kept - pos
        self._keep(data, kept, 0)
        if self._skipped > _HOPELESS:
            yield self._hopeless(self._take_held())

    def _found(self, data: bytes, pos: int, found: int) -> Iterator[Fragment]:
        skipped = self._skipped + found - pos
        self._in_step = True
        self._skipped = 0
        if skipped:
            start = self._position + found - skipped
            why = "until the next frame" if self._began else "before the first frame: the capture began in the middle"
            yield Fragment(start, f"{skipped} bytes were skipped {why}", data[max(pos, 0) : min(found, pos + _WINDOW)])
        self._began = True

    def _hopeless(self, held: bytes) -> Fragment:
        self.hopeless = True
        total = self._skipped + len(held)
        start = self._position + len(held) - total
        return Fragment(start, f"no Kafka frame was found in {total} bytes", held[:_WINDOW])


def _bad_length(size: int) -> str:
    if size > LIMIT:
        return f"a frame length of {size}, more than the {LIMIT} bytes that are believed"
    return f"a frame length of {size}"
