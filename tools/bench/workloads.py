"""The rows of the table: what clients do, and what Klamm may cost with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["WORKLOADS", "Door", "Unit", "Workload", "named"]


class Door(Enum):
    """The way in and what stands behind it, for Klamm and for everything that is compared with it."""

    PLAIN = "plain"
    """Brokers want no login. Klamm's clients log in, before the measuring begins; those of a TCP proxy need not."""
    LOGIN = "login"
    """Brokers want a login: Klamm checks its clients' and makes its own, a TCP proxy's clients log in at the broker."""
    OPEN = "open"
    """Nobody logs in anywhere: Klamm has an anonymous listener."""


class Unit(Enum):
    """What a workload's CPU is divided by."""

    REQUEST = "us"
    """Microseconds for a request and its answer."""
    GIGABYTE = "s/GB"
    """Seconds for 10^9 bytes, both ways together."""
    CONNECTION = "us "
    """Microseconds for a connection from its first byte to its end."""


@dataclass(frozen=True)
class Workload:
    """One row. `must` and `aim` are Klamm's marks, as ratios to HAProxy; `frame` names its request in `frames`."""

    key: str
    title: str
    frame: str
    must: float | None
    aim: float | None
    depth: int = 1
    unit: Unit = Unit.REQUEST
    door: Door = Door.PLAIN

    @property
    def reconnects(self) -> bool:
        """Whether each request has a connection of its own."""
        return self.unit is Unit.CONNECTION


WORKLOADS = (
    Workload("produce-1", "Produce 1 KiB acks=1, depth 1", "produce", 1.7, 1.4),
    Workload("produce-16", "Produce 1 KiB acks=1, depth 16", "produce", 1.6, 1.35, depth=16),
    Workload("find-coordinator", "FindCoordinator, depth 1", "find_coordinator", 1.8, 1.45),
    Workload("metadata-1", "Metadata, one topic", "metadata_one", 2.0, 1.5),
    Workload("metadata-named", "Metadata, {own} named topics x 3 partitions", "metadata_named", 18, 9),
    Workload("metadata-all", "Metadata, all: {own} of {all} topics", "metadata_all", 12, 7),
    Workload("fetch-64k", "Fetch 64 KiB, depth 1", "fetch_64k", 1.3, 1.1),
    Workload("consume-1k", "consume, 1 KiB records", "consume_small", 1.0, 0.8, unit=Unit.GIGABYTE),
    Workload("consume-64k", "consume, 64 KiB batches", "consume_large", 1.0, 0.8, unit=Unit.GIGABYTE),
    Workload("produce-full", "produce, 1 KiB records", "produce_full", 1.6, 1.3, depth=5, unit=Unit.GIGABYTE),
    Workload(
        "login",
        "connect, login, Metadata, close",
        "metadata_one",
        2.2,
        1.6,
        unit=Unit.CONNECTION,
        door=Door.LOGIN,
    ),
    Workload(
        "connect",
        "connect, Metadata, close (no login)",
        "metadata_one",
        None,
        None,
        unit=Unit.CONNECTION,
        door=Door.OPEN,
    ),
)


def named(keys: str) -> list[Workload]:
    """Gives the workloads that a comma-separated list names, in the table's order; raises KeyError for a wrong one."""
    wanted = dict.fromkeys(keys.split(","))
    for key in wanted:
        if key not in {workload.key for workload in WORKLOADS}:
            raise KeyError(key)
    return [workload for workload in WORKLOADS if workload.key in wanted]
