"""Kafka's messages around a login: SaslHandshake and SaslAuthenticate bodies in, answers out.

Who may say what when, and who has proved to be whom, is decided by `klamm.auth.SaslServer`; this is the clerk that
reads and writes the forms.
"""

from __future__ import annotations

from typing import Any

from klamm.auth.credentials import Identity
from klamm.auth.replies import Failure
from klamm.auth.server import SaslServer
from klamm.observe.counters import Counters
from protocol_tables import registry
from protocol_tables.errors import ErrorCode, stock_text

__all__ = ["Login", "refuse_handshake", "refuse_token"]

_HANDSHAKE = registry.named("SaslHandshake")
_AUTHENTICATE = registry.named("SaslAuthenticate")


class Login:
    """The login of one connection, and any later one that only confirms it (KIP-368)."""

    __slots__ = ("_counters", "_mechanism", "_server")

    def __init__(self, server: SaslServer, counters: Counters) -> None:
        self._server = server
        self._counters = counters
        self._mechanism = "none"

    @property
    def identity(self) -> Identity | None:
        """Who has logged in: None before, and after any failure."""
        return self._server.identity

    @property
    def exchanging(self) -> bool:
        """Whether nothing but a token may come next."""
        return self._server.exchanging

    @property
    def expects_raw(self) -> bool:
        """Whether the next frame is a bare token without a header."""
        return self._server.expects_raw

    @property
    def failed(self) -> bool:
        """Whether the last answer may still go out and then the connection closes."""
        return self._server.failed

    @property
    def mechanism(self) -> str:
        """The mechanism chosen, "none" before that; always one that is offered, so it is safe as a label."""
        return self._mechanism

    def handshake(self, version: int, body: bytes) -> bytes:
        """Answers a SaslHandshake; raises Malformed."""
        mechanism = _HANDSHAKE.request(version).parse(body)["mechanism"]
        reply = self._server.handshake(version, mechanism)
        if self._server.failed:
            self._count("failure")
        else:
            self._mechanism = mechanism
        answer = {"error_code": reply.error_code, "mechanisms": list(reply.mechanisms)}
        return _HANDSHAKE.response(version).build(answer)

    def authenticate(self, version: int, body: bytes) -> bytes:
        """Answers a SaslAuthenticate; raises Malformed."""
        reply = self._judge(_AUTHENTICATE.request(version).parse(body)["auth_bytes"])
        answer: dict[str, Any] = {"error_code": ErrorCode.NONE, "error_message": None, "auth_bytes": b""}
        if isinstance(reply, Failure):
            answer |= {"error_code": reply.error_code, "error_message": reply.message}
        else:
            answer["auth_bytes"] = reply
        # A lifetime of 0 asks nobody to log in again; a connection keeps its user until it closes.
        return _AUTHENTICATE.response(version).build(answer | {"session_lifetime_ms": 0})

    def token(self, token: bytes) -> bytes | None:
        """Answers a bare token; None where only closing is left, for there is no layout to say why."""
        reply = self._judge(token)
        return None if isinstance(reply, Failure) else reply

    def _judge(self, token: bytes) -> bytes | Failure:
        reply = self._server.authenticate(token)
        if isinstance(reply, Failure):
            self._count("failure")
            return reply
        if not self._server.exchanging:
            self._count("success")
        return reply.server_token

    def _count(self, outcome: str) -> None:
        self._counters.count("klamm_auth_total", mechanism=self._mechanism, outcome=outcome)


def refuse_handshake(version: int) -> bytes:
    """Answers a SaslHandshake where nobody logs in, as a broker does on a listener without SASL."""
    return _HANDSHAKE.response(version).build({"error_code": ErrorCode.ILLEGAL_SASL_STATE, "mechanisms": []})


def refuse_token(version: int) -> bytes:
    """Answers a SaslAuthenticate where nobody logs in."""
    code = ErrorCode.ILLEGAL_SASL_STATE
    return _AUTHENTICATE.response(version).build(
        {"error_code": code, "error_message": stock_text(code), "auth_bytes": b"", "session_lifetime_ms": 0}
    )
