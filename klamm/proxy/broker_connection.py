"""The socket to a broker: one for each client, so that nobody waits for, or is answered for, anybody else."""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from klamm.proxy.budget import Budget
from klamm.proxy.intake import Intake
from klamm.proxy.requests import UpstreamError
from klamm.proxy.upstream_login import UpstreamLogin
from klamm.proxy.valve import BUDGET, SLOW_PEER, Valve, write_all
from klamm.wire.errors import Malformed

__all__ = ["BrokerConnection", "Owner"]

_LOGIN_FRAME = 64 * 1024


class Owner(Protocol):
    """The client connection that a broker connection belongs to."""

    def broker_frames(self, frames: list[bytes]) -> None:
        """Takes answers."""

    def broker_paused(self, paused: bool) -> None:
        """Hears that the broker does not take what is written to it, or does again."""

    def broker_malformed(self, error: Malformed) -> None:
        """Hears that the broker sent what is no frame."""

    def broker_lost(self, reason: str) -> None:
        """Hears that the connection is gone."""


class BrokerConnection(asyncio.Protocol):
    """Logs in if need be, then moves frames between its owner and a broker; `ready` tells when it can."""

    def __init__(self, owner: Owner, login: UpstreamLogin | None, budget: Budget, high_water: int) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = False
        """Whether the socket is gone."""
        self.intake = Intake(_LOGIN_FRAME, budget, self._room_granted)
        self._owner = owner
        self._login = login
        self._high_water = high_water
        self._transport: asyncio.Transport | None = None
        self._valve: Valve | None = None

    @property
    def lifetime(self) -> float:
        """Seconds for which the login holds; 0: for ever."""
        return 0.0 if self._login is None else self._login.lifetime

    # -- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = stream = cast(asyncio.Transport, transport)
        self._valve = Valve(stream)
        stream.set_write_buffer_limits(high=self._high_water)
        if self._login is not None:
            stream.write(self._login.start())
        elif not self.ready.done():
            self.ready.set_result(None)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self.intake.feed(data)
        except Malformed as error:
            if not self._fail(UpstreamError(f"sent what is no frame: {error}")):
                self._owner.broker_malformed(error)
            self.abort()
            return
        if self.intake.waiting and self._valve is not None:
            self._valve.set(BUDGET, True)
        if not frames:
            return
        if self._login is not None and not self._login.done:
            self._log_in(self._login, frames)
        else:
            self._owner.broker_frames(frames)

    def pause_writing(self) -> None:
        self._owner.broker_paused(True)

    def resume_writing(self) -> None:
        self._owner.broker_paused(False)

    def eof_received(self) -> None:
        # A broker that stops sending has nothing more to say; what we still had to say to it is of no use either.
        self._report("the broker closed the connection")

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._report(
            "the broker closed the connection" if exc is None else f"the connection to the broker broke: {exc}"
        )

    # -- for the owner

    def write(self, pieces: list[bytes]) -> None:
        """Sends frames to the broker."""
        if self._transport is None or self._transport.is_closing():
            pieces.clear()
        else:
            write_all(self._transport, pieces)

    def hold(self, on: bool) -> None:
        """Stops reading the broker while the client is slow, or goes on."""
        if self._valve is not None:
            self._valve.set(SLOW_PEER, on)

    def close(self) -> None:
        """Closes the connection after what was written has left."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Closes the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # -- logging in

    def _log_in(self, login: UpstreamLogin, frames: list[bytes]) -> None:
        try:
            for answer in frames:
                if request := login.receive(answer):
                    self.write([request])
        except UpstreamError as error:
            self._fail(error)
            self.abort()
            return
        if login.done and not self.ready.done():
            self.ready.set_result(None)

    def _report(self, reason: str) -> None:
        partial = ", in the middle of an answer" if self.intake.buffered else ""
        if not self._fail(UpstreamError(reason + partial)):
            self._owner.broker_lost(reason + partial)

    def _fail(self, error: UpstreamError) -> bool:
        """Tells whoever waits for `ready`, and whether somebody does: the owner knows nothing of us before that."""
        if not self.ready.done():
            self.ready.set_exception(error)
            return True
        return self.ready.cancelled() or self.ready.exception() is not None

    def _room_granted(self) -> None:
        if self._valve is not None:
            self._valve.set(BUDGET, False)
