"""Runs single Kafka nodes: a Java process from Maven's jars, or a container; both on this machine's loopback."""

import gc
import os
import shutil
import signal
import subprocess
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.kafka.release import KafkaRelease, say

__all__ = ["ContainerNode", "KafkaFailed", "Node", "ProcessNode", "docker_offers"]

HEAP = "384m"
FORMAT_SECONDS = 60
STOP_SECONDS = 30
IMAGE_SECONDS = 200


class KafkaFailed(Exception):
    """Raised when a node did not start, stop or stay up; the text carries the end of its log."""


class Node(Protocol):
    """What a cluster asks of one of its nodes, however it is run.

    Each node has a `folder` with its server.properties and its node.log.
    """

    folder: Path

    def format(self, cluster_id: str) -> None:
        """Begin to write the node's empty log directory; the first `start` waits for the end."""

    def start(self) -> None:
        """Start the formatted node without waiting until it serves."""

    def running(self) -> bool:
        """Tell whether the node's process is alive."""

    def stop(self) -> None:
        """Shut the node down as an operator would; does nothing if it is down."""

    def destroy(self) -> None:
        """End the node at once, whatever it is doing; its data are of no further use."""


def log_tail(node: Node, lines: int = 40) -> str:
    """Return the end of a node's log."""
    log = node.folder / "node.log"
    text = log.read_text("utf-8", errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])


def tied_to_us() -> list[str]:
    """Return the command prefix that makes the kernel end a node when this test run dies without cleaning up."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


@dataclass
class ProcessNode:
    """A node run by this machine's Java from the jars that Maven brought."""

    release: KafkaRelease
    folder: Path
    formatting: "subprocess.Popen[bytes] | None" = None
    process: "subprocess.Popen[bytes] | None" = None

    def format(self, cluster_id: str) -> None:
        """See `Node.format`."""
        args = ("format", "--cluster-id", cluster_id, "--config", str(self.folder / "server.properties"))
        self.formatting = self._spawn("kafka.tools.StorageTool", *args)

    def start(self) -> None:
        """See `Node.start`."""
        if self.formatting is not None:
            if self.formatting.wait(FORMAT_SECONDS) != 0:
                raise KafkaFailed(f"Kafka's StorageTool failed in {self.folder}:\n{log_tail(self)}")
            self.formatting = None
        self.process = self._spawn("kafka.Kafka", str(self.folder / "server.properties"))

    def running(self) -> bool:
        """See `Node.running`."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """See `Node.stop`."""
        self._end(signal.SIGTERM, STOP_SECONDS)

    def destroy(self) -> None:
        """See `Node.destroy`."""
        if self.formatting is not None:
            self.formatting.kill()
            self.formatting.wait()
        self._end(signal.SIGKILL, STOP_SECONDS)

    def _spawn(self, main: str, *args: str) -> "subprocess.Popen[bytes]":
        command = self.release.java(main, *args, heap=HEAP, level="INFO")
        with open(self.folder / "node.log", "ab") as log:
            return subprocess.Popen(
                [*tied_to_us(), *command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _end(self, how: signal.Signals, seconds: float) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise KafkaFailed(f"a node did not stop in {seconds} s ({self.folder}):\n{log_tail(self)}") from None
        finally:
            self.process = None


def image_of(release: KafkaRelease) -> str:
    """Return the name of a release's own container image."""
    return f"apache/kafka:{release.version}"


@dataclass
class ContainerNode:
    """A node run by a Docker engine from the project's own image, in the host's network.

    Host networking keeps one configuration for both kinds of node: the same ports, the same loopback address.
    """

    release: KafkaRelease
    folder: Path
    cluster_id: str = ""
    container: Any = field(default=None, repr=False)

    def format(self, cluster_id: str) -> None:
        """See `Node.format`; a container formats as its first step."""
        self.cluster_id = cluster_id

    def start(self) -> None:
        """See `Node.start`."""
        if self.container is not None:
            self.container.get_wrapped_container().start()
            return
        from testcontainers.core.container import DockerContainer

        settings = self.folder / "server.properties"
        script = (
            f"exec >>{self.folder}/node.log 2>&1; cd /opt/kafka/bin"
            f" && ./kafka-storage.sh format --ignore-formatted --cluster-id {self.cluster_id} --config {settings}"
            f" && exec ./kafka-server-start.sh {settings}"
        )
        self.container = (
            DockerContainer(image_of(self.release))
            .with_envs(KAFKA_HEAP_OPTS=f"-Xmx{HEAP}", LOG_DIR=str(self.folder))
            .with_volume_mapping(self.folder, str(self.folder), "rw")
            .with_command([script])
            .with_kwargs(network_mode="host", user=f"{os.getuid()}:{os.getgid()}", entrypoint=["sh", "-c"])
        )
        self.container.start()

    def running(self) -> bool:
        """See `Node.running`."""
        if self.container is None:
            return False
        wrapped = self.container.get_wrapped_container()
        wrapped.reload()
        return bool(wrapped.status == "running")

    def stop(self) -> None:
        """See `Node.stop`."""
        if self.container is not None:
            self.container.get_wrapped_container().stop(timeout=STOP_SECONDS)

    def destroy(self) -> None:
        """See `Node.destroy`."""
        if self.container is not None:
            self.container.stop()
            self.container = None


def docker_offers(release: KafkaRelease) -> bool:
    """Tell whether a Docker engine answers on this machine and has, or can fetch, the image of a release."""
    with warnings.catch_warnings():
        # docker-py leaves the socket that found no engine to the collector: let it come while we look away.
        warnings.simplefilter("ignore", ResourceWarning)
        offers = _has_image(image_of(release))
        gc.collect()
    return offers


def _has_image(image: str) -> bool:
    import docker  # type: ignore[import-untyped]

    try:
        client = docker.from_env(timeout=IMAGE_SECONDS)
    except docker.errors.DockerException:
        return False
    try:
        try:
            client.images.get(image)
        except docker.errors.ImageNotFound:
            say(f"\nFetching the image {image} ...")
            client.images.pull(image)
    except docker.errors.DockerException as error:
        say(f"\nA Docker engine is here but no image {image} ({error}): going on with Maven's jars.")
        return False
    finally:
        client.close()
    return True
