"""Klamm's own login at a broker, as a state machine over frames: SaslHandshake v1, then SaslAuthenticate v1.

The token is sent only after the broker has said that it takes the mechanism.
"""

from __future__ import annotations

from klamm.auth.client import PlainClient
from klamm.proxy.requests import UpstreamError, own_request, read_answer
from protocol_tables import registry
from protocol_tables.errors import ErrorCode, stock_text

__all__ = ["UpstreamLogin"]

_HANDSHAKE = registry.named("SaslHandshake")
_AUTHENTICATE = registry.named("SaslAuthenticate")
_VERSION = 1
_MAX_NAMED = 8


class UpstreamLogin:
    """One login. `start` gives the first frame, `receive` takes each answer and gives the next frame until `done`."""

    __slots__ = ("_client", "_step", "lifetime")

    def __init__(self, client: PlainClient) -> None:
        self._client = client
        self._step = 0
        self.lifetime = 0.0
        """Seconds after which the broker closes the connection unless somebody logs in again; 0: never (KIP-368)."""

    @property
    def done(self) -> bool:
        """Whether the broker has accepted the login."""
        return self._step == 2

    def start(self) -> bytes:
        """Gives the first frame to send."""
        return own_request(_HANDSHAKE, _VERSION, 0, {"mechanism": self._client.mechanism})

    def receive(self, answer: bytes) -> bytes:
        """Takes an answer and gives the next frame, empty when there is none; raises UpstreamError."""
        if self._step == 0:
            self._handshaken(answer)
            self._step = 1
            return own_request(_AUTHENTICATE, _VERSION, 1, {"auth_bytes": self._client.first()})
        if self._step == 1:
            self._authenticated(answer)
            self._step = 2
            return b""
        raise UpstreamError("answered a login that was over")

    def _handshaken(self, answer: bytes) -> None:
        value = read_answer(_HANDSHAKE, _VERSION, 0, answer)
        if value["error_code"] != ErrorCode.NONE:
            offered = ", ".join(value["mechanisms"][:_MAX_NAMED]) or "none"
            raise UpstreamError(
                f"does not take SASL mechanism {self._client.mechanism} (it offers: {offered}); see upstream.sasl"
            )

    def _authenticated(self, answer: bytes) -> None:
        value = read_answer(_AUTHENTICATE, _VERSION, 1, answer)
        if value["error_code"] != ErrorCode.NONE:
            told = value["error_message"] or stock_text(value["error_code"])
            raise UpstreamError(f"refused Klamm's own login, see upstream.sasl: {told}")
        self.lifetime = max(0, value["session_lifetime_ms"]) / 1000
