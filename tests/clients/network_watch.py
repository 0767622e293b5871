"""Asks the operating system, again and again, who is connected to the brokers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil

__all__ = ["NetworkWatch"]

EVERY_SECONDS = 0.25


class NetworkWatch:
    """Samples this machine's connections in a thread and keeps those to brokers that are neither Klamm's nor brokers'.

    `allowed` returns the process ids that may connect to brokers; the brokers themselves, those that listen at the
    addresses in `bootstrap`, may always.
    """

    def __init__(self, bootstrap: str, allowed: Callable[[], set[int]]) -> None:
        self.intruders: set[tuple[str, str]] = set()
        """Program and broker address of every connection that should not be."""
        self.seen: set[str] = set()
        """Broker addresses to which an allowed process was seen connected."""
        self._brokers = set(bootstrap.split(","))
        self._puzzles: set[tuple[str, str]] = set()
        self._allowed = allowed
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="network-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """Let the test itself ask the brokers; its connections must be closed at the end."""
        with self._lock:
            yield

    def look(self) -> None:
        """Take one sample."""
        connections = psutil.net_connections("tcp")
        listening = {it.pid for it in connections if it.status == psutil.CONN_LISTEN and at(it.laddr) in self._brokers}
        allowed = self._allowed()
        puzzles = set()
        for it in connections:
            if it.status != psutil.CONN_ESTABLISHED or not it.raddr or at(it.raddr) not in self._brokers:
                continue
            ends = at(it.laddr), at(it.raddr)
            if it.pid in allowed:
                self.seen.add(at(it.raddr))
            elif it.pid is None and ends not in self._puzzles:
                # Opened or closed while this sample was taken: whose it is will be known in the next one.
                puzzles.add(ends)
            elif it.pid not in listening:
                self.intruders.add((program(it.pid), at(it.raddr)))
        self._puzzles = puzzles

    def _run(self) -> None:
        while not self._ended.wait(EVERY_SECONDS):
            with self._lock:
                self.look()


def at(address: Any) -> str:
    """Return an address as host:port; Java's sockets are IPv6 ones with IPv4 addresses in them."""
    return f"{address.ip.removeprefix('::ffff:')}:{address.port}"


def program(pid: int | None) -> str:
    """Return who a process is, for the message."""
    with suppress(psutil.Error):
        if pid:
            return f"{pid} {' '.join(psutil.Process(pid).cmdline())[:120]}"
    return str(pid)
