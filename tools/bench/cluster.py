"""A real Kafka of one broker that takes clients with a login and without, and the topics and data to measure with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from tests.kafka.cluster import KafkaCluster
from tests.kafka.nodes import KafkaFailed, Node
from tests.kafka.release import KAFKA_4, KafkaRelease
from tests.kafka.settings import SASL, SASL_PASSWORD, SASL_USERNAME
from tests.ports import free_block
from tools.bench.frames import UnexpectedAnswer, check_answer, request_frame
from tools.bench.generator import Generator, Order
from tools.bench.names import PARTITIONS, Names, neighbours

__all__ = ["BenchCluster", "bench_cluster", "prepare", "upstream_login"]

BROKER_ID = 1
_FOR_TESTS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_HEAP = "1g"
_AT_ONCE = 250
_PATIENCE = 120
_FILL_BYTES = 8 << 20
_FILLS = ("fill_small", "fill_large")
_WRITES = (*_FILLS, "produce", "produce_full", "find_coordinator")
_KEEP = {"retention.ms": "-1"}
_KEEP_LITTLE = {
    **_KEEP,
    "retention.bytes": str(256 << 20),
    "segment.bytes": str(64 << 20),
    "file.delete.delay.ms": "1000",
}


class BenchRelease(KafkaRelease):
    """A release whose brokers run as in production, where those of the tests are made to start quickly."""

    def java(self, main: str, *args: str, heap: str, level: str) -> list[str]:
        """See `KafkaRelease.java`."""
        command = super().java(main, *args, heap=_HEAP, level="WARN")
        return [word for word in command if word not in _FOR_TESTS]


@dataclass
class BenchCluster(KafkaCluster):
    """A cluster whose broker listens twice: PLAINTEXT, and SASL_PLAINTEXT at `sasl_port`."""

    sasl_port: int = 0

    def start(self) -> None:
        """See `KafkaCluster.start`."""
        self.sasl_port = free_block()
        super().start()

    @property
    def port(self) -> int:
        """The broker's port for clients without a login."""
        return self.broker_ports[BROKER_ID]

    @property
    def pids(self) -> list[int]:
        """The process ids of all nodes."""
        processes = [getattr(node, "process", None) for node in self.nodes.values()]
        return [process.pid for process in processes if process is not None]

    def _prepare(self, node_id: int, properties: dict[str, str]) -> Node:
        if node_id == BROKER_ID:
            properties = properties | SASL | {
                key: f"{properties[key]},SASL_PLAINTEXT://127.0.0.1:{self.sasl_port}"
                for key in ("listeners", "advertised.listeners")
            }  # fmt: skip
            del properties["sasl.mechanism.inter.broker.protocol"]
            properties["log.retention.check.interval.ms"] = "2000"
        return super()._prepare(node_id, properties)


def bench_cluster(folder: Path) -> BenchCluster:
    """Gives a cluster, not started yet, with everything of it in `folder`."""
    return BenchCluster(BenchRelease(KAFKA_4.version, KAFKA_4.logging), brokers=1, folder=folder)


def upstream_login() -> tuple[str, str]:
    """Gives user and password for the broker's listener with a login."""
    return SASL_USERNAME, SASL_PASSWORD


def prepare(cluster: BenchCluster, names: Names, others: int, folder: Path) -> None:
    """Makes the topics of the tenant and those of its neighbours, and writes what consumers will read."""
    stored = names.stored
    little = {stored.produce, stored.produce_full}
    admin = AdminClient(cluster.client_config | {"log_level": 0})
    topics = [
        NewTopic(topic, PARTITIONS, 1, config=_KEEP_LITTLE if topic in little else _KEEP)
        for topic in (*stored.own, *neighbours(others))
    ]
    for start in range(0, len(topics), _AT_ONCE):
        _create(admin, topics[start : start + _AT_ONCE])
    _await_leaders(admin, {topic.topic for topic in topics})
    for name in _WRITES:
        _await_answer(cluster, name, stored, folder)
    for name in _FILLS:
        frame = request_frame(name, stored)
        with Generator(_order(cluster, frame), folder) as generator:
            generator.run(_FILL_BYTES // len(frame))


def _create(admin: AdminClient, topics: Sequence[NewTopic]) -> None:
    for topic, done in admin.create_topics(list(topics), request_timeout=_PATIENCE).items():
        try:
            done.result()
        except KafkaException as error:
            raise KafkaFailed(f"topic {topic} could not be made: {error}") from error


def _await_leaders(admin: AdminClient, topics: set[str]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        known = admin.list_topics(timeout=30).topics
        ready = {
            name
            for name, topic in known.items()
            if len(topic.partitions) == PARTITIONS
            and all(part.leader == BROKER_ID for part in topic.partitions.values())
        }
        if topics <= ready:
            return
        time.sleep(0.2)
    raise KafkaFailed(f"{len(topics)} topics had no leaders after {_PATIENCE} s")


def _await_answer(cluster: BenchCluster, name: str, stored: Names, folder: Path) -> None:
    """Asks until the answer is as it should be: a broker gives out leaders, itself too, before it is ready to be one.

    The first question for a coordinator makes the topic that offsets are kept in.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        with Generator(_order(cluster, request_frame(name, stored)), folder) as generator:
            answer = generator.answer
        try:
            return check_answer(name, stored, answer)
        except UnexpectedAnswer:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _order(cluster: BenchCluster, frame: bytes) -> Order:
    return Order(f"127.0.0.1:{cluster.port}", frame, depth=4)
