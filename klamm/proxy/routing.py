"""Which port downstream stands for which broker upstream."""

from __future__ import annotations

from collections.abc import Iterator

from klamm.config.model import ListenerSet
from klamm.observe.logs import Log

__all__ = ["PortRangeRouting"]

_MAX_REMEMBERED = 1000


class PortRangeRouting:
    """Maps broker id `broker_id_base + n` to port `start + n`; the same after every restart."""

    def __init__(self, listener: ListenerSet, log: Log) -> None:
        ports = listener.port_range
        self._listener = listener.name
        self._log = log
        self._host = ports.advertised_host
        self._base = ports.broker_id_base
        self._start = ports.broker_port_range.start
        self._count = ports.broker_port_range.end - self._start + 1
        self._known = {self._base + n: (self._host, self._start + n) for n in range(self._count)}
        self._reported: set[int] = set()

    def nodes(self) -> Iterator[tuple[int, int]]:
        """Yields the node id and the port of every broker there is a port for."""
        for node_id, (_, port) in self._known.items():
            yield node_id, port

    def endpoint(self, node_id: int) -> tuple[str, int] | None:
        """Gives host and port that clients are told for a node, or None if there is no port for it."""
        endpoint = self._known.get(node_id)
        if endpoint is None and node_id >= 0:
            self._report(node_id)
        return endpoint

    def _report(self, node_id: int) -> None:
        if node_id in self._reported or len(self._reported) >= _MAX_REMEMBERED:
            return
        self._reported.add(node_id)
        last = self._base + self._count - 1
        key = f"proxy.listener_sets ({self._listener}): port_range"
        remedy = (
            f"lower {key}.broker_id_base to {node_id} and restart"
            if node_id < self._base
            else f"raise {key}.broker_port_range.end to {self._start + node_id - self._base} and restart"
        )
        self._log.warning(
            "a broker has no port here, clients of this listener set cannot reach it",
            listener=self._listener,
            reason=f"broker id {node_id} is outside {self._base} to {last}; {remedy}",
        )
