"""What the promises ask of a client library, so that each is written once and kept by every library."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from tests.clients.front import Access

__all__ = ["REBALANCING", "Copier", "Family", "Member", "Received", "Refusal", "logged_too", "until"]

WAIT_SECONDS = 45.0

REBALANCING = frozenset({22, 25, 27})
"""The codes of a commit that came too late: ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS."""


class Refusal(Exception):
    """Raised by a family when the cluster, or the library on its behalf, says no.

    `code` is Kafka's error code, None where the library does not tell; the text is the library's own.
    """

    def __init__(self, code: int | None, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Received:
    """One message as a consumer got it; the timestamp is in milliseconds."""

    value: str
    partition: int
    offset: int
    timestamp: int


class Member(Protocol):
    """A consumer in a group, reading one topic from its beginning and committing only when told to."""

    def poll(self) -> list[Received]:
        """Return what came in some tenths of a second; keeps the membership alive."""

    def assignment(self) -> set[int]:
        """Return the partitions it has now."""

    def commit(self) -> None:
        """Commit all that was returned by `poll`, and wait for the answer."""

    def committed(self) -> dict[int, int]:
        """Return what the cluster has as the group's offsets, for the partitions of this member that have one."""

    def seek_to_beginning(self) -> None:
        """Read all its partitions from the beginning again."""

    def seek(self, partition: int, offset: int) -> None:
        """Read one partition from an offset on."""

    def offset_at(self, partition: int, timestamp: int) -> int:
        """Return the first offset of a partition at or after a time, by asking the cluster."""

    def close(self) -> None:
        """Leave the group."""


class Copier(Protocol):
    """A transactional producer."""

    def begin(self) -> None:
        """Begin a transaction."""

    def send(self, topic: str, values: Sequence[str]) -> None:
        """Send in the transaction."""

    def send_offsets(self, member: Member) -> None:
        """Add to the transaction that the member's group has read all that `poll` returned."""

    def commit(self) -> None:
        """Commit it."""

    def abort(self) -> None:
        """Abort it."""

    def close(self) -> None:
        """Close the producer."""


class Family(Protocol):
    """One client library. What it is told in an `Access` is all it knows of the cluster."""

    name: str
    compressions: Sequence[str]
    deletes_groups: bool

    def log_in(self, access: Access) -> None:
        """Connect until the cluster lets the client in, or turns it away."""

    def brokers(self, access: Access) -> set[str]:
        """Return the brokers that the library knows after asking for them, as host:port."""

    def create_topic(self, access: Access, topic: str, *, partitions: int = 3, replicas: int = 1) -> None:
        """Create a topic."""

    def list_topics(self, access: Access) -> set[str]:
        """Return the names of all topics that the cluster shows."""

    def describe_topics(self, access: Access, topics: Sequence[str]) -> dict[str, int]:
        """Return the number of partitions of each topic."""

    def topic_config(self, access: Access, topic: str) -> Mapping[str, str | None]:
        """Return a topic's configuration."""

    def list_groups(self, access: Access) -> set[str]:
        """Return the ids of all groups that the cluster shows."""

    def describe_group(self, access: Access, group: str) -> tuple[str, set[str]]:
        """Return a group's state and the topics that its members have partitions of."""

    def delete_group(self, access: Access, group: str) -> None:
        """Delete a group."""

    def produce(
        self,
        access: Access,
        topic: str,
        values: Sequence[str],
        *,
        acks: str = "all",
        idempotent: bool = False,
        compression: str = "none",
    ) -> None:
        """Produce and wait until all of it is acknowledged (with acks "0": sent)."""

    def read(self, access: Access, topic: str, *, committed_only: bool = False) -> list[str]:
        """Return what is in a topic now, without a group."""

    def member(self, access: Access, topic: str, group: str) -> Member:
        """Return a new member of a group."""

    def copier(self, access: Access, transactional_id: str) -> Copier:
        """Return a producer with a transactional id, its earlier transactions settled."""


def until(what: str, happened: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Wait until something has happened; raises AssertionError if it has not in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


@contextmanager
def logged_too(library: str) -> Iterator[None]:
    """Add to a refusal what the library said in its log: some raise no more than that time has run out."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger(library).addHandler(handler)
    try:
        yield
    except Refusal as refusal:
        raise Refusal(refusal.code, "\n".join([refusal.text, *dict.fromkeys(said)])) from refusal
    finally:
        logging.getLogger(library).removeHandler(handler)
