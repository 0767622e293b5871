"""Bodies: from a message whose header was read to its layout and value, or to the exact byte that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from klamm.inspect.model import PREFIX, REQUEST, Flaw, Message
from klamm.wire import Malformed, Reader
from klamm.wire import Message as Layout

__all__ = ["Body", "decode"]

_BUDGET: Final = 20_000_000
_API_VERSIONS = 18
_UNSUPPORTED_VERSION = b"\0\x23"


@dataclass(slots=True)
class Body:
    """A decoded body; ``layout`` is None where there is nothing to show: a token, or bytes that could not be read."""

    layout: Layout | None = None
    value: Any = None
    note: str = ""
    flaw: Flaw | None = None


def decode(message: Message) -> Body:
    """Decodes the body of a message; never raises, what is wrong is the body's ``flaw``."""
    frame, api, version = message.frame, message.api, message.version
    if frame.is_token or frame.is_withheld:
        return Body(
            note=f"{len(frame.data) - message.body_at} bytes, not written by the tap" if frame.is_withheld else ""
        )
    if message.flaw is not None or api is None or version is None:
        return Body(flaw=message.flaw)
    data = frame.data[message.body_at :]
    if frame.direction != REQUEST and api.key == _API_VERSIONS and data[:2] == _UNSUPPORTED_VERSION:
        # A broker that does not know the version says so in v0, the one layout that every client reads (KIP-511).
        try:
            return Body(api.response(0), api.response(0).parse(data), "answered in version 0")
        except Malformed:
            pass
    if version not in api.versions:
        return Body(flaw=Flaw(f"{api.name} has no version {version} in the tables, which know {api.versions}", PREFIX))
    layout = api.request(version) if frame.direction == REQUEST else api.response(version)
    reader = Reader(data, budget=_BUDGET)
    try:
        value = layout.read(reader)
    except Malformed as error:
        return Body(flaw=Flaw(error.reason, PREFIX + message.body_at + (error.offset or 0), error.path))
    if not reader.remaining:
        return Body(layout, value)
    # Kafka itself does not mind bytes behind a body, and there are clients that send some.
    reason = f"{reader.remaining} bytes behind the end of the body"
    return Body(layout, value, flaw=Flaw(reason, PREFIX + message.body_at + reader.pos))
