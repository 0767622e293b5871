"""Kafka's rules for names, applied before a prefix goes on.

With a prefix in front almost anything becomes a name the broker accepts: "" and "." would pass as `__vt_acme_` and
`__vt_acme_.`.  So what Kafka would refuse in a cluster of the tenant's own is refused here, with Kafka's own code.
"""

from __future__ import annotations

import re

from klamm.rewriting.errors import Refused
from protocol_tables.errors import ErrorCode

__all__ = [
    "MAX_STRING",
    "MAX_TOPIC",
    "check_group_id",
    "check_topic_name",
    "check_transactional_id",
    "is_topic_charset",
    "is_topic_name",
]

MAX_TOPIC = 249
"""The longest topic name a broker takes, prefix included: it becomes a directory name, with the partition behind."""

MAX_STRING = 32767
"""The most bytes a string on the wire can have, prefix included."""

_charset = re.compile(r"[a-zA-Z0-9._-]+").fullmatch


def is_topic_charset(text: str) -> bool:
    """Tells whether a text has characters of topic names only, and at least one."""
    return _charset(text) is not None


def is_topic_name(name: str, prefix_length: int = 0) -> bool:
    """Tells whether Kafka would take a topic name that a prefix of so many characters goes in front of."""
    return len(name) + prefix_length <= MAX_TOPIC and _charset(name) is not None and name not in (".", "..")


def check_topic_name(name: str, prefix_length: int) -> None:
    """Raises Refused(17) for a topic name that Kafka would not take, or that is too long once the prefix is on."""
    if not is_topic_name(name, prefix_length):
        raise Refused(ErrorCode.INVALID_TOPIC_EXCEPTION)


def check_group_id(group_id: str, prefix_length: int) -> None:
    """Raises Refused(24) for an empty group id, or one that no longer fits a string once the prefix is on."""
    if not group_id or not _fits(group_id, prefix_length):
        raise Refused(ErrorCode.INVALID_GROUP_ID)


def check_transactional_id(name: str, prefix_length: int) -> None:
    """Raises Refused(42) for an empty transactional id, or one that no longer fits once the prefix is on."""
    if not name or not _fits(name, prefix_length):
        raise Refused(ErrorCode.INVALID_REQUEST)


def _fits(name: str, prefix_length: int) -> bool:
    # A character takes four bytes at most, so the usual short name need not be encoded to be measured.
    room = MAX_STRING - prefix_length
    return len(name) * 4 <= room or len(name.encode("utf-8", "surrogatepass")) <= room
