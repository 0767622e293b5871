"""Puts one direction of a TCP connection in order: repeats are dropped, early segments wait, holes are told."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["Half"]

_MODULUS = 1 << 32
_MAX_WAITING = 512
_MAX_WAITING_BYTES = 4 * 1024 * 1024


class Half:
    """One direction of a connection; gives ``(hole, data)``: so many bytes are missing before these bytes.

    A hole is believed once more waits behind it than a network reorders, or when nothing more can come.
    """

    __slots__ = ("_early", "_early_bytes", "_expected", "start")

    def __init__(self) -> None:
        self.start: int | None = None
        """Sequence number of the first byte, where the beginning was captured."""
        self._expected: int | None = None
        self._early: dict[int, bytes] = {}
        self._early_bytes = 0

    def begin(self, sequence: int) -> None:
        """Takes note of the sequence number of the first byte."""
        self._expected = self.start = sequence % _MODULUS

    def follows(self, sequence: int, size: int) -> bool:
        """Takes a segment, so far as its bytes are the next and none wait; tells whether it did."""
        if sequence != self._expected or self._early:
            return False
        self._expected = (sequence + size) % _MODULUS
        return True

    def accept(self, sequence: int, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Takes a segment and gives what is in order by now."""
        if self._expected is None:
            self._expected = sequence
        ahead = (sequence - self._expected) % _MODULUS
        if ahead >= _MODULUS // 2:
            data = data[_MODULUS - ahead :]
            ahead = 0
        if not data:
            return
        if ahead:
            self._wait(sequence, data)
            if len(self._early) > _MAX_WAITING or self._early_bytes > _MAX_WAITING_BYTES:
                yield from self._jump()
            return
        self._expected = (self._expected + len(data)) % _MODULUS
        yield 0, data
        if self._early:
            yield from self._caught_up()

    def finish(self) -> Iterator[tuple[int, bytes]]:
        """Gives what waits behind holes that will not be filled."""
        while self._early:
            yield from self._jump()

    def _wait(self, sequence: int, data: bytes) -> None:
        known = self._early.get(sequence, b"")
        if len(data) > len(known):
            self._early[sequence] = data
            self._early_bytes += len(data) - len(known)

    def _distance(self, sequence: int) -> int:
        """Gives how far ahead of the expected byte a segment begins; negative where it begins before it."""
        ahead = (sequence - (self._expected or 0)) % _MODULUS
        return ahead - _MODULUS if ahead >= _MODULUS // 2 else ahead

    def _jump(self) -> Iterator[tuple[int, bytes]]:
        sequence = min(self._early, key=self._distance)
        hole = self._distance(sequence)
        data = self._take(sequence)
        self._expected = (sequence + len(data)) % _MODULUS
        yield hole, data
        yield from self._caught_up()

    def _caught_up(self) -> Iterator[tuple[int, bytes]]:
        for sequence in sorted(self._early, key=self._distance):
            distance = self._distance(sequence)
            if distance > 0:
                return
            data = self._take(sequence)[-distance:]
            if data:
                self._expected = ((self._expected or 0) + len(data)) % _MODULUS
                yield 0, data

    def _take(self, sequence: int) -> bytes:
        data = self._early.pop(sequence)
        self._early_bytes -= len(data)
        return data
