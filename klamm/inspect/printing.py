"""What all printers are, and the words they share."""

from __future__ import annotations

from typing import Protocol, TextIO

from klamm.inspect.decoding import Body
from klamm.inspect.meanings import clock
from klamm.inspect.model import REQUEST, Flaw, Message, Trouble
from klamm.inspect.safe import hex_window, safe

__all__ = ["Printer", "headline", "is_colourful", "trouble_line", "window_of"]

_ARROWS = {"request": "→", "response": "←", None: "·"}


class Printer(Protocol):
    """Shows messages in one form. ``failures`` counts what it could not decode beyond what it was told."""

    failures: int
    needs_body: bool

    def message(self, message: Message, body: Body | None, wanted: bool) -> None:
        """Takes the next message; ``wanted`` is False for one that the filters leave out."""

    def trouble(self, trouble: Trouble) -> None:
        """Takes bytes that are no message."""

    def close(self) -> None:
        """Shows what was held back."""


def headline(message: Message) -> str:
    """Gives the line that says which message this is."""
    frame = message.frame
    dialogue = frame.dialogue
    parts = [f"#{message.number}", clock(frame.time), safe(dialogue.name), _ARROWS[frame.direction], message.name]
    if message.version is not None and not frame.is_token:
        parts.append(f"v{message.version}")
    parts.append(frame.direction)
    if message.correlation_id is not None:
        parts.append(f"correlation id {message.correlation_id}")
    if message.client_id is not None:
        parts.append(f'client "{safe(message.client_id)}"')
    if dialogue.tenant:
        parts.append(f'tenant "{safe(dialogue.tenant)}"')
    if dialogue.view:
        parts.append(f"{dialogue.view}'s view")
    parts.append(f"{len(frame.data)} bytes")
    parts += _link(message)
    return "  ".join(part for part in parts if part)


def _link(message: Message) -> list[str]:
    asked = message.asked
    if asked is None:
        return []
    if asked.time is None or message.frame.time is None:
        return [f"answers #{asked.number}"]
    return [f"answers #{asked.number} after {(message.frame.time - asked.time) * 1000:.1f} ms"]


def window_of(message: Message, flaw: Flaw) -> list[str]:
    """Gives the bytes around a flaw as rows of hex; offsets count from the frame's length on."""
    frame = message.frame
    size = frame.size if frame.size >= 0 else len(frame.data)
    return hex_window(size.to_bytes(4, "big", signed=True) + frame.data, flaw.offset)


def trouble_line(trouble: Trouble) -> str:
    """Gives the line that says where bytes are no message, and why."""
    dialogue = trouble.dialogue
    whose = {None: "", REQUEST: " (from the client)"}.get(trouble.direction, " (from the broker)")
    name = f"{safe(dialogue.name)}{whose}: " if dialogue is not None else ""
    return f"{name}{trouble.place}: {trouble.reason}"


def is_colourful(out: TextIO) -> bool:
    """Tells whether colours are welcome: on a terminal whose user has not said no (no-color.org)."""
    import os

    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
