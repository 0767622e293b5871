"""Members of one group, each polling in a thread of its own, as they would in processes of their own."""

import threading
from collections import Counter
from collections.abc import Callable

from tests.clients.family import REBALANCING, Member, Refusal, until

__all__ = ["GroupRun"]


class GroupRun:
    """Lets members join and leave a group, and counts what they receive and commit; each commits after every poll."""

    def __init__(self, join: Callable[[], Member]) -> None:
        self._join = join
        self._runners: list[_Runner] = []
        self.received: Counter[str] = Counter()

    def grow(self, count: int) -> None:
        """Let members join until there are `count`."""
        while len(self._runners) < count:
            self._runners.append(_Runner(self._join(), self.received))

    def shrink(self, count: int) -> None:
        """Let members leave until there are `count`."""
        while len(self._runners) > count:
            self._runners.pop().leave()

    def close(self) -> None:
        """Let all leave."""
        self.shrink(0)

    def settle(self, partitions: int) -> None:
        """Wait until every member has a share and each partition has one member."""

        def settled() -> bool:
            shares = [runner.share() for runner in self._runners]
            together = sorted(partition for share in shares for partition in share)
            return all(shares) and together == list(range(partitions))

        until(f"{len(self._runners)} members share {partitions} partitions", settled)

    def await_all(self, values: list[str]) -> None:
        """Wait until the group has received all these values."""

        def complete() -> bool:
            self._look_for_errors()
            return all(self.received[value] for value in values)

        until(f"the group receives {len(values)} messages", complete)

    def _look_for_errors(self) -> None:
        for runner in self._runners:
            if runner.error is not None:
                raise AssertionError(f"a member of the group failed: {runner.error}") from runner.error


class _Runner:
    """One member and its thread."""

    def __init__(self, member: Member, received: Counter[str]) -> None:
        self.error: Exception | None = None
        self._member = member
        self._received = received
        self._share: set[int] = set()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="member", daemon=True)
        self._thread.start()

    def share(self) -> set[int]:
        """Return the member's partitions as they were after its last poll."""
        if self.error is not None:
            raise AssertionError(f"a member of the group failed: {self.error}") from self.error
        return self._share

    def leave(self) -> None:
        """Leave the group, committed."""
        self._leaving.set()
        self._thread.join()
        if self.error is not None:
            raise AssertionError(f"a member of the group failed: {self.error}") from self.error

    def _run(self) -> None:
        try:
            while not self._leaving.is_set():
                messages = self._member.poll()
                if messages and self._committed():
                    self._received.update(message.value for message in messages)
                self._share = self._member.assignment()
        except Exception as error:
            self.error = error
        finally:
            self._member.close()

    def _committed(self) -> bool:
        try:
            self._member.commit()
        except Refusal as refusal:
            # A rebalance was quicker, and these messages are for whoever has the partition now; that is the group
            # protocol, and no message is lost by it.
            if refusal.code not in REBALANCING:
                raise
            return False
        return True
