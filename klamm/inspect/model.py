"""What is passed along: frames as they were found, trouble met on the way, and messages once their header is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol_tables.api import Api

if TYPE_CHECKING:
    from klamm.inspect.dialogue import Dialogue

__all__ = ["PREFIX", "REQUEST", "RESPONSE", "Asked", "Flaw", "Frame", "Message", "Trouble"]

REQUEST: Final = "request"
RESPONSE: Final = "response"

PREFIX: Final = 4
"""Bytes of length before each frame; offsets that people are shown count from the first of them."""


@dataclass(slots=True)
class Flaw:
    """Why a frame cannot be read: a reason, the field where known, and the byte (from the frame's length on)."""

    reason: str
    offset: int
    path: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


@dataclass(slots=True)
class Frame:
    """One frame without its length, and where it was found.

    ``place`` is a byte or line of the input. ``hint`` is the api key and version where the source knows them.
    ``damage`` says what is missing of the frame; ``size`` is how long it was meant to be.
    """

    dialogue: Dialogue
    direction: str
    data: bytes
    place: int
    time: float | None = None
    hint: tuple[int, int] | None = None
    damage: str = ""
    size: int = -1
    is_token: bool = False
    is_withheld: bool = False
    is_blanked: bool = False


@dataclass(slots=True)
class Trouble:
    """Bytes that are no frame: what is wrong, where, and the first of the bytes."""

    dialogue: Dialogue | None
    direction: str | None
    place: str
    reason: str
    offset: int
    window: bytes = b""


@dataclass(slots=True)
class Asked:
    """What is kept of a request until its answer comes."""

    number: int
    api_key: int
    version: int
    client_id: str | None
    time: float | None


@dataclass(slots=True)
class Message:
    """A frame whose header was read as far as it could be.

    ``body_at`` is where the body starts in ``frame.data``. ``api`` is None for a bare login token, for an unknown
    API and for an answer whose request is not known; ``flaw`` then says so.
    """

    number: int
    frame: Frame
    api: Api | None = None
    api_key: int | None = None
    version: int | None = None
    correlation_id: int | None = None
    client_id: str | None = None
    body_at: int = 0
    flaw: Flaw | None = None
    asked: Asked | None = None

    @property
    def name(self) -> str:
        """What the message is called in lists."""
        if self.api is not None:
            return self.api.name
        if self.frame.is_token:
            return "SASL token"
        return "?" if self.api_key is None else f"api key {self.api_key}"

    @property
    def where(self) -> str:
        """Where in the input the frame stands."""
        return f"{self.frame.dialogue.unit} {self.frame.place}"
