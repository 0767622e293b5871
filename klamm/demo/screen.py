"""The demo on the terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from klamm.demo.checks import Check
from klamm.demo.cluster import Cluster
from klamm.demo.proxy import TENANTS, RunningProxy
from klamm.demo.tenant import GROUP, TOPIC, TenantReport
from klamm.demo.truth import BrokerReport

__all__ = ["Screen"]

_SNIPPET = """\
from confluent_kafka import Consumer, Producer

acme = {{
    "bootstrap.servers": "{bootstrap}",
    "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
    "sasl.username": "acme", "sasl.password": "{password}",
}}
producer = Producer(acme)
producer.produce("{topic}", "hello")
producer.flush()
consumer = Consumer(acme | {{"group.id": "try", "auto.offset.reset": "earliest"}})
consumer.subscribe(["{topic}"])
while message := consumer.poll(10):
    print(message.value() if not message.error() else message.error())"""


class Screen:
    """Writes to standard output: colours on a terminal, plain text elsewhere."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, markup=False, soft_wrap=False)

    def step(self, text: str) -> None:
        """Says what is going on."""
        self._console.print(Text("· ").append(text))

    def views(self, tenants: Sequence[TenantReport], broker: BrokerReport, cluster: Cluster) -> None:
        """Shows what each tenant sees beside what the broker stores."""
        table = Table(title="The same names, seen from three places", title_justify="left", show_lines=True)
        table.add_column("")
        for tenant in tenants:
            table.add_column(f"{tenant.name} sees", overflow="fold")
        table.add_column("the broker stores", style="yellow", overflow="fold")
        table.add_row("topics", *(_lines(tenant.topics) for tenant in tenants), _lines(_relevant(broker.topics)))
        table.add_row("messages", *(_lines(tenant.received[-6:]) for tenant in tenants), _stored(broker.messages))
        table.add_row("groups", *(_groups(tenant.groups) for tenant in tenants), _broker_groups(broker, cluster))
        offsets = [Text(f"{GROUP}  {_offsets(tenant.committed)}") for tenant in tenants]
        stored = _lines(f"{group}  {_offsets(found)}" for group, found in broker.committed.items())
        table.add_row("committed", *offsets, stored)
        table.add_row("brokers", *(_lines(tenant.brokers) for tenant in tenants), _lines(cluster.brokers.values()))
        self._console.print(table)

    def checks(self, checks: Sequence[Check]) -> None:
        """Lists the promises and whether they were kept."""
        for check in checks:
            mark = Text("✓ ", "green") if check.kept else Text("✗ ", "bold red")
            self._console.print(mark.append(check.promise, "" if check.kept else "bold red"))

    def invitation(self, proxy: RunningProxy) -> None:
        """Says how to try it."""
        users = "   ".join(f"{name} / {password}" for name, password in TENANTS.items())
        head = Text(f"bootstrap  {proxy.bootstrap}   (SASL_PLAINTEXT, PLAIN)\nusers      {users}\n")
        head.append(f"config     {proxy.config}\nlog        {proxy.log}")
        self._console.print(Panel(head, title="Try it", title_align="left", expand=False))
        snippet = _SNIPPET.format(bootstrap=proxy.bootstrap, password=TENANTS["acme"], topic=TOPIC)
        self._console.print(Text(snippet))
        self._console.print(Text("\nCtrl-C ends it.", "dim"))

    def failure(self, text: str) -> None:
        """Says why the demo could not go on."""
        self._console.print(Text(text, "bold red"))


def _lines(values: Iterable[object]) -> Text:
    return Text("\n".join(str(value) for value in values))


def _stored(messages: Mapping[str, int]) -> Text:
    return _lines(f"{count} in {topic}" for topic, count in messages.items())


def _relevant(topics: Collection[str]) -> list[str]:
    shown = [topic for topic in topics if topic.endswith(TOPIC)]
    return shown + ([f"(and {len(topics) - len(shown)} others)"] if len(topics) > len(shown) else [])


def _offsets(committed: dict[int, int]) -> str:
    return " ".join(f"{partition}:{offset}" for partition, offset in sorted(committed.items())) or "nothing"


def _groups(groups: Sequence[str] | None) -> Text:
    return Text("(this broker cannot list groups)", "dim") if groups is None else _lines(groups)


def _broker_groups(broker: BrokerReport, cluster: Cluster) -> Text:
    if broker.groups is None:
        return Text("(the embedded broker cannot list groups;\n--upstream HOST:PORT shows them)", "dim")
    return _lines([group for group in broker.groups if group.endswith(GROUP)])
