"""JSON lines: an object for each frame, for programs."""

from __future__ import annotations

import json
from typing import Any, TextIO

from klamm.inspect.decoding import Body
from klamm.inspect.embedded import Embedded
from klamm.inspect.model import PREFIX, Flaw, Message, Trouble
from klamm.inspect.records.batches import Limits
from klamm.inspect.values import as_json

__all__ = ["JsonPrinter"]


class JsonPrinter:
    """Prints direction, api, api_key, version, correlation_id, client_id and body; error and offset of a bad frame.

    With ``limits`` embedded formats are opened, with ``context`` it is said where the frame was found.
    """

    needs_body = True

    def __init__(self, out: TextIO, limits: Limits | None, *, context: bool = False) -> None:
        self.failures = 0
        self._write = out.write
        self._limits = limits
        self._context = context

    def message(self, message: Message, body: Body | None, wanted: bool) -> None:
        """Prints a message."""
        if not wanted or body is None:
            return
        line = described(message, self._body(message, body))
        flaw = body.flaw
        if flaw is None and isinstance(line["body"], _Flawed):
            line["body"], flaw = line["body"].value, line["body"].flaw
            self.failures += 1
        if flaw is not None:
            line |= {"error": str(flaw), "offset": flaw.offset}
        if self._context:
            line |= context_of(message)
        self._write(json.dumps(line) + "\n")

    def trouble(self, trouble: Trouble) -> None:
        """Prints bytes that are no message; their offset is where they stand in the input."""
        line: dict[str, Any] = {
            "direction": trouble.direction, "api": None, "api_key": None, "version": None, "correlation_id": None,
            "client_id": None, "body": None, "error": trouble.reason, "offset": trouble.offset,
        }  # fmt: skip
        if self._context:
            line["place"] = trouble.place
            line["connection"] = trouble.dialogue.name if trouble.dialogue else None
        self._write(json.dumps(line) + "\n")

    def close(self) -> None:
        """Has nothing to do: every line is printed at once."""

    def _body(self, message: Message, body: Body) -> Any:
        if message.frame.is_token:
            return None if message.frame.is_withheld else {"sasl_token": message.frame.data.hex()}
        if body.layout is None:
            return None
        if self._limits is None:
            return as_json(body.layout, body.value)
        how = Embedded(self._limits)
        how.begin(message.frame.is_blanked, body.value.get("protocol_type"))
        value = as_json(body.layout, body.value, how)
        if how.flaws:
            return _Flawed(value, Flaw(str(how.flaws[0]), PREFIX + message.body_at))
        return value


class _Flawed:
    """A body that was read, with something embedded in it that was not."""

    def __init__(self, value: Any, flaw: Flaw) -> None:
        self.value = value
        self.flaw = flaw


def described(message: Message, body: Any) -> dict[str, Any]:
    """Gives what is said of every message."""
    return {
        "direction": message.frame.direction,
        "api": message.api.name if message.api is not None else None,
        "api_key": message.api_key,
        "version": message.version,
        "correlation_id": message.correlation_id,
        "client_id": message.client_id,
        "body": body,
    }


def context_of(message: Message) -> dict[str, Any]:
    """Gives where and when a message was found."""
    frame = message.frame
    return {
        "number": message.number,
        "answers": message.asked.number if message.asked is not None else None,
        "time": frame.time,
        "connection": frame.dialogue.name,
        "place": message.where,
        "tenant": frame.dialogue.tenant or None,
        "view": frame.dialogue.view or None,
        "size": len(frame.data),
    }
