"""The server side of a login: who may say what when, and whom it makes the peer.

Theory of operation
-------------------
A connection has one `SaslServer` for its whole life.  It is told of two things, SaslHandshake requests and tokens (from
SaslAuthenticate requests, or bare ones after a SaslHandshake v0), and answers each with a value of `replies`.  A token
goes to the *exchange* of the chosen mechanism; each handshake makes a new exchange, so nothing that one exchange has
learned (a user name, say) can end up in another.

The state machine below is all there is.  A pair that is not in the table fails, and failing is final:

    state      handshake    strange     continued   accepted    refused      | reads: what the peer said, or
    ---------------------------------------------------------------------     what its exchange made of a token
    START      EXCHANGE     FAILED      -           -           -            nobody is known yet
    EXCHANGE   FAILED       FAILED      EXCHANGE    READY       FAILED       the first login is under way
    READY      AGAIN        FAILED      -           -           -            identity bound, requests may flow
    AGAIN      FAILED       FAILED      AGAIN       READY       FAILED       KIP-368: logging in once more
    FAILED     FAILED       FAILED      -           -           -            answer once, then close

"strange" is a handshake for a mechanism that is not offered, or in READY for another mechanism than the login's, or of
version 0.  A token in START, READY or FAILED belongs to no exchange and fails as well ("-": cannot come up otherwise).

Three rules hold the identity, each bought with somebody else's CVE:

1. A handshake during an exchange ends the login.  PgBouncer (CVE-2026-107350) let a second start-up message in the
   middle of SCRAM finish the login of another user.
2. The identity is bound once, from the exchange's own verdict.  A later exchange may only confirm it; one that proves
   somebody else, even the same user for another tenant, fails, though the proof was good.
3. After a failure there is neither an identity nor an exchange: what was bound is withdrawn, what was begun is dropped.

The connection has three duties of its own: while `exchanging` only a token may come, before `identity` is there only
ApiVersions besides, and once `failed` the last answer goes out and the connection closes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Protocol

from klamm.auth.credentials import CredentialStore, Identity
from klamm.auth.errors import AuthError
from klamm.auth.plain import PlainExchange
from klamm.auth.replies import (
    ILLEGAL_SASL_STATE,
    NONE,
    SASL_AUTHENTICATION_FAILED,
    UNSUPPORTED_SASL_MECHANISM,
    Continue,
    Failure,
    HandshakeReply,
    Reply,
    Success,
)

__all__ = ["EXCHANGES", "Exchange", "SaslServer"]

MAX_TOKEN = 64 * 1024

OUT_OF_TURN = Failure(ILLEGAL_SASL_STATE, "A token came without a SaslHandshake before it.")
TOO_LONG = Failure(SASL_AUTHENTICATION_FAILED, "The login failed: the token is too long.")
SOMEBODY_ELSE = Failure(SASL_AUTHENTICATION_FAILED, "A connection keeps its user; log in as another on a new one.")


class Exchange(Protocol):
    """One run of one mechanism.  It judges tokens until it answers with something else than Continue."""

    def step(self, token: bytes) -> Reply:
        """Returns the verdict on the client's next token; never raises for anything a client can send."""


EXCHANGES: Mapping[str, Callable[[CredentialStore], Exchange]] = {"PLAIN": PlainExchange}
"""Every mechanism Klamm speaks, by the name in SaslHandshake; a new one is one more file and one more line."""


class _State(Enum):
    START = auto()
    EXCHANGE = auto()
    READY = auto()
    AGAIN = auto()
    FAILED = auto()


class _Event(Enum):
    HANDSHAKE = auto()
    STRANGE = auto()
    CONTINUED = auto()
    ACCEPTED = auto()
    REFUSED = auto()


# Only what is allowed is listed; every other pair leads to FAILED.
_NEXT: Mapping[tuple[_State, _Event], _State] = {
    (_State.START, _Event.HANDSHAKE): _State.EXCHANGE,
    (_State.EXCHANGE, _Event.CONTINUED): _State.EXCHANGE,
    (_State.EXCHANGE, _Event.ACCEPTED): _State.READY,
    (_State.READY, _Event.HANDSHAKE): _State.AGAIN,
    (_State.AGAIN, _Event.CONTINUED): _State.AGAIN,
    (_State.AGAIN, _Event.ACCEPTED): _State.READY,
}


class SaslServer:
    """Runs the login of one connection and holds whom it proved to be there."""

    __slots__ = (
        "_bound",
        "_exchange",
        "_exchanges",
        "_mechanism",
        "_raw",
        "_state",
        "_store",
        "_token_limit",
        "mechanisms",
    )

    def __init__(
        self,
        store: CredentialStore,
        mechanisms: Sequence[str] = ("PLAIN",),
        *,
        token_limit: int = MAX_TOKEN,
        exchanges: Mapping[str, Callable[[CredentialStore], Exchange]] = EXCHANGES,
    ) -> None:
        """Offers `mechanisms` and reads tokens of at most `token_limit` bytes; raises AuthError for an unknown one."""
        unknown = sorted(set(mechanisms) - set(exchanges))
        if unknown or not mechanisms:
            asked = ", ".join(unknown) or "none"
            raise AuthError(f"SASL mechanisms asked for: {asked}; choose from {', '.join(sorted(exchanges))}")
        self.mechanisms = tuple(mechanisms)
        self._store = store
        self._token_limit = token_limit
        self._exchanges = exchanges
        self._state = _State.START
        self._exchange: Exchange | None = None
        self._mechanism = ""
        self._raw = False
        self._bound: Identity | None = None

    @property
    def identity(self) -> Identity | None:
        """The proved identity: None before the first success and after any failure, never one and then another."""
        return None if self.failed else self._bound

    @property
    def exchanging(self) -> bool:
        """Whether an exchange is under way, so that nothing but a token may come next."""
        return self._state in (_State.EXCHANGE, _State.AGAIN)

    @property
    def expects_raw(self) -> bool:
        """Whether the next frame is a bare token without Kafka's header, and its answer too (SaslHandshake v0)."""
        return self._raw and self.exchanging

    @property
    def failed(self) -> bool:
        """Whether the login is over for good: the last answer may still go out, then the connection closes."""
        return self._state is _State.FAILED

    def handshake(self, version: int, mechanism: str) -> HandshakeReply:
        """Answers a SaslHandshake of a version: error code 0, 33 for a mechanism not offered, 34 out of turn.

        A client that logs in again must keep to its mechanism and to framed tokens: bare ones cannot be told from
        requests once those flow.
        """
        if self._state not in (_State.START, _State.READY):
            self._move(_Event.HANDSHAKE)
            return HandshakeReply(ILLEGAL_SASL_STATE, ())
        again = self._state is _State.READY
        if again and version == 0:
            self._move(_Event.STRANGE)
            return HandshakeReply(ILLEGAL_SASL_STATE, ())
        offered = (self._mechanism,) if again else self.mechanisms
        if mechanism not in offered:
            self._move(_Event.STRANGE)
            return HandshakeReply(UNSUPPORTED_SASL_MECHANISM, offered)
        self._move(_Event.HANDSHAKE)
        self._mechanism = mechanism
        self._exchange = self._exchanges[mechanism](self._store)
        self._raw = version == 0
        return HandshakeReply(NONE, offered)

    def authenticate(self, token: bytes) -> Reply:
        """Answers a client's token, framed or bare; a Failure has code 58, or 34 for a token out of turn."""
        # Taken away first: should a mechanism raise after all, no exchange is left and the next message fails.
        exchange, self._exchange = self._exchange, None
        if exchange is None:
            self._move(_Event.REFUSED)
            return OUT_OF_TURN
        reply = exchange.step(token) if len(token) <= self._token_limit else TOO_LONG
        if isinstance(reply, Success) and self._bound not in (None, reply.identity):
            reply = SOMEBODY_ELSE
        match reply:
            case Continue():
                self._move(_Event.CONTINUED)
                self._exchange = exchange
            case Success(identity):
                self._move(_Event.ACCEPTED)
                self._bound = identity
            case Failure():
                self._move(_Event.REFUSED)
        return reply

    def _move(self, event: _Event) -> None:
        self._state = _NEXT.get((self._state, event), _State.FAILED)
        if self.failed:
            self._exchange = None  # or a token after an illegal handshake would still be judged, and could succeed

    def __repr__(self) -> str:
        return f"<SaslServer {self._state.name.lower()}, identity {self.identity}>"
