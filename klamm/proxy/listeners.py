"""The listening sockets: the bootstrap port and one port for each broker of every listener set."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable

from klamm.proxy.client_connection import ClientConnection
from klamm.proxy.service import Door

__all__ = ["BindError", "bind"]

_BACKLOG = 1024


class BindError(Exception):
    """Says which address cannot be listened on, and why."""


async def bind(doors: Iterable[tuple[str, int, Door]]) -> list[asyncio.Server]:
    """Listens at every (host, port) for its door; raises BindError and then listens at none of them."""
    servers: list[asyncio.Server] = []
    try:
        for host, port, door in doors:
            servers.append(await _listen(host, port, door))
    except BindError:
        for server in servers:
            server.close()
        raise
    return servers


async def _listen(host: str, port: int, door: Door) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(lambda: ClientConnection(door), host, port, backlog=_BACKLOG)
    except OSError as error:
        # asyncio puts a sentence of its own into strerror; the number's text is what operators search for.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise BindError(f"cannot listen on {where} (listener set {door.listener}): {reason}") from None
