"""Filters: which messages are shown."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from klamm.inspect.decoding import Body
from klamm.inspect.model import RESPONSE, Message
from klamm.inspect.values import error_codes
from klamm.wire import Versions
from protocol_tables.errors import ErrorCode
from protocol_tables.registry import BY_KEY

__all__ = ["Selection", "api_key_of", "error_code_of"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to show; None means all. ``any_error`` chooses answers with an error and frames that cannot be read."""

    apis: frozenset[int] | None = None
    versions: Versions | None = None
    client_id: str | None = None
    tenants: frozenset[str] | None = None
    view: str | None = None
    any_error: bool = False
    codes: frozenset[int] = frozenset()

    @property
    def needs_body(self) -> bool:
        """Whether the header alone cannot tell."""
        return self.any_error or bool(self.codes)

    @property
    def shows_trouble(self) -> bool:
        """Whether bytes that are no frame are shown too: not where certain messages were asked for."""
        return self.apis is None and self.versions is None and self.client_id is None and not self.codes

    def wants(self, message: Message) -> bool:
        """Tells by the header whether a message is to be shown."""
        if self.apis is not None and message.api_key not in self.apis:
            return False
        if self.versions is not None and message.version not in self.versions:
            return False
        dialogue = message.frame.dialogue
        if dialogue.view:
            # Only a tap knows whose a frame is and from which side it was seen.
            if self.tenants is not None and dialogue.tenant not in self.tenants:
                return False
            if self.view is not None and dialogue.view != self.view:
                return False
        return self.client_id is None or fnmatchcase(message.client_id or "", self.client_id)

    def wants_body(self, message: Message, body: Body) -> bool:
        """Tells by the body whether a message is to be shown."""
        if body.flaw is not None and self.any_error:
            return True
        if message.frame.direction != RESPONSE or body.layout is None:
            return False
        codes = set(error_codes(body.layout, body.value)) - {0}
        return bool(codes & self.codes if self.codes else codes)


def api_key_of(text: str) -> int:
    """Reads an API's name or key; raises ValueError."""
    for api in BY_KEY.values():
        if text.lower() == api.name.lower() or text == str(api.key):
            return api.key
    near = [api.name for api in BY_KEY.values() if text.lower() in api.name.lower()]
    hint = f"; did you mean {', '.join(near[:3])}?" if near else "; `klamm-inspect api` lists them"
    raise ValueError(f"no API is called {text!r}{hint}")


def error_code_of(text: str) -> int:
    """Reads an error code's number or Kafka's name of it; raises ValueError."""
    if text.removeprefix("-").isdigit():
        return int(text)
    try:
        return int(ErrorCode[text.upper()])
    except KeyError:
        raise ValueError(f"no error code is called {text!r}") from None
