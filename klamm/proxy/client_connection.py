"""The socket of a client, and the owner of the pair: this connection and the one to its broker.

The conversation decides what is said; here it is moved, held back and ended. One side's end is the other's, and nobody
else's. What was handed over to a transport still leaves after `close`, but not for longer than `_LINGER`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from klamm.proxy.broker_connection import BrokerConnection
from klamm.proxy.intake import Intake
from klamm.proxy.record import Record
from klamm.proxy.requests import UpstreamError
from klamm.proxy.service import Door
from klamm.proxy.terms import Stage
from klamm.proxy.upstream import reach
from klamm.proxy.valve import BACKLOG, BUDGET, ENDING, SLOW_PEER, Valve, write_all
from klamm.wire.errors import Malformed

__all__ = ["IDLE_TICKS", "ClientConnection"]

IDLE_TICKS = 8
"""How many ticks without a byte from either side make a connection idle."""

_ERRAND_TICKS = 2
"""How many of them a broker gets to answer a question of Klamm's own that a client's request waits for."""

_LINGER = 5.0
"""Seconds that a peer gets to take what was written to it before its connection was closed."""

_HALF_CLOSED = 2.0
"""Seconds that a client which has closed its sending side gets for the answers still due; a broker gives none."""

_OF_LIFETIME = 0.85
"""Part of its login's lifetime upstream after which a pair ends, between requests, so that the client comes back."""


class ClientConnection(asyncio.Protocol):
    """One client at one door."""

    def __init__(self, door: Door) -> None:
        self.node_id = door.node_id
        self._door = door
        self._service = door.service
        self._loop = asyncio.get_running_loop()
        self._talk = door.conversation()
        self._intake = Intake(self._talk.frame_limit, door.service.budget, self._room_granted)
        self._broker: BrokerConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._cause = ""
        self._reason = ""
        self._loud = False
        self._ending: tuple[str, str] | None = None
        self._backlog = False
        self._client_paused = False
        self._broker_paused = False
        self._turning = False
        self._lost = False
        self._quiet = 0

    # -- asyncio: the client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        service, limits = self._service, self._service.limits
        self._transport = cast(asyncio.Transport, transport)
        self._valve = Valve(self._transport)
        number = service.join(self)
        self._talk.introduce(number)
        admitted = len(service.members) <= service.max_connections
        events = service.events if admitted else service.refusals
        peer = transport.get_extra_info("peername")
        self._record = Record(service.counters, events, self._door.listener, number, peer)
        self._transport.set_write_buffer_limits(high=limits.write_high_water)
        if not admitted:
            self.close("limit", f"{service.max_connections} connections are open, and no more may be")
        elif service.stopping:
            self.close("drain", "Klamm is stopping")
        elif self._talk.stage is Stage.BOUND:
            self._enter()
        else:
            self._set_timer(limits.login_timeout, lambda: self.close("login_timeout", "no login in time"))

    def data_received(self, data: bytes) -> None:
        if self._cause:
            return
        self._quiet = 0
        self._record.bytes_in += len(data)
        try:
            self._talk.receive_client(self._intake.feed(data))
        except Malformed as error:
            self._talk.malformed(error)
        except Exception as error:
            self._defect(error)
        self._settle()

    def pause_writing(self) -> None:
        self._client_paused = True
        self._regulate()

    def resume_writing(self) -> None:
        self._client_paused = False
        self._regulate()

    def eof_received(self) -> bool:
        # Brokers close at once; but an answer that is already on its way costs little and may be waited for.
        if self._cause or self._talk.idle or self._talk.stage in (Stage.LOGIN, Stage.REFUSED):
            self.close("client_closed", "")
            return False
        self._ending = self._ending or ("client_closed", "")
        self._set_timer(_HALF_CLOSED, lambda: self.close("client_closed", "half-closed with answers still due"))
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self.close("client_closed", "" if exc is None else str(exc))
        self._intake.close()
        if self._broker is not None:
            self._broker.intake.close()
        self._service.leave(self)
        self._record.closed(self._cause, self._reason, loud=self._loud)
        self._both_lost()

    # -- Owner: the broker

    def broker_frames(self, frames: list[bytes]) -> None:
        """Takes answers."""
        if self._cause:
            return
        self._quiet = 0
        try:
            self._talk.receive_broker(frames)
        except Exception as error:
            self._defect(error)
        self._settle()

    def broker_paused(self, paused: bool) -> None:
        """Stops taking requests while the broker does not take them."""
        self._broker_paused = paused
        self._regulate()

    def broker_malformed(self, error: Malformed) -> None:
        """Ends the pair: what comes from the broker makes no sense any more."""
        self._service.counters.count("klamm_upstream_errors_total", kind="malformed")
        self.close("error", f"the broker sent what is no frame: {error}")

    def broker_lost(self, reason: str) -> None:
        """Ends the pair; nothing of an answer that was not complete has been passed on."""
        self.close("upstream_closed", reason)
        self._both_lost()

    # -- Member: whoever keeps all connections

    def tick(self) -> None:
        """Counts the time without a byte."""
        if self._cause:
            return
        self._record.flush()
        self._quiet += 1
        if self._quiet > IDLE_TICKS:
            self.close("idle", "no byte either way for the idle time")
        elif self._talk.on_errand and self._quiet > _ERRAND_TICKS:
            self.close("upstream_closed", "the broker does not say whose a topic id is")

    def drain(self, cause: str, reason: str) -> None:
        """Ends the pair as soon as every request taken has been answered; no more are read."""
        if self._talk.stage is not Stage.READY or self._talk.idle:
            self.close(cause, reason)
        elif self._ending is None:
            self._ending = (cause, reason)
            self._valve.set(ENDING, True)

    def close(self, cause: str, reason: str, *, loud: bool = False) -> None:
        """Ends the pair now; what was handed to the sockets may still leave."""
        if self._cause:
            return
        self._cause, self._reason, self._loud = cause, reason, loud
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        if self._broker is not None:
            self._broker.close()
        self._transport.close()
        self._linger = self._loop.call_later(_LINGER, self.abort)

    def abort(self) -> None:
        """Ends both sockets at once, whatever is still to be sent."""
        self.close("drain", "")
        self._transport.abort()
        if self._broker is not None:
            self._broker.abort()

    # -- after every event

    def _settle(self) -> None:
        """Writes what the conversation has said and sets who is read; one write for each side and event."""
        talk, broker = self._talk, self._broker
        if talk.to_broker and broker is not None:
            broker.write(talk.to_broker)
        if talk.to_client:
            self._record.bytes_out += write_all(self._transport, talk.to_client)
        if talk.attention:
            self._attend()
        if self._cause:
            return
        backlog = bool(talk.unread)
        if backlog is not self._backlog:
            self._backlog = backlog
            self._valve.set(BACKLOG, backlog)
        if self._intake.holding and not backlog and not self._broker_paused:
            # Before anything waits for room: it may be this client's own last frame that takes it.
            self._intake.handed_on()
        if self._intake.waiting:
            self._valve.set(BUDGET, True)
        if broker is not None and broker.intake.holding and not self._client_paused:
            broker.intake.handed_on()
        if backlog and not self._turning and talk.can_advance:
            self._turning = True
            self._loop.call_soon(self._turn)
        if self._ending is not None and talk.idle:
            self.close(*self._ending)

    def _attend(self) -> None:
        talk = self._talk
        talk.attention = False
        if talk.ending is not None:
            self.close(talk.ending.cause, talk.ending.reason, loud=talk.ending.loud)
        elif talk.stage is Stage.REFUSED:
            self._valve.set(ENDING, True)
            self._intake.close()
            self._set_timer(self._service.limits.auth_failure_delay, lambda: self._step(talk.refuse))
        elif talk.stage is Stage.BOUND:
            self._enter()
        elif talk.wants_cluster and self._task is None:
            self._task = self._loop.create_task(self._await_cluster())
        if talk.stage is Stage.LOGIN:
            self._intake.restrict(talk.frame_limit)

    def _regulate(self) -> None:
        held = self._client_paused or self._broker_paused
        self._talk.held = held
        self._valve.set(SLOW_PEER, held)
        if self._broker is not None:
            self._broker.hold(self._client_paused)
        if not held and not self._cause:
            self._step(self._talk.advance)

    def _turn(self) -> None:
        self._turning = False
        if not self._cause:
            self._step(self._talk.advance)

    def _step(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            self._defect(error)
        self._settle()

    def _room_granted(self) -> None:
        self._valve.set(BUDGET, False)

    # -- the way to READY

    async def _await_cluster(self) -> None:
        try:
            async with asyncio.timeout(self._service.limits.connect_timeout):
                await self._service.topology.known(self._door.node_id)
        except TimeoutError:
            self._task = None
            self.close("upstream_closed", "the cluster is not known yet")
            return
        self._task = None
        self._step(self._talk.advance)

    def _enter(self) -> None:
        talk = self._talk
        if self._timer is not None:
            self._timer.cancel()
        principal = None if talk.identity is None else talk.identity.username
        self._record.bound(talk.tenant, principal, talk.mechanism)
        self._intake.owner = talk.tenant
        self._intake.restrict(talk.frame_limit)
        self._task = self._loop.create_task(self._find_broker())

    async def _find_broker(self) -> None:
        try:
            async with asyncio.timeout(self._service.limits.connect_timeout):
                node_id, broker = await reach(self._service, self._door.node_id, self)
        except (TimeoutError, UpstreamError) as error:
            self._task = None
            self.close("upstream_closed", str(error) or "no broker could be reached in time")
        except Exception as error:
            # Nobody waits for this task: what it does not say itself nobody would ever hear.
            self._task = None
            self._defect(error)
        else:
            self._task = None
            self._join(node_id, broker)

    def _join(self, node_id: int, broker: BrokerConnection) -> None:
        if self._cause:
            broker.abort()
            return
        talk = self._talk
        self.node_id = node_id
        self._broker = broker
        broker.intake.owner = talk.tenant
        broker.intake.restrict(self._service.limits.upstream_frame)
        if broker.lifetime:
            reason = "Klamm's login at the broker runs out"
            self._set_timer(broker.lifetime * _OF_LIFETIME, lambda: self.drain("upstream_closed", reason))
        self._step(lambda: talk.begin(self._door.session(talk.tenant), self._service.allowance(talk.tenant)))

    # -- small things

    def _set_timer(self, delay: float, act: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(delay, act)

    def _defect(self, error: Exception) -> None:
        # Fail closed: nothing half-done leaves, and the pair's state is not trusted any more.
        self._talk.to_broker.clear()
        self._talk.to_client.clear()
        self._service.log.bug(
            "a frame met a defect in Klamm, its connection is closed", error, tenant=self._talk.tenant
        )
        self.close("error", "a defect in Klamm; the line before this one has its traceback")

    def _both_lost(self) -> None:
        if self._lost and self._linger is not None and (self._broker is None or self._broker.lost):
            self._linger.cancel()
