"""The list: a line for each frame, from its header alone, as quick as it can be."""

from __future__ import annotations

from typing import TextIO

from klamm.inspect.decoding import Body
from klamm.inspect.meanings import clock, code_name
from klamm.inspect.model import REQUEST, Flaw, Message, Trouble
from klamm.inspect.printing import is_colourful, trouble_line
from klamm.inspect.safe import safe
from klamm.inspect.values import error_codes

__all__ = ["ListPrinter"]

_MAX_KEPT = 10_000
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


class ListPrinter:
    """Prints a line per frame. Errors of answers are shown where the filters had the bodies read anyway."""

    needs_body = False

    def __init__(self, out: TextIO) -> None:
        self.failures = 0
        self._write = out.write
        self._colour = is_colourful(out)
        self._names: dict[str, str] = {}
        self._clients: dict[str, str] = {}

    def message(self, message: Message, body: Body | None, wanted: bool) -> None:
        """Prints a message's line."""
        if not wanted:
            return
        frame = message.frame
        dialogue = frame.dialogue
        name = self._names.get(dialogue.name) or _kept(self._names, dialogue.name)
        client_id = message.client_id or ""
        client = self._clients.get(client_id) or _kept(self._clients, client_id, " ")
        is_request = frame.direction == REQUEST
        # One f-string: this line is most of what listing a large capture costs.
        line = (
            f"{message.number:>6} {clock(frame.time)} {name} {'>' if is_request else '<'} {message.name}"
            f"{_version(message.version)} {frame.direction} id={message.correlation_id}"
            f" {client}{len(frame.data)} bytes"
        )
        if message.asked is not None:
            line += f" re #{message.asked.number}"
        if dialogue.view:
            line += f" {dialogue.view}'s view, tenant {safe(dialogue.tenant) or '(none yet)'}"
        flaw = message.flaw or (body.flaw if body is not None else None)
        if flaw is not None:
            self._flawed(line, message, flaw)
            return
        if body is not None and body.layout is not None and not is_request:
            codes = sorted(set(error_codes(body.layout, body.value)) - {0})
            line += "".join(f" [{code} {code_name(code)}]" for code in codes)
        self._write(f"{line}\n")

    def trouble(self, trouble: Trouble) -> None:
        """Prints what is wrong, on a line of its own."""
        self._alarm(f"     ! {trouble_line(trouble)}")

    def close(self) -> None:
        """Has nothing to do: every line is printed at once."""

    def _flawed(self, line: str, message: Message, flaw: Flaw) -> None:
        self._alarm(f"{line}  ! {message.where}, byte {flaw.offset} of the frame: {safe(str(flaw))}")

    def _alarm(self, line: str) -> None:
        self._write(f"{_RED}{line}{_PLAIN}\n" if self._colour else f"{line}\n")


def _version(version: int | None) -> str:
    return "" if version is None else f" v{version}"


def _kept(texts: dict[str, str], text: str, end: str = "") -> str:
    """Makes a text safe, and keeps what came of it: there are few of them, and they come again and again."""
    if len(texts) > _MAX_KEPT:
        texts.clear()
    texts[text] = made = f"{safe(text)}{end}" if text else ""
    return made
