"""Brings a Kafka release's jars onto this machine, once, by Maven.

`python -m tests.kafka` fetches all of them ahead of a test run, so that no test's time is spent on it.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KAFKA_3", "KAFKA_4", "JarsMissing", "KafkaRelease"]

CACHE = Path(os.environ.get("KLAMM_TEST_CACHE") or Path(__file__).resolve().parents[2] / ".cache")
COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
MAVEN_SECONDS = 900

RELOAD4J = ("org.slf4j:slf4j-reload4j:1.7.36",)
LOG4J2 = ("org.apache.logging.log4j:log4j-slf4j-impl:2.25.2", "org.apache.logging.log4j:log4j-core:2.25.2")

# One layout and one threshold for both loggers: a broker at INFO for the log kept on failure, a tool at WARN.
RELOAD4J_CONFIG = """\
log4j.rootLogger=${klamm.level}, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.target=System.err
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %c{1} %m%n
"""
LOG4J2_CONFIG = """\
rootLogger.level=${sys:klamm.level}
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.target=SYSTEM_ERR
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1} %m%n
"""


class JarsMissing(Exception):
    """Raised when Maven could not bring a release; the text carries the end of what Maven said."""


@dataclass(frozen=True)
class KafkaRelease:
    """One release of Apache Kafka, with the logging library that it is built for."""

    version: str
    logging: tuple[str, ...]

    @property
    def major(self) -> int:
        """Return the first number of the version."""
        return int(self.version.partition(".")[0])

    @property
    def home(self) -> Path:
        """Return the folder that holds, or will hold, this release's `libs`."""
        return CACHE / "kafka" / self.version

    def java(self, main: str, *args: str, heap: str, level: str) -> list[str]:
        """Return the command that runs one of this release's main classes, fetching the jars at first use."""
        self.ensure()
        key = "log4j.configuration" if self.logging is RELOAD4J else "log4j2.configurationFile"
        return [
            "java",
            f"-Xmx{heap}",
            # Small and short-lived: neither parallel collectors nor the optimising compiler earn their start-up here.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            f"-Dklamm.level={level}",
            f"-D{key}=file:{self.home / 'logging.properties'}",
            "-cp",
            f"{self.home / 'libs'}/*",
            main,
            *args,
        ]

    def ensure(self) -> None:
        """Fetch the jars unless they are here; two runs at once fetch them once.

        Raises:
            JarsMissing: Maven is not installed, failed or took longer than fifteen minutes.
        """
        self.home.parent.mkdir(parents=True, exist_ok=True)
        with open(self.home.parent / f"{self.version}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._complete():
                return
            shutil.rmtree(self.home, ignore_errors=True)
            self.home.mkdir()
            (self.home / "logging.properties").write_text(
                RELOAD4J_CONFIG if self.logging is RELOAD4J else LOG4J2_CONFIG, "utf-8"
            )
            (self.home / "pom.xml").write_text(self._pom(), "utf-8")
            self._run_maven()
            (self.home / "complete").write_text(self._pom(), "utf-8")

    def _complete(self) -> bool:
        marker = self.home / "complete"
        return marker.is_file() and marker.read_text("utf-8") == self._pom()

    def _pom(self) -> str:
        wanted = (
            f"org.apache.kafka:kafka_2.13:{self.version}",
            f"org.apache.kafka:kafka-tools:{self.version}",
            *self.logging,
        )
        dependencies = "".join(
            "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>\n".format(
                *coordinates.split(":")
            )
            for coordinates in wanted
        )
        return (
            "<project><modelVersion>4.0.0</modelVersion><groupId>klamm</groupId><artifactId>kafka</artifactId>"
            f"<version>{self.version}</version><packaging>pom</packaging>\n"
            f"<dependencies>\n{dependencies}</dependencies></project>\n"
        )

    def _run_maven(self) -> None:
        maven = shutil.which("mvn")
        if maven is None:
            raise JarsMissing(
                f"Apache Kafka {self.version} comes by Maven, and there is no mvn: install Maven and Java 17"
            )
        say(f"Fetching Apache Kafka {self.version} with Maven (some 55 MB, once, into {self.home}) ...")
        command = [maven, "-B", "-q", "-Dstyle.color=never", COPY_DEPENDENCIES, "-DoutputDirectory=libs"]
        try:
            done = subprocess.run(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=MAVEN_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            raise JarsMissing(f"Maven did not bring Apache Kafka {self.version} in {MAVEN_SECONDS} s") from expired
        if done.returncode != 0:
            tail = "\n".join(done.stdout.splitlines()[-30:])
            raise JarsMissing(f"Maven could not bring Apache Kafka {self.version} (in {self.home}):\n{tail}")
        say(f"Apache Kafka {self.version} is here.")


def say(text: str) -> None:
    """Print one line of progress where pytest shows it: on the error stream."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


KAFKA_4 = KafkaRelease("4.3.1", LOG4J2)
KAFKA_3 = KafkaRelease("3.9.2", RELOAD4J)
