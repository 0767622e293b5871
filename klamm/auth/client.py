"""The client side of SASL, with which Klamm logs in to the brokers upstream."""

from __future__ import annotations

from typing import ClassVar

from klamm.auth.errors import BadCredential

__all__ = ["PlainClient"]


class PlainClient:
    """Speaks PLAIN to a broker: one token, after which the broker has answered yes or no."""

    mechanism: ClassVar[str] = "PLAIN"
    """The name for SaslHandshake."""

    __slots__ = ("_password", "_username")

    def __init__(self, username: str, password: str) -> None:
        """Takes Klamm's own credential; raises BadCredential if PLAIN cannot carry it."""
        for what, value in (("username", username), ("password", password)):
            if not value:
                raise BadCredential(f"the upstream {what} is empty; PLAIN needs both username and password")
            if "\0" in value:
                raise BadCredential(f"the upstream {what} holds a NUL character, which PLAIN cannot carry")
        self._username = username
        self._password = password

    def first(self) -> bytes:
        """Returns the token for SaslAuthenticate: no authorization id, the user name, the password (RFC 4616)."""
        # `surrogatepass` because an encoding error would carry the password about; a broker refuses such bytes anyway.
        return f"\0{self._username}\0{self._password}".encode("utf-8", "surrogatepass")

    def __repr__(self) -> str:
        return f"PlainClient(username={self._username!r}, password=***)"
