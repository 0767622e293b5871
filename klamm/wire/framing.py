"""Frames: four bytes of length, then that many bytes.

The splitter is handed whatever arrived and gives back whole frames. It looks at a length as soon as its four bytes
are there, so a bad one costs nothing; what it holds is never more than the frame begun and the bytes of one read.
"""

from __future__ import annotations

from struct import Struct

from klamm.wire.errors import Malformed

__all__ = ["FrameSplitter", "frame"]

_LENGTH = Struct(">i")
_SMALL = 4096
_FULL = 65536


def frame(payload: bytes) -> bytes:
    """Puts the length before a payload."""
    return _LENGTH.pack(len(payload)) + payload


class FrameSplitter:
    """Splits a byte stream into frames of at most ``limit`` bytes; ``limit`` may be changed between frames."""

    __slots__ = ("_chunks", "_held", "_tail", "_wanted", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._chunks: list[bytes] = []
        self._tail = bytearray()
        self._held = 0
        self._wanted = 0

    @property
    def pending(self) -> int:
        """The size in bytes, length included, of the frame begun; 0 while its length is not known."""
        return self._wanted

    @property
    def buffered(self) -> int:
        """Bytes held for the frame begun."""
        return self._held

    def feed(self, data: bytes) -> list[bytes]:
        """Takes what arrived and gives the frames that are complete, without their length; raises Malformed."""
        if self._held:
            self._hold(data)
            if self._wanted > self._held:
                return []
            data = b"".join((*self._chunks, self._tail))
            self._chunks.clear()
            self._tail.clear()
            self._held = self._wanted = 0
        return self._split(data)

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

    def _split(self, data: bytes) -> list[bytes]:
        frames: list[bytes] = []
        pos, end = 0, len(data)
        while end - pos >= 4:
            size = self._checked(_LENGTH.unpack_from(data, pos)[0])
            if pos + 4 + size > end:
                self._wanted = 4 + size
                break
            frames.append(data[pos + 4 : pos + 4 + size])
            pos += 4 + size
        if pos < end:
            self._hold(data[pos:])
        return frames

    def _checked(self, size: int) -> int:
        if size <= 0:
            raise Malformed(f"a frame length of {size}", offset=0)
        if size > self.limit:
            raise Malformed(f"a frame of {size} bytes, the limit here is {self.limit}", offset=0)
        return size
