"""What may be wrong with a login, a credential or the way the login is set up."""

from __future__ import annotations

__all__ = ["AuthError", "BadCredential", "BadToken"]


class AuthError(Exception):
    """Says what is wrong with a login or its set-up; the text never holds a password or the bytes of a token."""


class BadCredential(AuthError):
    """Says that a credential given by the operator cannot be used, and what to change."""


class BadToken(AuthError):
    """Says that a client's token is not what its mechanism prescribes; the text is fixed and safe to send back."""
