"""Patterns that clients send, read as Kafka reads them: RE2's language, in time linear in what is matched.

Kafka uses RE2/J, the same language; Python's own expressions differ in what they mean and could be made to take for
ever. A pattern is never sent up where it would run over other tenants' names: the answer is matched here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from klamm.rewriting.errors import Refused

__all__ = ["INVALID_REGULAR_EXPRESSION", "matches"]

INVALID_REGULAR_EXPRESSION = 128
_REMEMBERED = 64


@lru_cache(_REMEMBERED)
def _compiled(pattern: bytes) -> Any:
    options = re2.Options()
    # Whatever a client sends would else be written to stderr.
    options.log_errors = False
    return re2.compile(pattern, options)


def matches(pattern: str, text: str) -> bool:
    """Tells whether a pattern matches the whole text; raises Refused(128) for one that is none.

    Text that is not UTF-8 makes no pattern, and matches only what takes any byte.
    """
    try:
        compiled = _compiled(pattern.encode("utf-8", "surrogateescape"))
    except re2.error:
        raise Refused(INVALID_REGULAR_EXPRESSION) from None
    return compiled.fullmatch(text.encode("utf-8", "surrogateescape")) is not None
