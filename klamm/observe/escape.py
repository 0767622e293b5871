"""Makes text that strangers chose safe to print: no line breaks, no terminal control, no tricks with direction."""

from __future__ import annotations

import json
import re

__all__ = ["quoted", "shortened", "single_line"]

_BARE = re.compile(r"[!#-<>-\[\]-~]+")


def single_line(text: str) -> str:
    """Escapes everything but printable ASCII, as JSON does: control characters, line ends, anything beyond ASCII."""
    return json.dumps(text)[1:-1].replace('\\"', '"')


def quoted(text: str) -> str:
    """Returns a log field's value: as it is where nothing could be misread, else in quotes with escapes."""
    return text if _BARE.fullmatch(text) else json.dumps(text)


def shortened(text: str, limit: int) -> str:
    """Cuts text to `limit` characters, and says so by a `...` in their place."""
    return text if len(text) <= limit else text[: limit - 3] + "..."
