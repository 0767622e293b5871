"""The cluster as it is now: found, watched, and published as snapshots.

It is looked at every 30 s, and soon when a connection to a broker fails. A cluster that cannot be reached is tried
again after 0.2 s, then ever later up to 10 s. The last snapshot stays meanwhile: old news is better than none, and a
connection to a broker that is gone fails by itself.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress

from klamm.config.model import Limits, Upstream
from klamm.observe.counters import Counters
from klamm.observe.logs import Log
from klamm.proxy.cluster import Broker, Snapshot
from klamm.proxy.requests import UpstreamError
from klamm.proxy.scout import Scout
from klamm.proxy.upstream_login import UpstreamLogin

__all__ = ["Topology"]

_REFRESH = 30.0
_LEAST_BETWEEN = 1.0
_FIRST_DELAY = 0.2
_LAST_DELAY = 10.0

_random = random.SystemRandom()


class Topology:
    """Watches one cluster over connections of its own and tells who is there."""

    def __init__(
        self,
        upstream: Upstream,
        limits: Limits,
        login: Callable[[], UpstreamLogin | None],
        counters: Counters,
        log: Log,
    ) -> None:
        self.snapshot: Snapshot | None = None
        self.ready = asyncio.Event()
        """Set when there is a snapshot."""
        self.on_change: Callable[[Snapshot | None, Snapshot], None] = lambda before, after: None
        """Called with the old and the new snapshot."""
        self._scout = Scout(upstream.bootstrap, limits.connect_timeout, login, log)
        self._bootstrap_hosts = frozenset(address.host for address in upstream.bootstrap)
        self.hosts = self._bootstrap_hosts
        """The names and addresses by which brokers are known: those that they say, and those to bootstrap from.

        A new set for each snapshot, so that who keeps what follows from it can tell by the object.
        """
        self._counters = counters
        self._log = log
        self._changed = asyncio.Event()
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._turn = 0

    def start(self) -> None:
        """Begins to watch."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Stops watching and closes the connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._scout.close()

    def suspect(self) -> None:
        """Asks for a look at the cluster soon; however often it is asked, there is at most one a second."""
        self._nudge.set()

    async def known(self, node_id: int | None) -> None:
        """Waits until it is known what a node speaks (None: any node)."""
        await self._until(lambda: any(broker.versions for broker in self._matching(node_id)))

    async def candidates(self, node_id: int | None) -> Sequence[Broker]:
        """Waits until a node is known and gives it; for None gives all, beginning with another one each time."""
        await self._until(lambda: bool(self._matching(node_id)))
        found = self._matching(node_id)
        self._turn += 1
        first = self._turn % len(found)
        # Those that have answered our own questions come first: they are the ones that are up.
        return sorted(found[first:] + found[:first], key=lambda broker: not broker.versions)

    def _matching(self, node_id: int | None) -> list[Broker]:
        brokers = [] if self.snapshot is None else self.snapshot.brokers.values()
        return [broker for broker in brokers if node_id in (None, broker.node_id)]

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self.suspect()
            await self._changed.wait()

    async def _watch(self) -> None:
        delay = _FIRST_DELAY
        while True:
            try:
                snapshot = await self._scout.look(self.snapshot)
            except Exception as error:
                self._failed(error, delay)
                await asyncio.sleep(delay + _random.uniform(0, delay / 4))
                delay = min(2 * delay, _LAST_DELAY)
                continue
            delay = _FIRST_DELAY
            if snapshot != self.snapshot:
                self._publish(snapshot)
            await asyncio.sleep(_LEAST_BETWEEN)
            with suppress(TimeoutError):
                async with asyncio.timeout(_REFRESH - _LEAST_BETWEEN):
                    await self._nudge.wait()
            self._nudge.clear()

    def _failed(self, error: Exception, delay: float) -> None:
        self._counters.count("klamm_upstream_errors_total", kind="control")
        if not isinstance(error, OSError | UpstreamError):
            # The watch must go on whatever a broker does: nothing would be served again without it.
            self._log.bug("a look at the cluster met a defect in Klamm", error)
        self._log.warning(
            "the cluster cannot be reached, it is tried again", reason=str(error), retry_in_ms=round(delay * 1000)
        )

    def _publish(self, snapshot: Snapshot) -> None:
        before, self.snapshot = self.snapshot, snapshot
        self.hosts = self._bootstrap_hosts | {broker.host for broker in snapshot.brokers.values()}
        speaking = sum(bool(broker.versions) for broker in snapshot.brokers.values())
        self._counters.gauge("klamm_upstream_brokers", state="up").set(speaking)
        self._counters.gauge("klamm_upstream_brokers", state="down").set(len(snapshot.brokers) - speaking)
        self._log.info(
            "the cluster is known" if before is None else "the cluster has changed",
            cluster_id=snapshot.cluster_id,
            brokers=", ".join(f"{node} at {it.host}:{it.port}" for node, it in sorted(snapshot.brokers.items())),
        )
        self.ready.set()
        self.on_change(before, snapshot)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
