"""Looks at the cluster: who is there, by one broker's Metadata, and what each of them speaks, by its own word.

A connection to each broker is kept, so that a look costs one round trip; one that fails in any way is thrown away.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from klamm.observe.logs import Log
from klamm.proxy.cluster import Broker, Snapshot
from klamm.proxy.control import ControlLink
from klamm.proxy.requests import UpstreamError
from klamm.proxy.upstream_login import UpstreamLogin

__all__ = ["Scout"]

_AT_ONCE = 16
_HOST = re.compile(r"[A-Za-z0-9._:%-]{1,255}")


class Scout:
    """Asks the brokers of one cluster."""

    def __init__(
        self,
        bootstrap: Sequence[tuple[str, int]],
        timeout: float,
        login: Callable[[], UpstreamLogin | None],
        log: Log,
    ) -> None:
        self._bootstrap = tuple(bootstrap)
        self._timeout = timeout
        self._login = login
        self._log = log
        self._links: dict[int, ControlLink] = {}
        self._turn = 0

    async def look(self, before: Snapshot | None) -> Snapshot:
        """Gives the cluster as it is now; raises UpstreamError if nobody answers."""
        metadata = await self._metadata(before)
        gate = asyncio.Semaphore(_AT_ONCE)
        found = [_broker(row) for row in metadata["brokers"]]
        if len({broker.node_id for broker in found}) != len(found):
            raise UpstreamError("tells two brokers with the same id")
        asked = await asyncio.gather(*(self._ask(broker, before, gate) for broker in found))
        brokers = {broker.node_id: broker for broker in asked}
        for node_id in self._links.keys() - brokers.keys():
            self._drop(node_id)
        return Snapshot(metadata.get("cluster_id"), brokers)

    def close(self) -> None:
        """Closes all connections."""
        for node_id in list(self._links):
            self._drop(node_id)

    async def _metadata(self, before: Snapshot | None) -> dict[str, Any]:
        for node_id, link in list(self._links.items()):
            try:
                async with asyncio.timeout(self._timeout):
                    return await link.metadata()
            except (OSError, UpstreamError):
                self._drop(node_id)
        failures = []
        for host, port in self._addresses(before):
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._metadata_from(host, port)
            except (OSError, UpstreamError) as error:
                failures.append(f"{host}:{port}: {_told(error)}")
        raise UpstreamError("; ".join(failures))

    async def _metadata_from(self, host: str, port: int) -> dict[str, Any]:
        link = await ControlLink.open(host, port, self._login())
        try:
            await link.api_versions()
            return await link.metadata()
        finally:
            link.close()

    def _addresses(self, before: Snapshot | None) -> Iterator[tuple[str, int]]:
        """Yields where to ask, once each: the configured addresses, another one first each time, then known brokers."""
        self._turn += 1
        first = self._turn % len(self._bootstrap)
        known = [] if before is None else [(broker.host, broker.port) for broker in before.brokers.values()]
        yield from dict.fromkeys([*self._bootstrap[first:], *self._bootstrap[:first], *known])

    async def _ask(self, broker: Broker, before: Snapshot | None, gate: asyncio.Semaphore) -> Broker:
        earlier = None if before is None else before.brokers.get(broker.node_id)
        if earlier is not None and (earlier.host, earlier.port) != (broker.host, broker.port):
            self._drop(broker.node_id)
            earlier = None
        try:
            async with gate, asyncio.timeout(self._timeout):
                versions, features = await (await self._link(broker)).api_versions()
        except (OSError, UpstreamError) as error:
            self._drop(broker.node_id)
            reason = f"broker {broker.node_id} at {broker.host}:{broker.port}: {_told(error)}"
            self._log.warning("a broker of the cluster does not answer", reason=reason)
            # What it spoke before it will most likely speak again.
            return broker if earlier is None else earlier
        return replace(broker, versions=versions, features=features)

    async def _link(self, broker: Broker) -> ControlLink:
        link = self._links.get(broker.node_id)
        if link is None or not link.usable:
            self._drop(broker.node_id)
            link = self._links[broker.node_id] = await ControlLink.open(broker.host, broker.port, self._login())
        return link

    def _drop(self, node_id: int) -> None:
        link = self._links.pop(node_id, None)
        if link is not None:
            link.close()


def _broker(row: dict[str, Any]) -> Broker:
    host, port = row["host"], row["port"]
    if row["node_id"] < 0 or not _HOST.fullmatch(host) or not 0 < port < 65536:
        raise UpstreamError(f"tells of broker {row['node_id']} at {host!r}:{port}, where none can be")
    return Broker(row["node_id"], host, port)


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
