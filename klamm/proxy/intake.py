"""One direction of a connection: bytes as they arrive, whole frames out, within the limits.

    collecting --frame complete--> held --handed on and drained--> released

A large frame's reservation outlives its collection: the rewritten frame lies in the other side's write buffer until the
peer takes it, so the room is given back only when the connection says that everything was `handed_on`.
"""

from __future__ import annotations

from collections.abc import Callable

from klamm.proxy.budget import LARGE, Budget, Reservation
from klamm.wire.framing import FrameSplitter

__all__ = ["Intake"]


class Intake:
    """Splits what a peer sends into frames and reserves room for the large ones.

    While `waiting`, the peer's socket must not be read; `wake` is called when it may be again.
    """

    __slots__ = ("_budget", "_collecting", "_held", "_splitter", "_wake", "holding", "owner", "waiting")

    def __init__(self, limit: int, budget: Budget, wake: Callable[[], None]) -> None:
        self.owner = ""
        self.waiting = False
        self.holding = False
        """Whether a large frame was completed whose room is still taken."""
        self._splitter = FrameSplitter(limit)
        self._budget = budget
        self._wake = wake
        self._collecting: Reservation | None = None
        self._held: list[Reservation] = []

    def feed(self, data: bytes) -> list[bytes]:
        """Gives the frames that are complete, without their length; raises Malformed for a bad length."""
        frames = self._splitter.feed(data)
        if frames and self._collecting is not None:
            # The frame begun earlier is the first of these: a splitter never has two frames begun.
            self._completed(self._collecting)
        if self._collecting is None and self._splitter.pending > LARGE:
            self._collecting = self._budget.reserve(self.owner, self._splitter.pending, self._granted)
            self.waiting = not self._collecting.granted
        return frames

    @property
    def buffered(self) -> int:
        """Bytes held of the frame begun."""
        return self._splitter.buffered

    def restrict(self, limit: int) -> None:
        """Sets how long the next frames may be."""
        self._splitter.limit = limit

    def handed_on(self) -> None:
        """Gives back the room of the frames that were completed: the other side has taken them."""
        held, self._held, self.holding = self._held, [], False
        for claim in held:
            self._budget.release(claim)

    def close(self) -> None:
        """Gives everything back; what was begun will never be finished."""
        if self._collecting is not None:
            self._held.append(self._collecting)
            self._collecting = None
        self.waiting = False
        self.handed_on()

    def _completed(self, claim: Reservation) -> None:
        self._collecting = None
        if claim.granted:
            self._held.append(claim)
            self.holding = True
        else:
            # It came although nobody read it: a socket may deliver what it had read before it was told to stop.
            self._budget.release(claim)
            self._granted()

    def _granted(self) -> None:
        self.waiting = False
        self._wake()
