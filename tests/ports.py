"""Ports for the tests' own servers."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count as numbers

__all__ = ["free_block"]

_LOWEST, _SPAN = 10_000, 20_000
_next = numbers((os.getpid() * 37) % _SPAN)


def free_block(count: int = 1, hosts: Sequence[str] = ("127.0.0.1",)) -> int:
    """Return the first of `count` ports in a row that nobody uses on any of the hosts.

    They lie below the range from which the system gives ports to outgoing connections, so that no client can take one
    between this look and the moment that somebody listens. Two test runs at once start from different places, and in
    one run no port comes twice before all have come.
    """
    for _ in range(_SPAN):
        first = _LOWEST + next(_next) % _SPAN
        with ExitStack() as sockets:
            try:
                for port in range(first, first + count):
                    for host in hosts:
                        sockets.enter_context(socket.create_server((host, port)))
            except OSError:
                continue
        for _ in range(count - 1):
            next(_next)
        return first
    raise OSError(f"no {count} free ports in a row")
