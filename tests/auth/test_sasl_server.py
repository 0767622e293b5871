"""The login of one connection, tried from the attacker's chair."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klamm.auth.credentials import CredentialStore, Identity
from klamm.auth.errors import AuthError
from klamm.auth.replies import Continue, Failure, HandshakeReply, Reply, Success
from klamm.auth.server import EXCHANGES, SaslServer

STORE = CredentialStore.from_passwords(
    {"acme": ("s3cret", "acme"), "acme-2": ("s3cret-2", "acme"), "globex": ("hunter2", "globex")}
)
ACME, GLOBEX = b"\0acme\0s3cret", b"\0globex\0hunter2"
IDENTITY = Identity("acme", "acme")


class TwoRounds:
    """Stands for SCRAM: the first token names the user, the second one proves it."""

    def __init__(self, store: CredentialStore) -> None:
        self.store = store
        self.username = ""

    def step(self, token: bytes) -> Reply:
        if not self.username:
            self.username = token.decode()
            return Continue(b"challenge for " + token)
        identity = self.store.verify_plain(self.username, token.decode())
        return Success(identity, b"proof") if identity else Failure(58, "no")


class Exploding:
    """Stands for a mechanism with a bug."""

    def __init__(self, store: CredentialStore) -> None: ...

    def step(self, token: bytes) -> Reply:
        raise ZeroDivisionError


def two_rounds() -> SaslServer:
    return SaslServer(STORE, ["PLAIN", "TWO"], exchanges={**EXCHANGES, "TWO": TwoRounds})


def logged_in() -> SaslServer:
    server = SaslServer(STORE)
    server.handshake(1, "PLAIN")
    server.authenticate(ACME)
    return server


def assert_dead(server: SaslServer) -> None:
    """Holds that the login is over: no identity, and no message brings it back."""
    assert server.failed
    assert server.identity is None
    assert server.handshake(1, "PLAIN") == HandshakeReply(34, ())
    reply = server.authenticate(ACME)
    assert isinstance(reply, Failure)
    assert reply.error_code == 34
    assert server.identity is None
    assert not server.exchanging
    assert not server.expects_raw


def test_a_login_binds_the_identity_it_proved() -> None:
    server = SaslServer(STORE)
    assert server.identity is None
    assert server.handshake(1, "PLAIN") == HandshakeReply(0, ("PLAIN",))
    assert (server.identity, server.exchanging, server.expects_raw) == (None, True, False)

    assert server.authenticate(ACME) == Success(IDENTITY)
    assert (server.identity, server.exchanging, server.failed) == (IDENTITY, False, False)


def test_a_version_0_handshake_is_followed_by_one_bare_token() -> None:
    server = SaslServer(STORE)
    assert not server.expects_raw
    assert server.handshake(0, "PLAIN").error_code == 0
    assert server.expects_raw

    assert server.authenticate(ACME) == Success(IDENTITY)
    assert not server.expects_raw


def test_bare_tokens_of_several_rounds_stay_bare() -> None:
    server = two_rounds()
    server.handshake(0, "TWO")
    assert server.authenticate(b"acme") == Continue(b"challenge for acme")
    assert server.expects_raw

    assert server.authenticate(b"s3cret") == Success(IDENTITY, b"proof")
    assert not server.expects_raw


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("token", [b"", b"\0acme\0wrong", b"\0nobody\0s3cret", b"globex\0acme\0s3cret", b"\0a\0b\0c"])
def test_a_failed_login_is_final(version: int, token: bytes) -> None:
    server = SaslServer(STORE)
    server.handshake(version, "PLAIN")

    reply = server.authenticate(token)

    assert isinstance(reply, Failure)
    assert reply.error_code == 58
    assert_dead(server)


def test_the_right_password_after_a_wrong_one_comes_too_late() -> None:
    server = SaslServer(STORE)
    server.handshake(1, "PLAIN")
    server.authenticate(b"\0acme\0wrong")

    server.handshake(1, "PLAIN")
    server.authenticate(ACME)

    assert server.identity is None


def test_an_unknown_user_is_answered_like_a_wrong_password() -> None:
    replies = []
    for token in (b"\0acme\0wrong", b"\0nobody\0wrong"):
        server = SaslServer(STORE)
        server.handshake(1, "PLAIN")
        replies.append(server.authenticate(token))

    assert replies[0] == replies[1]


@pytest.mark.parametrize("mechanism", ["", "plain", "PLAIN ", "GSSAPI", "SCRAM-SHA-256", "PLAIN\0", "x" * 30_000])
def test_a_mechanism_that_is_not_offered_ends_the_login_and_is_told_the_offer(mechanism: str) -> None:
    server = SaslServer(STORE)

    assert server.handshake(1, mechanism) == HandshakeReply(33, ("PLAIN",))
    assert_dead(server)


def test_a_mechanism_klamm_speaks_but_the_operator_does_not_offer_is_refused() -> None:
    server = SaslServer(STORE, ["TWO"], exchanges={"TWO": TwoRounds, "PLAIN": TwoRounds})

    assert server.handshake(1, "PLAIN") == HandshakeReply(33, ("TWO",))


def test_a_token_without_a_handshake_ends_the_login() -> None:
    server = SaslServer(STORE)

    reply = server.authenticate(ACME)

    assert isinstance(reply, Failure)
    assert reply.error_code == 34
    assert_dead(server)


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("mechanism", ["PLAIN", "TWO", "NONE"])
@pytest.mark.parametrize("rounds", [0, 1])
def test_a_second_handshake_during_an_exchange_ends_the_login(version: int, mechanism: str, rounds: int) -> None:
    """PgBouncer's CVE-2026-107350: begin as one user, start over in the middle, finish as the other."""
    server = two_rounds()
    server.handshake(1, "TWO")
    for _ in range(rounds):
        server.authenticate(b"globex")

    assert server.handshake(version, mechanism) == HandshakeReply(34, ())
    assert_dead(server)


def test_a_token_after_the_login_needs_a_new_handshake() -> None:
    server = logged_in()

    reply = server.authenticate(ACME)

    assert isinstance(reply, Failure)
    assert reply.error_code == 34
    assert_dead(server)


def test_logging_in_again_as_the_same_user_keeps_the_connection() -> None:
    server = logged_in()
    for _ in range(3):
        assert server.handshake(1, "PLAIN") == HandshakeReply(0, ("PLAIN",))
        assert (server.identity, server.exchanging) == (IDENTITY, True)
        assert server.authenticate(ACME) == Success(IDENTITY)

    assert (server.identity, server.exchanging) == (IDENTITY, False)


@pytest.mark.parametrize("token", [GLOBEX, b"\0acme-2\0s3cret-2", b"\0acme\0wrong", b"globex\0acme\0s3cret", b""])
def test_logging_in_again_as_anybody_else_ends_the_connection(token: bytes) -> None:
    server = logged_in()
    server.handshake(1, "PLAIN")

    reply = server.authenticate(token)

    assert isinstance(reply, Failure)
    assert reply.error_code == 58
    assert_dead(server)


def test_a_user_who_moved_to_another_tenant_cannot_take_a_connection_along() -> None:
    server = SaslServer(STORE)
    server.handshake(1, "PLAIN")
    server.authenticate(ACME)
    server._store = CredentialStore.from_passwords({"acme": ("s3cret", "globex")})

    server.handshake(1, "PLAIN")

    assert isinstance(server.authenticate(ACME), Failure)
    assert_dead(server)


def test_logging_in_again_with_another_mechanism_is_refused() -> None:
    server = two_rounds()
    server.handshake(1, "TWO")
    server.authenticate(b"acme")
    server.authenticate(b"s3cret")

    assert server.handshake(1, "PLAIN") == HandshakeReply(33, ("TWO",))
    assert_dead(server)


def test_bare_tokens_are_refused_once_requests_flow() -> None:
    server = logged_in()

    assert server.handshake(0, "PLAIN") == HandshakeReply(34, ())
    assert_dead(server)


def test_an_exchange_starts_from_nothing_at_every_handshake() -> None:
    server = two_rounds()
    server.handshake(1, "TWO")
    server.authenticate(b"acme")
    server.authenticate(b"s3cret")
    server.handshake(1, "TWO")

    assert server.authenticate(b"s3cret") == Continue(b"challenge for s3cret")  # taken as a user name, not as a proof


def test_a_token_over_the_limit_is_refused_unread() -> None:
    server = SaslServer(STORE, exchanges={"PLAIN": Exploding}, token_limit=16)
    server.handshake(1, "PLAIN")

    reply = server.authenticate(b"x" * 17)

    assert isinstance(reply, Failure)
    assert reply.error_code == 58
    assert_dead(server)


def test_a_mechanism_that_breaks_leaves_nothing_to_go_on_with() -> None:
    server = SaslServer(STORE, exchanges={"PLAIN": Exploding})
    server.handshake(1, "PLAIN")
    with pytest.raises(ZeroDivisionError):
        server.authenticate(ACME)

    assert server.identity is None
    assert isinstance(server.authenticate(ACME), Failure)
    assert_dead(server)


def test_nothing_secret_shows_when_the_login_is_printed() -> None:
    server = two_rounds()
    server.handshake(1, "TWO")
    replies = [server.authenticate(b"acme"), server.authenticate(b"s3cret")]

    told = repr(server) + repr(replies)
    assert "s3cret" not in told
    assert "challenge" not in told
    assert "proof" not in told


@pytest.mark.parametrize("mechanisms", [(), ("SCRAM-SHA-256",), ("PLAIN", "GSSAPI")])
def test_a_listener_cannot_offer_what_klamm_does_not_speak(mechanisms: tuple[str, ...]) -> None:
    with pytest.raises(AuthError, match="choose from PLAIN"):
        SaslServer(STORE, mechanisms)


def handshakes() -> st.SearchStrategy[Callable[[SaslServer], object]]:
    pairs = st.tuples(st.sampled_from([0, 1]), st.sampled_from(["PLAIN", "TWO", "NONE"]))
    return pairs.map(lambda pair: lambda server: server.handshake(*pair))


def tokens() -> st.SearchStrategy[Callable[[SaslServer], object]]:
    known = st.sampled_from([ACME, GLOBEX, b"acme", b"globex", b"s3cret", b"hunter2", b""])
    return known.map(lambda token: lambda server: server.authenticate(token))


@given(messages=st.lists(handshakes() | tokens(), max_size=12))
def test_no_order_of_messages_changes_who_somebody_is(messages: list[Callable[[SaslServer], object]]) -> None:
    """Every message a client has, in any order: one identity at most, none before its proof, none after a failure."""
    server = two_rounds()
    seen: list[Identity] = []
    for message in messages:
        was_dead, was = server.failed, server.identity
        reply = message(server)
        now = server.identity
        if now is not None and was is None:
            assert isinstance(reply, Success)
            seen.append(now)
        assert now in (was, None) or was is None
        if was_dead:
            assert server.failed
            assert now is None
    assert len(seen) <= 1
