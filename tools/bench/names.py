"""The names of topics and groups, as a tenant says them and as they are stored."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["PARTITIONS", "TENANT", "Names", "neighbours"]

TENANT = "acme"
PARTITIONS = 3

_ROLES = ("produce", "produce-full", "consume-small", "consume-large")


@dataclass(frozen=True)
class Names:
    """The names of one tenant, all with the same prefix: none as it says them, its own as they are stored."""

    topics: int
    prefix: str = ""
    own: list[str] = field(init=False)

    def __post_init__(self) -> None:
        # The first few have a purpose, the others are there to be listed.
        plain = [*_ROLES, *(f"service.events.{number:04}" for number in range(self.topics - len(_ROLES)))]
        object.__setattr__(self, "own", [self.prefix + name for name in plain])

    @property
    def produce(self) -> str:
        """The topic that single records are written to."""
        return self.own[0]

    @property
    def produce_full(self) -> str:
        """The topic that is written to at full speed."""
        return self.own[1]

    @property
    def consume_small(self) -> str:
        """The topic with batches of 16 KiB, the default of Kafka's own producer."""
        return self.own[2]

    @property
    def consume_large(self) -> str:
        """The topic with batches of 64 KiB."""
        return self.own[3]

    @property
    def group(self) -> str:
        """A consumer group."""
        return f"{self.prefix}billing"

    @property
    def stored(self) -> Names:
        """The same names as they are in the cluster."""
        return Names(self.topics, f"__vt_{TENANT}_")


def neighbours(topics: int) -> list[str]:
    """Gives topics of another tenant, as they are stored."""
    return [f"__vt_globex_service.events.{number:04}" for number in range(topics)]
