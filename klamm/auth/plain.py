"""PLAIN (RFC 4616), server side: one token `authzid NUL authcid NUL password`, one verdict."""

from __future__ import annotations

from typing import NamedTuple

from klamm.auth.credentials import CredentialStore, is_username
from klamm.auth.errors import BadToken
from klamm.auth.replies import SASL_AUTHENTICATION_FAILED, Failure, Success

__all__ = ["MAX_PLAIN_TOKEN", "PlainExchange", "PlainToken", "parse_plain"]

MAX_PLAIN_TOKEN = 64 * 1024

# One text for every well-formed token that does not log in: it must not tell an unknown user from a wrong password.
WRONG = Failure(SASL_AUTHENTICATION_FAILED, "The login failed: user name or password are wrong.")


class PlainToken(NamedTuple):
    """Holds the three parts of a PLAIN token; it prints without its password."""

    authzid: str
    username: str
    password: str

    def __repr__(self) -> str:
        return f"PlainToken(authzid={self.authzid!r}, username={self.username!r}, password=***)"


def parse_plain(token: bytes) -> PlainToken:
    """Returns (authzid, username, password) of a client's token; raises BadToken, whose text quotes nothing of it.

    An authzid asks to act as somebody else.  Klamm has nobody to act for, so it must be empty or say the user's own
    name again, byte for byte (CVE-2017-12610 in Kafka let it name any user).
    """
    if len(token) > MAX_PLAIN_TOKEN:
        raise BadToken(f"The PLAIN token is longer than {MAX_PLAIN_TOKEN} bytes.")
    # The text is decoded before it is split, and the decoder's own error, which carries the bytes, is dropped.
    try:
        text = token.decode("utf-8")
    except UnicodeDecodeError:
        raise BadToken("The PLAIN token is not valid UTF-8.") from None
    parts = text.split("\0", 3)
    if len(parts) != 3:
        raise BadToken("The PLAIN token does not have three parts with one NUL byte between each two.")
    authzid, username, password = parts
    if not is_username(username):
        raise BadToken("The user name must be 1 to 255 printable ASCII characters.")
    if authzid not in ("", username):
        raise BadToken("The authorization id must be empty or equal to the user name.")
    if not password:
        raise BadToken("The password is empty.")
    return PlainToken(authzid, username, password)


class PlainExchange:
    """Judges the one token of a PLAIN exchange."""

    __slots__ = ("_store",)

    def __init__(self, store: CredentialStore) -> None:
        self._store = store

    def step(self, token: bytes) -> Success | Failure:
        """Returns who the token proves to be there, or a failure with error code 58."""
        try:
            _, username, password = parse_plain(token)
        except BadToken as error:
            return Failure(SASL_AUTHENTICATION_FAILED, f"The login failed: {error}")
        identity = self._store.verify_plain(username, password)
        return WRONG if identity is None else Success(identity)
