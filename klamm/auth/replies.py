"""What the server side of a login answers, as plain values that the connection turns into Kafka's messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from klamm.auth.credentials import Identity

__all__ = [
    "ILLEGAL_SASL_STATE",
    "NONE",
    "SASL_AUTHENTICATION_FAILED",
    "UNSUPPORTED_SASL_MECHANISM",
    "Continue",
    "Failure",
    "HandshakeReply",
    "Reply",
    "Success",
]

# Kafka's codes, written out because this package leans on no other of ours.
NONE = 0
UNSUPPORTED_SASL_MECHANISM = 33
ILLEGAL_SASL_STATE = 34
SASL_AUTHENTICATION_FAILED = 58


@dataclass(frozen=True, slots=True)
class HandshakeReply:
    """Answers a SaslHandshake; any `error_code` but 0 ends the login, and the connection with it."""

    error_code: int
    mechanisms: tuple[str, ...]
    """The mechanisms a client may choose from, in the operator's order."""


@dataclass(frozen=True, slots=True)
class Success:
    """Ends an exchange: the peer has proved that it is `identity`."""

    identity: Identity
    server_token: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """Ends the login for good; `message` is fixed text that tells nothing about users or passwords."""

    error_code: int
    message: str


@dataclass(frozen=True, slots=True)
class Continue:
    """Asks the client for its next token."""

    server_token: bytes = field(repr=False)


Reply: TypeAlias = Success | Failure | Continue
