"""Runs Kafka's own console tools, as a user would type them, against any address."""

import asyncio
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from tests.kafka.release import KafkaRelease

__all__ = ["JavaTool", "ToolFailed", "ToolResult"]

TOOLS = "org.apache.kafka.tools"

# tool: main class, option that names a properties file
MODERN = {
    "kafka-broker-api-versions": (f"{TOOLS}.BrokerApiVersionsCommand", "--command-config"),
    "kafka-configs": ("kafka.admin.ConfigCommand", "--command-config"),
    "kafka-console-consumer": (f"{TOOLS}.consumer.ConsoleConsumer", "--command-config"),
    "kafka-console-producer": (f"{TOOLS}.ConsoleProducer", "--command-config"),
    "kafka-consumer-groups": (f"{TOOLS}.consumer.group.ConsumerGroupCommand", "--command-config"),
    "kafka-delete-records": (f"{TOOLS}.DeleteRecordsCommand", "--command-config"),
    "kafka-get-offsets": (f"{TOOLS}.GetOffsetShell", "--command-config"),
    "kafka-groups": (f"{TOOLS}.GroupsCommand", "--command-config"),
    "kafka-topics": (f"{TOOLS}.TopicCommand", "--command-config"),
    "kafka-transactions": (f"{TOOLS}.TransactionsCommand", "--command-config"),
}
# What Kafka 3.9 calls otherwise; `kafka-groups` is newer than it.
IN_KAFKA_3 = {
    "kafka-broker-api-versions": ("kafka.admin.BrokerApiVersionsCommand", "--command-config"),
    "kafka-console-consumer": (f"{TOOLS}.consumer.ConsoleConsumer", "--consumer.config"),
    "kafka-console-producer": ("kafka.tools.ConsoleProducer", "--producer.config"),
}


class ToolFailed(AssertionError):
    """Raised when a tool ends with another status than 0, or does not end in time; the text is all that it said."""


@dataclass(frozen=True)
class ToolResult:
    """What a tool said: its exit status, standard output and error output."""

    status: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        """Return the non-empty lines of the standard output."""
        return [line for line in self.stdout.splitlines() if line.strip()]


class RunOptions(TypedDict, total=False):
    """The options of `JavaTool.run` that have defaults."""

    config: Mapping[str, str] | None
    input: str | None
    timeout: float
    check: bool


@dataclass(frozen=True)
class JavaTool:
    """The console tools of one Kafka release."""

    release: KafkaRelease

    def run(
        self,
        tool: str,
        args: Sequence[str] = (),
        *,
        bootstrap: str,
        config: Mapping[str, str] | None = None,
        input: str | None = None,
        timeout: float = 90,
        check: bool = True,
    ) -> ToolResult:
        """Run one tool to its end.

        Args:
            tool: the name of Kafka's shell script, without `.sh`.
            args: what follows `--bootstrap-server`, which is given from `bootstrap`.
            config: Java client properties (`security.protocol`, ...), handed over in a file.
            input: the tool's standard input; nothing by default.
            timeout: seconds.
            check: raise unless the exit status is 0.

        Raises:
            ToolFailed: see `check`; or the tool was still running after `timeout`.
        """
        main, config_option = self._named(tool)
        with tempfile.NamedTemporaryFile("w", suffix=".properties", encoding="utf-8") as properties:
            properties.writelines(f"{key}={escaped(value)}\n" for key, value in (config or {}).items())
            properties.flush()
            command = self.release.java(
                main,
                "--bootstrap-server",
                bootstrap,
                *((config_option, properties.name) if config else ()),
                *args,
                heap="256m",
                level="WARN",
            )
            try:
                done = subprocess.run(
                    command, input=input or "", capture_output=True, text=True, timeout=timeout, check=False
                )
            except subprocess.TimeoutExpired as expired:
                said = "\n".join(part.decode("utf-8", "replace") for part in (expired.stdout, expired.stderr) if part)
                raise ToolFailed(f"{tool} {' '.join(args)}: still running after {timeout} s\n{said}") from None
        if check and done.returncode != 0:
            raise ToolFailed(f"{tool} {' '.join(args)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return ToolResult(done.returncode, done.stdout, done.stderr)

    async def run_async(
        self, tool: str, args: Sequence[str] = (), *, bootstrap: str, **options: Unpack[RunOptions]
    ) -> ToolResult:
        """Run one tool in a thread, for tests whose own event loop is needed meanwhile; see `run`."""
        return await asyncio.to_thread(self.run, tool, args, bootstrap=bootstrap, **options)

    def _named(self, tool: str) -> tuple[str, str]:
        older = IN_KAFKA_3 if self.release.major < 4 else {}
        return older.get(tool) or MODERN[tool]


def escaped(value: str) -> str:
    r"""Return a value as Java's properties files want it: only the backslash means something there."""
    return value.replace("\\", "\\\\").replace("\n", "\\n")
