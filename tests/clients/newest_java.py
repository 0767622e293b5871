"""Kafka 4.4.0's Java client: its console tools, on the libraries of the newest release that has a server here.

The client and the tools are 4.4.0's own jars, first on the class path; argument parser, compression and logging, which
do not speak to a cluster, come from the other release.
"""

import fcntl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.kafka import KAFKA_4, KafkaRelease
from tests.kafka.release import CACHE, LOG4J2, MAVEN_SECONDS, JarsMissing, say

__all__ = ["JAVA_4_4", "NewestJava"]

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


@dataclass(frozen=True)
class NewestJava(KafkaRelease):
    """A release of which only the clients are here."""

    @property
    def clients(self) -> Path:
        """Return the folder of its two jars."""
        return CACHE / "kafka" / f"{self.version}-clients"

    def java(self, main: str, *args: str, heap: str, level: str) -> list[str]:
        """See `KafkaRelease.java`."""
        self.ensure()
        command = KAFKA_4.java(main, *args, heap=heap, level=level)
        after = command.index("-cp") + 1
        return [*command[:after], f"{self.clients}/*:{command[after]}", *command[after + 1 :]]

    def ensure(self) -> None:
        """See `KafkaRelease.ensure`."""
        self.clients.mkdir(parents=True, exist_ok=True)
        with open(self.clients / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for artifact in ("kafka-clients", "kafka-tools"):
                if not (self.clients / f"{artifact}-{self.version}.jar").is_file():
                    self._copy(artifact)

    def _copy(self, artifact: str) -> None:
        say(f"Fetching Apache Kafka's {artifact} {self.version} with Maven ...")
        what = f"-Dartifact=org.apache.kafka:{artifact}:{self.version}"
        command = ["mvn", "-B", "-q", "-Dstyle.color=never", COPY, what, f"-DoutputDirectory={self.clients}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=MAVEN_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise JarsMissing(f"Maven did not bring {artifact} {self.version}: {error}") from error
        if done.returncode != 0:
            raise JarsMissing(f"Maven could not bring {artifact} {self.version}:\n{done.stdout[-2000:]}")


JAVA_4_4 = NewestJava("4.4.0", LOG4J2)
