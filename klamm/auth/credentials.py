"""The users who may log in, and the check of a password that costs the same whoever asks.

    password --HMAC-SHA256, key drawn at start--> digest --compare_digest--> Identity | None

What the hash is for: the store holds no password, so none can come out of it through a log or a core dump; and digests
of equal length let `compare_digest` work without telling how many characters were right (CVE-2021-38153 in Kafka).
What it is not for: stretching.  The passwords come from files the operator keeps in the clear, and the digests live and
die with this process under a key nobody else sees, so there is no stolen table to slow an attacker down on.  A slow
hash would only help whoever sends a storm of logins; this one costs about two microseconds.

Unknown users take the very same path: the same one HMAC and the same one comparison, against a random digest that
stands for nobody.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from klamm.auth.errors import BadCredential

__all__ = ["MAX_USERNAME", "CredentialStore", "Identity", "is_username"]

MAX_USERNAME = 255


@dataclass(frozen=True, slots=True)
class Identity:
    """Tells who logged in and for which tenant; it is only ever made by a verified login."""

    username: str
    tenant: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """Holds what a password is compared with, and who has proved to be there if it matches."""

    digest: bytes = field(repr=False)
    identity: Identity | None


class CredentialStore:
    """Knows every user of every tenant and tells who a name and a password belong to.

    It never changes after it was made: a reload makes another one, and connections keep the identity they bound.
    """

    __slots__ = ("_entries", "_key", "_nobody")

    def __init__(self, credentials: Iterable[tuple[str, str, str]]) -> None:
        """Takes (username, password, tenant name) triples; raises BadCredential for one that could never log in."""
        self._key = secrets.token_bytes(32)
        self._entries: dict[str, _Entry] = {}
        for username, password, tenant in credentials:
            _check(username, password)
            if username in self._entries:
                raise BadCredential(f"user {username!r} is listed twice; give each user one password and one tenant")
            self._entries[username] = _Entry(self._digest(username, password), Identity(username, tenant))
        self._nobody = _Entry(secrets.token_bytes(32), None)

    @classmethod
    def from_passwords(cls, passwords: Mapping[str, tuple[str, str]]) -> CredentialStore:
        """Makes a store from {username: (password, tenant name)}; raises BadCredential naming the user at fault."""
        return cls((username, password, tenant) for username, (password, tenant) in passwords.items())

    def verify_plain(self, username: str, password: str) -> Identity | None:
        """Returns who logged in, or None; takes the same steps for wrong passwords and for unknown users."""
        entry = self._entries.get(username, self._nobody)
        matches = hmac.compare_digest(entry.digest, self._digest(username, password))
        return entry.identity if matches else None

    def _digest(self, username: str, password: str) -> bytes:
        # The name is the salt: two users with one password have different digests.  No username holds a NUL, so the
        # pair can be read only one way.  `surrogatepass` because an encoding error would carry the password about.
        return hmac.digest(self._key, f"{username}\0{password}".encode("utf-8", "surrogatepass"), "sha256")

    def __len__(self) -> int:
        """Tells how many users there are."""
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<CredentialStore of {len(self._entries)} users>"


def is_username(name: str) -> bool:
    """Tells whether a name can belong to a user: 1 to 255 printable ASCII characters.

    Other characters would let two names look alike, and SASLprep, which some clients apply and Kafka does not, would
    make one name of two.
    """
    return 0 < len(name) <= MAX_USERNAME and name.isascii() and name.isprintable()


def _check(username: str, password: str) -> None:
    if not is_username(username):
        raise BadCredential(f"username {username!r}: use 1 to {MAX_USERNAME} printable ASCII characters")
    if not password:
        raise BadCredential(f"user {username!r} has an empty password; every user needs one")
    if "\0" in password:
        raise BadCredential(f"the password of user {username!r} holds a NUL character, which PLAIN cannot carry")
