"""Frames: four bytes of length, then that many bytes.

The splitter is handed whatever arrived and gives back whole frames. It looks at a length as soon as its four bytes
are there, so a bad one costs nothing; what it holds is never more than the frame begun and the bytes of one read.
"""

from __future__ import annotations

from struct import Struct

from klamm.wire.errors import Malformed

__all__ = ["FrameSplitter", "frame"]

_length = Struct(">i").unpack_from
_pack = Struct(">i").pack
_SMALL = 4096
_FULL = 65536


def frame(payload: bytes) -> bytes:
    """Puts the length before a payload."""
    return _pack(len(payload)) + payload


class FrameSplitter:
    """Splits a byte stream into frames of at most ``limit`` bytes; ``limit`` may be changed between frames."""

    __slots__ = ("_chunks", "_head", "_held", "_size", "_tail", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._head = b""
        self._size = 0
        self._chunks: list[bytes] = []
        self._tail = bytearray()
        self._held = 0

    @property
    def pending(self) -> int:
        """The size in bytes, length included, of the frame begun; 0 while its length is not known."""
        return self._size + 4 if self._size else 0

    @property
    def buffered(self) -> int:
        """Bytes that have come of the frame begun, those of its length included."""
        return self._held + 4 if self._size else len(self._head)

    def feed(self, data: bytes) -> list[bytes]:
        """Takes what arrived and gives the frames that are complete, without their length; raises Malformed."""
        if not self._size:
            if self._head:
                data = self._head + data
                self._head = b""
            return self._split(data, 0, [])
        missing = self._size - self._held
        if len(data) < missing:
            self._hold(data)
            return []
        begun = b"".join((*self._chunks, self._tail, data if len(data) == missing else data[:missing]))
        self._chunks.clear()
        self._tail.clear()
        self._held = self._size = 0
        return self._split(data, missing, [begun])

    def _split(self, data: bytes, pos: int, frames: list[bytes]) -> list[bytes]:
        end = len(data)
        while end - pos >= 4:
            (size,) = _length(data, pos)
            if not 0 < size <= self.limit:
                raise self._bad(size)
            pos += 4
            if pos + size > end:
                self._size = size
                self._hold(data[pos:])
                return frames
            frames.append(data[pos : pos + size])
            pos += size
        self._head = data[pos:]
        return frames

    def _hold(self, data: bytes) -> None:
        # A peer that sends byte by byte must not make an object of each byte: small pieces share one buffer.
        self._held += len(data)
        if len(data) >= _SMALL and not self._tail:
            self._chunks.append(data)
            return
        self._tail += data
        if len(self._tail) >= _FULL:
            self._chunks.append(bytes(self._tail))
            self._tail.clear()

    def _bad(self, size: int) -> Malformed:
        if size <= 0:
            return Malformed(f"a frame length of {size}", offset=0)
        return Malformed(f"a frame of {size} bytes, the limit here is {self.limit}", offset=0)
