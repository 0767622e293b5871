"""The cluster behind the demo: librdkafka's mock cluster in this process, or one that the user names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Cluster", "DemoError", "embedded_cluster", "real_cluster"]

_EMBEDDED_BROKERS = 3
_TIMEOUT = 10.0


class DemoError(Exception):
    """Says why there is nothing to show."""


@dataclass(frozen=True)
class Cluster:
    """A cluster to show things on; ``brokers`` are the addresses by node id."""

    brokers: dict[int, str]
    embedded: bool
    keeper: Any
    """What keeps an embedded cluster alive; the cluster ends with it."""

    @property
    def bootstrap(self) -> str:
        """The addresses of all brokers, as clients write them."""
        return ",".join(self.brokers.values())


def embedded_cluster() -> Cluster:
    """Starts the mock cluster of librdkafka, three brokers on loopback; raises DemoError."""
    client = _client({"bootstrap.servers": "embedded:1", "test.mock.num.brokers": _EMBEDDED_BROKERS, "log_level": 3})
    return Cluster(_brokers(client, "the embedded broker"), embedded=True, keeper=client)


def real_cluster(bootstrap: str) -> Cluster:
    """Finds the brokers of a cluster that needs no login; raises DemoError."""
    client = _client({"bootstrap.servers": bootstrap, "log_level": 0, "socket.connection.setup.timeout.ms": 5000})
    return Cluster(_brokers(client, bootstrap), embedded=False, keeper=client)


def _client(settings: dict[str, Any]) -> Any:
    try:
        from confluent_kafka import Producer
    except ImportError:
        raise DemoError("the demo needs the confluent-kafka package: pip install 'klamm[demo]'") from None
    return Producer(settings)


def _brokers(client: Any, where: str) -> dict[int, str]:
    from confluent_kafka import KafkaException

    try:
        found = client.list_topics(timeout=_TIMEOUT).brokers
    except KafkaException as error:
        raise DemoError(f"no Kafka answers at {where}: {error.args[0].str()}") from None
    return {
        broker.id: f"{broker.host}:{broker.port}" for broker in sorted(found.values(), key=lambda broker: broker.id)
    }
