"""The comparison: the client's view of a message beside the broker's, changed fields marked, with the rule of each."""

from __future__ import annotations

import json
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from klamm.inspect.comparing import Row, compare
from klamm.inspect.decoding import Body
from klamm.inspect.json_lines import context_of, described
from klamm.inspect.model import REQUEST, Message, Trouble
from klamm.inspect.nodes import Node, Style, body_nodes
from klamm.inspect.preview import Preview
from klamm.inspect.printing import headline, trouble_line
from klamm.inspect.tree import console_for, grow, grow_flaw
from klamm.inspect.values import as_json
from klamm.rewriting.rules import ApiRules, RuleSet

__all__ = ["DiffPrinter"]

_WIDTH = 160


class DiffPrinter:
    """Pairs the two views of a tap, or makes the second one by running the rewriter, and prints both.

    With ``as_json`` an object per message: what is said of every message, both bodies and the changes.
    """

    needs_body = True

    def __init__(
        self, out: TextIO, rules: RuleSet, preview: Preview | None, style: Style, *, width: int | None, as_json: bool
    ) -> None:
        self.failures = 0
        self._out = out
        self._console: Console = console_for(out, width, _WIDTH)
        self._rules = rules
        self._preview = preview
        self._style = style
        self._json = as_json
        self._held: tuple[Message, Body, bool] | None = None

    def message(self, message: Message, body: Body | None, wanted: bool) -> None:
        """Takes the next message: one view of two, or one of which the other is made here."""
        if body is None:
            return
        view = message.frame.dialogue.view
        if not view:
            self._previewed(message, body, wanted)
        elif view == "client":
            self.close()
            self._held = (message, body, wanted)
        elif self._held is not None and _is_pair(self._held[0], message):
            mine, client, was_wanted = self._held
            self._held = None
            if wanted or was_wanted:
                self._show(mine, client, body, _version_note(mine, message.version))
        else:
            self.close()
            if wanted:
                self._show(message, None, body, "seen at the broker's side only")

    def trouble(self, trouble: Trouble) -> None:
        """Prints bytes that are no message."""
        if self._json:
            self._out.write(json.dumps({"error": trouble.reason, "offset": trouble.offset}) + "\n")
        else:
            self._console.print(Text(f"! {trouble_line(trouble)}", style="red"))

    def close(self) -> None:
        """Prints a client's view that found no broker's."""
        if self._held is not None:
            message, body, wanted = self._held
            self._held = None
            if wanted:
                self._show(message, body, None, "between the client and Klamm only")

    def _previewed(self, message: Message, body: Body, wanted: bool) -> None:
        if self._preview is None or body.layout is None:
            if wanted:
                self._show(message, body, None, body.note)
            return
        other = self._preview.rewrite(message)
        note = other.note or _version_note(message, other.version)
        if not wanted:
            return
        if message.frame.direction == REQUEST and other.version is not None:
            self._show(message, body, other.body, note)
        elif message.frame.direction == REQUEST:
            self._show(message, body, None, note, answer=other.body)
        else:
            self._show(message, other.body if other.version is not None else None, body, note)

    def _show(
        self, message: Message, client: Body | None, broker: Body | None, note: str, answer: Body | None = None
    ) -> None:
        rules = self._rules.apis.get(message.api.name) if message.api is not None else None
        if self._json:
            self._show_json(message, client, broker, rules)
            return
        tree = Tree(Text(headline(message), style="bold"), guide_style="dim")
        if note:
            tree.add(Text(note, style="yellow"))
        for body in (client, broker):
            if body is not None and body.flaw is not None:
                grow_flaw(tree, message, body.flaw)
        sides = self._nodes(message, client), self._nodes(message, broker)
        if None in sides:
            grow(tree, sides[0] or sides[1] or [])
        if answer is not None and answer.layout is not None:
            grow(tree.add(Text("the answer", style="yellow")), self._nodes(message, answer) or [])
        self._console.print(tree)
        if sides[0] is not None and sides[1] is not None:
            self._console.print(_table(compare(sides[0], sides[1], rules, message.frame.direction)))

    def _nodes(self, message: Message, body: Body | None) -> list[Node] | None:
        if body is None or body.layout is None:
            return None
        nodes = body_nodes(body.layout, body.value, self._style, blanked=message.frame.is_blanked)
        self.failures += bool(self._style.embedded.flaws)
        return nodes

    def _show_json(self, message: Message, client: Body | None, broker: Body | None, rules: ApiRules | None) -> None:
        sides = self._nodes(message, client), self._nodes(message, broker)
        rows: list[Row] = []
        if sides[0] is not None and sides[1] is not None:
            rows = compare(sides[0], sides[1], rules, message.frame.direction)
        changes = [
            {"path": row.path, "client": row.client, "broker": row.broker, "rule": row.rule}
            for row in rows
            if row.changed
        ]
        line = described(message, None)
        del line["body"]
        line |= {"client": _plain(client), "broker": _plain(broker), "changes": changes} | context_of(message)
        for body in (client, broker):
            if body is not None and body.flaw is not None:
                line |= {"error": str(body.flaw), "offset": body.flaw.offset}
        self._out.write(json.dumps(line) + "\n")


def _is_pair(client: Message, broker: Message) -> bool:
    return (
        client.frame.dialogue.name == broker.frame.dialogue.name
        and client.frame.direction == broker.frame.direction
        and client.correlation_id == broker.correlation_id
        and client.frame.is_token == broker.frame.is_token
    )


def _version_note(message: Message, other: int | None) -> str:
    if other is None or other == message.version:
        return ""
    return f"version {message.version} with the client, version {other} with the broker"


def _plain(body: Body | None) -> Any:
    return None if body is None or body.layout is None else as_json(body.layout, body.value)


def _table(rows: list[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=False, pad_edge=False, header_style="bold")
    for title, ratio in (("", None), ("client's view", 5), ("broker's view", 5), ("rule", 4)):
        table.add_column(title, overflow="fold", ratio=ratio)
    for row in rows:
        style = "bold yellow" if row.changed else "dim"
        cells = (_cell(row, row.client), _cell(row, row.broker), row.rule if row.changed else "")
        table.add_row(Text("≠" if row.changed else " ", style=style), *(Text(cell, style=style) for cell in cells))
    return table


def _cell(row: Row, text: str | None) -> str:
    if text is None:
        return ""
    return f"{'  ' * row.depth}{row.label}{': ' + text if text else ''}"
