"""What a client may write into a PLAIN token, and what it may try."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klamm.auth.client import PlainClient
from klamm.auth.credentials import CredentialStore, Identity, is_username
from klamm.auth.errors import BadCredential, BadToken
from klamm.auth.plain import MAX_PLAIN_TOKEN, PlainExchange, parse_plain
from klamm.auth.replies import Failure, Success

SECRET = "s3cret-pässwörd"
STORE = CredentialStore.from_passwords({"acme": (SECRET, "acme"), "globex": ("hunter2", "globex")})

usernames = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255)
passwords = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(username=usernames, password=passwords)
def test_what_our_client_writes_our_server_reads(username: str, password: str) -> None:
    assert parse_plain(PlainClient(username, password).first()) == ("", username, password)


def test_an_authzid_that_repeats_the_user_name_is_accepted() -> None:
    assert parse_plain(b"acme\0acme\0pw") == ("acme", "acme", "pw")


@pytest.mark.parametrize(
    "token",
    [
        b"globex\0acme\0s3cret",
        b"acme \0acme\0s3cret",
        b"ACME\0acme\0s3cret",
        b"acm\0acme\0s3cret",
        b"acme,\0acme\0s3cret",
    ],
)
def test_nobody_can_log_in_to_act_as_somebody_else(token: bytes) -> None:
    with pytest.raises(BadToken, match="authorization id"):
        parse_plain(token)


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"\0",
        b"acme",
        b"acme\0s3cret",
        b"\0acme\0s3cret\0",
        b"\0acme\0b\0c",
        b"\0\0acme\0s3cret",
        b"\0acme\0\0s3cret",
        b"\0" * 100,
    ],
)
def test_nul_tricks_are_refused(token: bytes) -> None:
    with pytest.raises(BadToken):
        parse_plain(token)


@pytest.mark.parametrize(
    "token",
    [
        b"\0\0s3cret",
        b"\0acme\0",
        b"\0acm\xc3\xa9\0s3cret",
        b"\0acme\n\0s3cret",
        b"\0\xef\xbd\x81cme\0s3cret",  # a full-width letter that SASLprep would make an ASCII one
        b"\0acme\xc2\xad\0s3cret",  # a soft hyphen that SASLprep would drop
        b"\0" + b"x" * 256 + b"\0s3cret",
        b"\0acme\0s3cret\xff",
        b"\0\xc1\xa1cme\0s3cret",  # overlong "a"
        b"\0acme\0" + b"x" * MAX_PLAIN_TOKEN,
    ],
)
def test_names_and_bytes_that_are_not_what_they_seem_are_refused(token: bytes) -> None:
    with pytest.raises(BadToken):
        parse_plain(token)


@pytest.mark.parametrize("name", ["a,b", "a=b", "=2C", 'a"b', "a\\b"])
def test_separators_of_other_mechanisms_mean_nothing_in_a_user_name(name: str) -> None:
    assert parse_plain(f"\0{name}\0pw".encode()).username == name


@given(token=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_bad_token_or_log_in(token: bytes) -> None:
    reply = PlainExchange(STORE).step(token)

    assert isinstance(reply, Failure)
    assert reply.error_code == 58


@given(authzid=st.text(), username=st.text(), password=st.text())
def test_what_parses_has_one_reading(authzid: str, username: str, password: str) -> None:
    token = "\0".join((authzid, username, password)).encode()
    try:
        parsed = parse_plain(token)
    except BadToken:
        return
    assert parsed == (authzid, username, password)
    assert is_username(username)
    assert authzid in ("", username)


@pytest.mark.parametrize(
    "token",
    [
        f"globex\0acme\0{SECRET}".encode(),
        f"\0acme\0{SECRET}\0".encode(),
        f"\0acmé\0{SECRET}".encode(),
        f"\0acme\0{SECRET}".encode("latin-1"),
        f"\0acme\0{SECRET}".encode().ljust(MAX_PLAIN_TOKEN + 1, b"x"),
    ],
)
def test_a_refusal_quotes_nothing_of_the_token(token: bytes) -> None:
    with pytest.raises(BadToken) as caught:
        parse_plain(token)

    error: BaseException | None = caught.value
    assert error is not None
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    told = "".join(traceback.format_exception(error)) + str(PlainExchange(STORE).step(token))
    assert "s3cret" not in told.replace(f'"{SECRET}"', "")


def test_neither_a_token_nor_a_client_prints_its_password() -> None:
    for value in (parse_plain(f"\0acme\0{SECRET}".encode()), PlainClient("acme", SECRET)):
        assert SECRET not in repr(value) + str(value) + f"{value}"
        assert "'acme'" in repr(value)


def test_a_password_that_is_no_valid_text_is_left_for_the_broker_to_refuse() -> None:
    token = PlainClient("klamm", "s3cret\ud800").first()  # an encoder's error would hold the password

    with pytest.raises(BadToken):
        parse_plain(token)


def test_the_right_password_gives_the_identity() -> None:
    assert PlainExchange(STORE).step(f"\0acme\0{SECRET}".encode()) == Success(Identity("acme", "acme"))


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer() -> None:
    exchange = PlainExchange(STORE)

    assert exchange.step(b"\0nobody\0hunter2") == exchange.step(b"\0acme\0hunter2")


@pytest.mark.parametrize(
    ("username", "password"), [("", "pw"), ("klamm", ""), ("kl\0amm", "pw"), ("klamm", "s3\0cret")]
)
def test_an_upstream_credential_that_plain_cannot_carry_is_refused(username: str, password: str) -> None:
    with pytest.raises(BadCredential) as caught:
        PlainClient(username, password)

    assert "cret" not in str(caught.value)
