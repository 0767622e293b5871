"""The store tells who a password belongs to, and tells nothing else to anybody."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klamm.auth.credentials import CredentialStore, Identity
from klamm.auth.errors import BadCredential

PASSWORDS = {"acme": ("s3cret", "acme"), "globex": ("hunter2", "globex"), "acme-batch": ("s3cret", "acme")}


def test_the_right_password_gives_user_and_tenant() -> None:
    store = CredentialStore.from_passwords(PASSWORDS)

    assert store.verify_plain("acme", "s3cret") == Identity("acme", "acme")
    assert store.verify_plain("acme-batch", "s3cret") == Identity("acme-batch", "acme")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("acme", "hunter2"),  # somebody else's
        ("acme", "s3cre"),
        ("acme", "s3cret "),
        ("acme", "S3CRET"),
        ("acme", ""),
        ("ACME", "s3cret"),
        ("acme ", "s3cret"),
        ("", "s3cret"),
        ("acm", "e\0s3cret"),
        ("acme\0s3cret", ""),
        ("nobody", "s3cret"),
        ("acme", "\ud800"),  # text that no encoder takes: its error would hold the password
        ("\ud800", "s3cret"),
    ],
)
def test_anything_but_the_right_password_gives_nobody(username: str, password: str) -> None:
    assert CredentialStore.from_passwords(PASSWORDS).verify_plain(username, password) is None


@given(username=st.text(), password=st.text())
def test_no_guess_of_any_shape_raises_or_logs_in(username: str, password: str) -> None:
    store = CredentialStore.from_passwords({"acme": ("the one password hypothesis will not guess", "acme")})

    assert store.verify_plain(username, password) is None


@pytest.mark.parametrize("username", ["acme", "nobody", "", "acmé", "x" * 10_000])
def test_unknown_user_is_indistinguishable(username: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps are counted, not timed: one hash of the same input length and one comparison of 32 bytes with 32."""
    store = CredentialStore.from_passwords(PASSWORDS)
    hashed: list[int] = []
    compared: list[tuple[int, int]] = []
    digest, compare = hmac.digest, hmac.compare_digest

    def counted_digest(key: bytes, message: bytes, name: str) -> bytes:
        hashed.append(len(message))
        return digest(key, message, name)

    def counted_compare(expected: bytes, given: bytes) -> bool:
        compared.append((len(expected), len(given)))
        return compare(expected, given)

    monkeypatch.setattr(hmac, "digest", counted_digest)
    monkeypatch.setattr(hmac, "compare_digest", counted_compare)

    assert store.verify_plain(username, "wrong") is None
    assert hashed == [len(f"{username}\0wrong".encode())]
    assert compared == [(32, 32)]


def test_the_phantom_behind_unknown_users_never_logs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    store = CredentialStore.from_passwords(PASSWORDS)
    monkeypatch.setattr(hmac, "compare_digest", lambda expected, given: True)

    assert store.verify_plain("nobody", "anything") is None


def test_an_empty_store_lets_nobody_in() -> None:
    assert CredentialStore.from_passwords({}).verify_plain("", "") is None


@pytest.mark.parametrize("secret", ["s3cret", "hunter2"])
def test_neither_password_nor_digest_shows_when_a_store_is_printed(secret: str) -> None:
    store = CredentialStore.from_passwords(PASSWORDS)
    parts: list[Any] = [store, *store._entries.values()]
    texts = [render(part) for part in parts for render in (repr, str)]

    assert not [text for text in texts if secret in text or "digest" in text or "\\x" in text]


def test_equal_passwords_and_equal_stores_share_no_digest() -> None:
    one, other = CredentialStore.from_passwords(PASSWORDS), CredentialStore.from_passwords(PASSWORDS)
    digests = [entry.digest for store in (one, other) for entry in store._entries.values()]

    assert len(set(digests)) == len(digests) == 6


@pytest.mark.parametrize(
    "username",
    ["", "acmé", "ac\0me", "acme\n", "\u202eemca", "ACME\uff21", "x" * 256, "a\x7f", "\ud800"],
)
def test_a_username_that_could_look_like_another_is_refused_at_load(username: str) -> None:
    with pytest.raises(BadCredential, match="printable ASCII"):
        CredentialStore.from_passwords({username: ("s3cret", "acme")})


@pytest.mark.parametrize("username", ["a", "x" * 255, "user@example.com", "CN=acme,O=Example", "a b"])
def test_every_printable_ascii_name_can_log_in(username: str) -> None:
    store = CredentialStore.from_passwords({username: ("s3cret", "acme")})

    assert store.verify_plain(username, "s3cret") == Identity(username, "acme")


@pytest.mark.parametrize("password", ["", "sec\0ret"])
def test_a_password_that_could_never_arrive_is_refused_at_load_and_not_quoted(password: str) -> None:
    with pytest.raises(BadCredential, match="'acme'") as caught:
        CredentialStore.from_passwords({"acme": (password, "acme")})

    assert "sec" not in str(caught.value)


def test_one_username_cannot_belong_to_two_tenants() -> None:
    with pytest.raises(BadCredential, match="listed twice"):
        CredentialStore([("ops", "one", "acme"), ("ops", "two", "globex")])
