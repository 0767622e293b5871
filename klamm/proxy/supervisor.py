"""The whole proxy: built from a configuration, started, watched, and stopped without losing an answer."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from klamm.auth.errors import AuthError
from klamm.config.model import Config
from klamm.observe import logs
from klamm.observe.counters import Counters
from klamm.observe.tap import Tap
from klamm.proxy.assembly import make_doors, make_service
from klamm.proxy.client_connection import IDLE_TICKS
from klamm.proxy.cluster import Snapshot
from klamm.proxy.listeners import BindError, bind
from klamm.proxy.service import Member
from klamm.rewriting import RuleError
from klamm.tenancy.namespace import NamespaceError

__all__ = ["EXIT_BAD_CONFIG", "EXIT_CANNOT_BIND", "Supervisor", "run"]

EXIT_BAD_CONFIG = 78
EXIT_CANNOT_BIND = 71

_LAST_MOMENT = 1.0
"""Seconds that sockets get to be gone after they were aborted."""


class Supervisor:
    """Runs everything in the event loop it is made in; raises RuleError for a rules file that cannot be used.

    NamespaceError and AuthError come for tenants that `klamm.config` ought to have refused.
    """

    def __init__(self, config: Config, tap: Tap | None = None) -> None:
        self.counters = Counters()
        self._listener_sets = config.proxy.listener_sets
        self._limits = config.proxy.limits
        self._log = logs.get("proxy")
        self._service = make_service(config, self.counters, self._log)
        self._service.tap = tap
        self._doors = list(make_doors(config, self._service))
        self._topology = self._service.topology
        self._topology.on_change = self._cluster_changed
        self._servers: list[asyncio.Server] = []
        self._ticker: asyncio.Task[None] | None = None
        self.ready = self._topology.ready
        """Set when the cluster is known."""

    @property
    def addresses(self) -> dict[str, str]:
        """Where clients bootstrap, by listener set, as `host:port`."""
        ports = {listener.name: listener.port_range for listener in self._listener_sets}
        return {name: f"{it.advertised_host}:{it.bootstrap_port}" for name, it in ports.items()}

    @property
    def connections(self) -> int:
        """How many client connections have a socket open."""
        return len(self._service.members)

    @property
    def buffered(self) -> int:
        """Bytes that large frames have reserved."""
        return self._service.budget.used

    async def start(self) -> None:
        """Listens at every port and begins to watch the cluster; raises BindError."""
        self._servers = await bind(self._doors)
        self._topology.start()
        self._ticker = asyncio.get_running_loop().create_task(self._tick())
        self._log.info("listening", **self.addresses)

    async def stop(self) -> None:
        """Accepts nobody any more, lets requests under way be answered, then closes what is left."""
        self._log.info("stopping", connections=self.connections)
        self._service.stopping = True
        for server in self._servers:
            server.close()
        self._all(lambda member: member.drain("drain", "Klamm is stopping"))
        await self._emptied(self._limits.shutdown_timeout)
        self.hurry()
        await self._emptied(_LAST_MOMENT)
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        await self._topology.stop()
        self._service.events.close()
        self._service.refusals.close()
        self._log.info("stopped", connections=self.connections)

    def hurry(self) -> None:
        """Closes every connection at once; a `stop` under way then has nothing to wait for."""
        self._all(lambda member: member.abort())

    def _all(self, act: Callable[[Member], None]) -> None:
        for member in list(self._service.members):
            act(member)

    async def _emptied(self, within: float) -> None:
        if self._service.members:
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self._service.empty.wait()

    async def _tick(self) -> None:
        buffered = self.counters.gauge("klamm_buffered_bytes")
        while True:
            await asyncio.sleep(self._limits.idle_timeout / IDLE_TICKS)
            buffered.set(self.buffered)
            self._all(lambda member: member.tick())
            self._service.events.flush()
            self._service.refusals.flush()

    def _cluster_changed(self, before: Snapshot | None, after: Snapshot) -> None:
        shrunk = frozenset() if before is None else after.shrunk_since(before)
        for member in list(self._service.members):
            if member.node_id in shrunk:
                member.close("upstream_closed", f"broker {member.node_id} offers less than its clients were told")


def run(config: Config, tap: Tap | None = None) -> int:
    """Serves until SIGTERM or SIGINT and gives the exit code: 0, 71 if a port is taken, 78 if the rules are wrong.

    A second signal closes what is still open at once. ``tap`` gets every frame that passes.
    """
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        return runner.run(_serve(config, tap))


def _new_event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _serve(config: Config, tap: Tap | None) -> int:
    log = logs.get("proxy")
    try:
        supervisor = Supervisor(config, tap)
    except (RuleError, NamespaceError, AuthError) as error:
        log.error("the configuration cannot be used", reason=str(error))
        return EXIT_BAD_CONFIG
    stopping = asyncio.Event()

    def on_signal() -> None:
        if stopping.is_set():
            supervisor.hurry()
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    try:
        await supervisor.start()
    except BindError as error:
        log.error("a port cannot be used", reason=str(error))
        return EXIT_CANNOT_BIND
    await stopping.wait()
    await supervisor.stop()
    return 0
