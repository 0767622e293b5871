"""A broker's error text as a tenant may read it: without its prefix, or not at all.

Kafka quotes names as they are stored. Where one begins with the tenant's prefix, that is cut off, once: what follows is
the name as the tenant wrote it, even if it looks like a prefix. Whatever else in the text looks like somebody else's
(a prefix, an address, a principal, a path on a broker) makes the whole text unfit, and the caller says something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["Scrubber"]

_STOCK_PREFIX = "__vt_"
_OWN = "\0"
_MOST_TEXTS = 256
_LONGEST_TEXT = 512

_word = re.compile(r"[A-Za-z0-9._-]+")
_foreign = re.compile(
    r"[A-Za-z0-9._\]-]+:[0-9]{2,5}(?![0-9])"  # host and port
    r"|(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])"  # an IPv4 address
    r"|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:"  # an IPv6 address
    r"|\.(?:internal|local|localdomain|lan|svc|cluster)\b"  # a name from a private network
    r"|\b(?:User|Group|Role):"  # a principal
    r"|(?:^|[\s'\"(\[=,:])(?:/|[A-Za-z]:\\)[\w.-]"  # a path
).search


class Scrubber:
    """Scrubs the texts for one tenant."""

    def __init__(
        self,
        prefix: str,
        others: Mapping[str, str] | None = None,
        hosts: Callable[[], frozenset[str]] = frozenset,
        cluster_id: str | None = None,
    ) -> None:
        """Takes the tenant's prefix, those of all others by name, and what tells the brokers' hosts and the cluster.

        `hosts` gives the same object as long as the hosts are the same: what was found of texts is kept that long.
        """
        self._prefix = prefix
        self._cut = len(prefix)
        self._folded = _fold(prefix)
        others = others or {}
        self._others = tuple({_fold(other) for other in others.values() if other} | {_STOCK_PREFIX})
        self._names = frozenset(others)
        self._hosts = hosts
        self._cluster_id = cluster_id
        self._known_hosts: frozenset[str] = frozenset()
        self._found: dict[str, str | None] = {}

    def scrub(self, text: str) -> str | None:
        """Gives the text without the tenant's prefix; None where anything in it may be foreign.

        Without a prefix nothing tells the tenant's names from others, so that no text passes.
        """
        if not self._prefix:
            return None
        hosts = self._hosts()
        if hosts is not self._known_hosts or len(self._found) >= _MOST_TEXTS:
            # A broker answers the same few texts again and again, "NONE" with every coordinator that it finds.
            self._known_hosts = hosts
            self._found.clear()
        elif text in self._found:
            return self._found[text]
        found = self._scrubbed(text, hosts)
        if len(text) <= _LONGEST_TEXT:
            self._found[text] = found
        return found

    def _scrubbed(self, text: str, hosts: frozenset[str]) -> str | None:
        rest = _word.sub(lambda found: _OWN if found[0].startswith(self._prefix) else found[0], text)
        if _foreign(rest) or (self._cluster_id is not None and self._cluster_id in rest):
            return None
        if any(word in hosts or word in self._names or self._is_foreign(word) for word in _word.findall(rest)):
            return None
        return _word.sub(lambda found: found[0][self._cut :] if found[0].startswith(self._prefix) else found[0], text)

    def _is_foreign(self, word: str) -> bool:
        # Brokers take `.` and `_` for one character when they look for collisions, and quote the other topic.
        folded = _fold(word)
        return (
            self._folded in folded or _STOCK_PREFIX in folded or any(folded.startswith(other) for other in self._others)
        )


def _fold(name: str) -> str:
    return name.replace(".", "_")
