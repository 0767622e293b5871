"""The way to a broker: from a port's node id to a connection that is logged in and ready for requests."""

from __future__ import annotations

import asyncio

from klamm.proxy.broker_connection import BrokerConnection, Owner
from klamm.proxy.cluster import Broker
from klamm.proxy.requests import UpstreamError
from klamm.proxy.service import Service

__all__ = ["reach"]

_MOST_TRIED = 3


async def reach(service: Service, node_id: int | None, owner: Owner) -> tuple[int, BrokerConnection]:
    """Connects to the broker of that id, or to any (None), and gives its id too; raises UpstreamError.

    Waits as long as the broker is not known; the caller sets the time. Cancelled, it leaves nothing open.
    """
    failures = []
    candidates = await service.topology.candidates(node_id)
    for broker in candidates[:_MOST_TRIED]:
        try:
            return broker.node_id, await _connect(service, broker, owner)
        except (OSError, UpstreamError) as error:
            service.counters.count("klamm_upstream_errors_total", kind="connect")
            service.topology.suspect()
            told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            failures.append(f"broker {broker.node_id} at {broker.host}:{broker.port}: {told}")
    raise UpstreamError("; ".join(failures))


async def _connect(service: Service, broker: Broker, owner: Owner) -> BrokerConnection:
    connection = BrokerConnection(owner, service.upstream_login(), service.budget, service.limits.write_high_water)
    try:
        await asyncio.get_running_loop().create_connection(lambda: connection, broker.host, broker.port)
        await connection.ready
    except BaseException:
        connection.abort()
        raise
    return connection
