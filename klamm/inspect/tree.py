"""The tree: every field of a frame on a line of its own."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from klamm.inspect.decoding import Body
from klamm.inspect.model import Flaw, Message, Trouble
from klamm.inspect.nodes import Node, Style, body_nodes
from klamm.inspect.printing import headline, is_colourful, trouble_line, window_of
from klamm.inspect.safe import hex_window, safe

__all__ = ["TreePrinter", "console_for", "grow", "grow_flaw"]

_UNWRAPPED = 100_000


class _Console(Console):
    """A console that leaves it to the program what a reader means that goes away."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console_for(out: TextIO, width: int | None, unwrapped: int = _UNWRAPPED) -> Console:
    """Gives a console that takes every text as it is; lines are wrapped on a terminal only."""
    return _Console(
        file=out,
        width=width or (None if out.isatty() else unwrapped),
        markup=False,
        highlight=False,
        emoji=False,
        no_color=not is_colourful(out),
        force_terminal=is_colourful(out),
    )


class TreePrinter:
    """Prints messages as trees."""

    needs_body = True

    def __init__(self, out: TextIO, style: Style, width: int | None = None) -> None:
        self.failures = 0
        self._console = console_for(out, width)
        self._style = style

    def message(self, message: Message, body: Body | None, wanted: bool) -> None:
        """Prints a message's tree."""
        if not wanted or body is None:
            return
        tree = Tree(Text(headline(message), style="bold"), guide_style="dim")
        if body.note:
            tree.add(Text(body.note, style="dim"))
        if message.frame.is_token and not message.frame.is_withheld:
            size = len(message.frame.data)
            shown = message.frame.data.hex() if self._style.secrets else "(--secrets shows it)"
            tree.add(Text(f"a SASL token of {size} bytes {shown}"))
        if body.layout is not None:
            grow(tree, body_nodes(body.layout, body.value, self._style, blanked=message.frame.is_blanked))
            self.failures += bool(self._style.embedded.flaws)
        if body.flaw is not None:
            grow_flaw(tree, message, body.flaw)
        self._console.print(tree)

    def trouble(self, trouble: Trouble) -> None:
        """Prints what is wrong and the bytes that are."""
        tree = Tree(Text(f"! {trouble_line(trouble)}", style="red"), guide_style="dim")
        for row in hex_window(trouble.window, 0) if trouble.window else ():
            tree.add(Text(row, style="dim"))
        self._console.print(tree)

    def close(self) -> None:
        """Has nothing to do: every tree is printed at once."""


def grow(tree: Tree, nodes: list[Node]) -> None:
    """Adds nodes to a tree."""
    for node in nodes:
        text = Text(node.label, style="cyan")
        if node.text:
            text.append(f": {node.text}" if not node.children else f"  {node.text}", style=_style(node))
        grow(tree.add(text), node.children)


def grow_flaw(tree: Tree, message: Message, flaw: Flaw) -> None:
    """Adds what is wrong with a frame, and the bytes around the one where it was noticed."""
    where = f"{message.where}, byte {flaw.offset} of the frame"
    branch = tree.add(Text(f"! {where}: {safe(str(flaw))}", style="red"))
    for row in window_of(message, flaw):
        branch.add(Text(row, style="dim" if "^^" not in row else "red"))


def _style(node: Node) -> str:
    if node.is_error:
        return "red"
    return "dim" if node.children else ""
