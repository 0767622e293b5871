"""What is counted and logged about one client connection: its changes of state, one line each, never its requests."""

from __future__ import annotations

import time
from typing import Any

from klamm.observe.counters import Counters
from klamm.observe.logs import LimitedLog

__all__ = ["Record"]

_OFTEN = frozenset({"client_closed", "drain", "idle", "upstream_closed"})


class Record:
    """The life of one connection. Every record that was opened is closed once, so that

    connections open now = klamm_connections_total - the sum of klamm_disconnects_total over all causes.
    """

    __slots__ = ("_counters", "_events", "_listener", "_number", "_peer", "_since", "_state", "_who", "bytes_in",
                 "bytes_out")  # fmt: skip

    def __init__(self, counters: Counters, events: LimitedLog, listener: str, number: int, peer: Any) -> None:
        self._counters = counters
        self._events = events
        self._listener = listener
        self._number = number
        self._peer = f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else None
        self._since = time.monotonic()
        self._state = ""
        self._who: dict[str, str | None] = {"tenant": ""}
        self.bytes_in = 0
        self.bytes_out = 0
        counters.count("klamm_connections_total", listener=listener)
        self._enter("login")

    def bound(self, tenant: str, principal: str | None, mechanism: str | None) -> None:
        """Notes whose connection it is from now on."""
        self._who = {"tenant": tenant, "principal": principal}
        self._enter("ready")
        self._events.info("client logged in", **self._where(), **self._who, mechanism=mechanism)

    def closed(self, cause: str, reason: str, *, loud: bool = False) -> None:
        """Notes the end, with its cause and what is known about it."""
        self._enter("")
        self._counters.count("klamm_disconnects_total", listener=self._listener, cause=cause)
        self.flush()
        write = self._events.error if loud else self._events.info if cause in _OFTEN else self._events.warning
        write(
            "client disconnected",
            **self._where(),
            **self._who,
            cause=cause,
            reason=reason or None,
            duration_ms=round((time.monotonic() - self._since) * 1000),
        )

    def flush(self) -> None:
        """Adds the bytes moved since the last time to the tenant's counters."""
        tenant = self._who["tenant"] or ""
        self._counters.count("klamm_bytes_total", self.bytes_in, tenant=tenant, direction="in")
        self._counters.count("klamm_bytes_total", self.bytes_out, tenant=tenant, direction="out")
        self.bytes_in = self.bytes_out = 0

    def _where(self) -> dict[str, Any]:
        return {"conn": self._number, "listener": self._listener, "peer": self._peer}

    def _enter(self, state: str) -> None:
        for name, step in ((self._state, -1), (state, 1)):
            if name:
                self._counters.gauge("klamm_connections", listener=self._listener, state=name).add(step)
        self._state = state
