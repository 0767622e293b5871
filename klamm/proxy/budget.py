"""The memory that large frames may take, all connections together.

A frame is kept whole until it is rewritten and handed on, so what peers can make Klamm hold is the number of frames
times their size. Frames up to `LARGE` are covered by the limit on connections; each longer one reserves its whole
length before it is collected. Those that find no room wait, in the order they came, with their socket unread; one that
has been granted can always finish, so nothing that holds memory ever waits for memory.

No owner (a tenant, or everyone who has not logged in yet) gets more than half: whoever fills its half with frames that
never end, or with answers it never reads, makes only itself wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

__all__ = ["LARGE", "Budget", "Reservation"]

LARGE = 64 * 1024
"""Bytes up to which a frame is collected without asking."""


class Reservation:
    """A claim on the budget; `granted` turns true at once or when there is room, and then `wake` has been called."""

    __slots__ = ("granted", "owner", "size", "wake")

    def __init__(self, owner: str, size: int, wake: Callable[[], None]) -> None:
        self.owner = owner
        self.size = size
        self.wake = wake
        self.granted = False


class Budget:
    """Hands out `total` bytes, first come first served, at most half of them to one owner."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.used = 0
        self._share = total // 2
        self._used_by: Counter[str] = Counter()
        self._waiting: dict[Reservation, None] = {}

    @property
    def waiting(self) -> int:
        """How many frames wait for room."""
        return len(self._waiting)

    def reserve(self, owner: str, size: int, wake: Callable[[], None]) -> Reservation:
        """Claims room for a frame; `wake` is called only if the claim had to wait."""
        claim = Reservation(owner, size, wake)
        if self._has_room(size) and self._has_share(owner, size) and not self._is_overtaking(owner):
            self._grant(claim)
        else:
            self._waiting[claim] = None
        return claim

    def release(self, claim: Reservation) -> None:
        """Gives the room back, or stops waiting for it; then lets in those who wait and now fit."""
        if claim.granted:
            claim.granted = False
            self.used -= claim.size
            self._used_by[claim.owner] -= claim.size
            if not self._used_by[claim.owner]:
                del self._used_by[claim.owner]
        else:
            self._waiting.pop(claim, None)
        self._admit()

    def _admit(self) -> None:
        for claim in list(self._waiting):
            if not self._has_share(claim.owner, claim.size):
                continue
            if not self._has_room(claim.size):
                # Who comes after must not overtake, or a large frame would starve behind smaller ones.
                break
            del self._waiting[claim]
            self._grant(claim)
            claim.wake()

    def _grant(self, claim: Reservation) -> None:
        claim.granted = True
        self.used += claim.size
        self._used_by[claim.owner] += claim.size

    def _has_room(self, size: int) -> bool:
        # A frame alone always fits, whatever the total: otherwise it would wait for ever.
        return not self.used or self.used + size <= self.total

    def _has_share(self, owner: str, size: int) -> bool:
        held = self._used_by[owner]
        return not held or held + size <= self._share

    def _is_overtaking(self, owner: str) -> bool:
        return any(claim.owner == owner or self._has_share(claim.owner, claim.size) for claim in self._waiting)
