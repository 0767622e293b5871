"""Counters and gauges as plain integers in small objects, ready for a metrics endpoint to read.

Whoever counts often keeps the object: `frames = counters.counter("klamm_malformed_frames_total", stage="login")`, then
`frames.add()`. Names and labels are declared here and nowhere else, so a typo fails at once and not on a dashboard.
Label values come from the configuration or the code, never from clients: each new one is memory that stays.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

__all__ = ["FAMILIES", "Counter", "Counters", "Family", "Gauge"]


class Family(NamedTuple):
    """A declared metric: its kind, its labels and what it says."""

    kind: Literal["counter", "gauge"]
    labels: tuple[str, ...]
    help: str


FAMILIES: Final[dict[str, Family]] = {
    "klamm_connections": Family("gauge", ("listener", "state"), "Client connections open now."),
    "klamm_connections_total": Family("counter", ("listener",), "Client connections accepted."),
    "klamm_disconnects_total": Family("counter", ("listener", "cause"), "Client connections closed, by cause."),
    "klamm_auth_total": Family("counter", ("mechanism", "outcome"), "Logins, by mechanism and outcome."),
    "klamm_requests_total": Family("counter", ("tenant", "api"), "Requests received."),
    "klamm_bytes_total": Family("counter", ("tenant", "direction"), "Bytes moved for a tenant."),
    "klamm_denied_total": Family("counter", ("tenant", "api", "reason"), "Requests refused, by reason."),
    "klamm_malformed_frames_total": Family("counter", ("stage",), "Frames that could not be read, by stage."),
    "klamm_leaks_prevented_total": Family("counter", ("tenant", "api"), "Answers withheld for a foreign name in them."),
    "klamm_topic_id_lookups_total": Family("counter", ("tenant",), "Requests that waited for a topic id's look-up."),
    "klamm_upstream_errors_total": Family("counter", ("kind",), "Failures of the cluster's side, by kind."),
    "klamm_upstream_brokers": Family("gauge", ("state",), "Brokers known, by state."),
    "klamm_inflight_requests": Family("gauge", ("tenant",), "Requests waiting for the cluster's answer."),
    "klamm_buffered_bytes": Family("gauge", (), "Bytes held in memory for all connections."),
    "klamm_rewrites_total": Family("counter", ("rule",), "Values changed, by rule."),
}  # fmt: skip


class Counter:
    """A number that only grows."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def add(self, amount: int = 1) -> None:
        """Counts `amount` more."""
        self.value += amount


class Gauge:
    """A number that goes up and down."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def set(self, value: int) -> None:
        """Sets the number."""
        self.value = value

    def add(self, amount: int = 1) -> None:
        """Moves the number by `amount`, which may be negative."""
        self.value += amount


class Counters:
    """All counters and gauges of one process; the same name and labels always give the same object."""

    def __init__(self) -> None:
        self._series: dict[str, Counter | Gauge] = {}

    def counter(self, name: str, /, **labels: str) -> Counter:
        """Returns a counter to keep and add to; raises ValueError for a name or labels that are not declared."""
        key = _key(name, "counter", labels)
        found = self._series.get(key)
        if not isinstance(found, Counter):
            found = self._series[key] = Counter()
        return found

    def gauge(self, name: str, /, **labels: str) -> Gauge:
        """Returns a gauge to keep and set; raises ValueError for a name or labels that are not declared."""
        key = _key(name, "gauge", labels)
        found = self._series.get(key)
        if not isinstance(found, Gauge):
            found = self._series[key] = Gauge()
        return found

    def count(self, name: str, amount: int = 1, /, **labels: str) -> None:
        """Adds to a counter that is not worth keeping."""
        self.counter(name, **labels).add(amount)

    def snapshot(self) -> dict[str, int]:
        """Returns all numbers, sorted, under keys such as `klamm_malformed_frames_total{stage="login"}`."""
        return {key: self._series[key].value for key in sorted(self._series)}


def _key(name: str, kind: str, labels: dict[str, str]) -> str:
    family = FAMILIES.get(name)
    if family is None or family.kind != kind:
        raise ValueError(f"{name} is not a declared {kind}; declare it in FAMILIES")
    if labels.keys() != set(family.labels):
        raise ValueError(f"{name} has the labels {', '.join(family.labels) or '(none)'}, not {', '.join(labels)}")
    pairs = ",".join(f'{label}="{_escaped(labels[label])}"' for label in family.labels)
    return f"{name}{{{pairs}}}" if pairs else name


def _escaped(value: str) -> str:
    """Escapes a label's value as the Prometheus text format wants it."""
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
