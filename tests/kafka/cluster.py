"""Starts, breaks and stops a whole Kafka cluster: one KRaft controller apart, and one or three brokers."""

import shutil
import socket
import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.kafka.nodes import ContainerNode, KafkaFailed, Node, ProcessNode, log_tail
from tests.kafka.release import KafkaRelease
from tests.kafka.settings import (
    SASL_PASSWORD,
    SASL_USERNAME,
    broker_settings,
    controller_settings,
    replication_settings,
)
from tests.ports import free_block

__all__ = ["Cluster", "KafkaCluster"]

CONTROLLER_ID = 100
START_SECONDS = 120


@dataclass
class Cluster:
    """A Kafka that tests may use: how to reach it, and what to expect of it."""

    release: KafkaRelease
    bootstrap: str
    sasl: bool = False

    @property
    def client_config(self) -> dict[str, str | int | float | bool]:
        """Return librdkafka's settings for a direct connection, as Klamm's own upstream user where there is SASL."""
        config: dict[str, str | int | float | bool] = {"bootstrap.servers": self.bootstrap}
        if self.sasl:
            config |= {
                "security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": "PLAIN",
                "sasl.username": SASL_USERNAME,
                "sasl.password": SASL_PASSWORD,
            }
        return config

    def stop(self) -> None:
        """Stop what was started for the tests; a cluster that was there before is left alone."""

    def stop_broker(self, broker_id: int) -> None:
        """Shut one broker down."""
        raise KafkaFailed("not ours to stop: the test should ask for breakable_kafka")

    def start_broker(self, broker_id: int) -> None:
        """Start a stopped broker on its old port and wait until it serves."""
        raise KafkaFailed("not ours to start: the test should ask for breakable_kafka")

    def restart_broker(self, broker_id: int) -> None:
        """Shut one broker down and start it on its old port again."""
        self.stop_broker(broker_id)
        self.start_broker(broker_id)

    def log_text(self, lines: int = 40) -> str:
        """Return the end of each node's log."""
        return ""


@dataclass
class KafkaCluster(Cluster):
    """A cluster of our own in `folder`, with broker ids 1..brokers on 127.0.0.1.

    `node_type` says how its nodes run: `ProcessNode` (Maven's jars) or `ContainerNode` (Docker).
    """

    bootstrap: str = ""
    brokers: int = 3
    folder: Path = Path()
    node_type: type[ProcessNode] | type[ContainerNode] = ProcessNode
    broker_ports: dict[int, int] = field(default_factory=dict)
    cluster_id: str = ""
    nodes: dict[int, Node] = field(default_factory=dict, repr=False)
    stopped: set[int] = field(default_factory=set, repr=False)

    def start(self) -> None:
        """Format and start all nodes, and return when every broker knows every other.

        Raises:
            KafkaFailed: a node ended, or the cluster was not complete within two minutes.
        """
        first = free_block(self.brokers + 1)
        controller_port, *ports = range(first, first + self.brokers + 1)
        self.broker_ports = dict(enumerate(ports, 1))
        self.bootstrap = ",".join(f"127.0.0.1:{port}" for port in ports)
        self.cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")
        settings = {CONTROLLER_ID: controller_settings(CONTROLLER_ID, controller_port)}
        for broker_id, port in self.broker_ports.items():
            settings[broker_id] = broker_settings(
                broker_id, port, voters=settings[CONTROLLER_ID]["controller.quorum.voters"], sasl=self.sasl
            ) | replication_settings(self.brokers)
        try:
            for node_id, properties in settings.items():
                self.nodes[node_id] = self._prepare(node_id, properties)
            for node in self.nodes.values():
                node.start()
            self._wait_complete()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all nodes at once and delete their data; their logs stay in `folder`."""
        for node in self.nodes.values():
            node.destroy()
            shutil.rmtree(node.folder / "data", ignore_errors=True)

    def stop_broker(self, broker_id: int) -> None:
        """See `Cluster.stop_broker`."""
        self.stopped.add(broker_id)
        self.nodes[broker_id].stop()

    def start_broker(self, broker_id: int) -> None:
        """See `Cluster.start_broker`."""
        self.nodes[broker_id].start()
        self.stopped.discard(broker_id)
        self._wait_complete()

    def log_text(self, lines: int = 40) -> str:
        """See `Cluster.log_text`."""
        return "\n".join(f"--- node {key} of {self.folder}\n{log_tail(n, lines)}" for key, n in self.nodes.items())

    def _prepare(self, node_id: int, properties: dict[str, str]) -> Node:
        folder = self.folder / f"node-{node_id}"
        folder.mkdir(parents=True)
        lines = (f"{key}={value}\n" for key, value in (properties | {"log.dirs": f"{folder}/data"}).items())
        (folder / "server.properties").write_text("".join(lines), "utf-8")
        node = self.node_type(self.release, folder)
        node.format(self.cluster_id)
        return node

    def _wait_complete(self) -> None:
        """Wait until each broker that was not stopped serves and knows all of them."""
        ports = [port for key, port in self.broker_ports.items() if key not in self.stopped]
        deadline = time.monotonic() + START_SECONDS
        for port in ports:
            while len(self._brokers_known_to(port)) != len(ports):
                for node_id, node in self.nodes.items():
                    if not node.running() and node_id not in self.stopped:
                        raise KafkaFailed(f"node {node_id} ended while the cluster started:\n{log_tail(node)}")
                if time.monotonic() > deadline:
                    raise KafkaFailed(f"no complete cluster after {START_SECONDS} s:\n{self.log_text()}")
                time.sleep(0.1)

    def _brokers_known_to(self, port: int) -> set[int]:
        try:
            # A listening port first: librdkafka backs off for longer than a broker takes to come up.
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            admin = AdminClient(self.client_config | {"bootstrap.servers": f"127.0.0.1:{port}", "log_level": 0})
            return set(admin.list_topics(timeout=2).brokers)
        except (OSError, KafkaException):
            return set()
