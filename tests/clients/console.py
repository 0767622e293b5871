"""A tenant at its console: Kafka's own tools with what the tenant was given."""

from collections.abc import Mapping, Sequence

from tests.clients.front import Access
from tests.kafka import JavaTool, KafkaRelease, ToolResult

__all__ = ["Console"]

PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="{}" password="{}";'


class Console:
    """The tools of a release, for whoever has this access."""

    def __init__(self, release: KafkaRelease, access: Access) -> None:
        self._tool = JavaTool(release)
        self._bootstrap = access.bootstrap
        self._config: dict[str, str] = {"client.id": "console"}
        if access.username:
            self._config |= {
                "security.protocol": "SASL_PLAINTEXT",
                "sasl.mechanism": "PLAIN",
                "sasl.jaas.config": PLAIN.format(access.username, access.password),
            }

    def run(
        self,
        tool: str,
        args: str,
        *,
        lines: Sequence[str] = (),
        check: bool = True,
        properties: Mapping[str, str] | None = None,
    ) -> ToolResult:
        """Run a tool to its end; `lines` is what the tenant types, `properties` are further client properties.

        Raises:
            ToolFailed: its exit status was not 0 although `check` says that it should be.
        """
        return self._tool.run(
            tool,
            args.split(),
            bootstrap=self._bootstrap,
            config=self._config | dict(properties or {}),
            input="".join(f"{line}\n" for line in lines),
            check=check,
        )

    def refused(self, tool: str, args: str, *, lines: Sequence[str] = ()) -> str:
        """Run a tool that is to fail, and return all that it said."""
        done = self.run(tool, args, lines=lines, check=False)
        assert done.status != 0, f"{tool} {args} was not refused: {done.stdout}"
        return done.stdout + done.stderr
