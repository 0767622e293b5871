"""The questions the rules may ask about the tenant on whose connection they work.

The rules say what happens to a field; who may see what is decided behind this protocol (by `klamm.tenancy`), so that
neither of the two knows the other.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["PERMISSIONS", "View"]

PERMISSIONS = ("auto_create_topics", "delete_topics")
"""The permissions that rules may ask for."""


class View(Protocol):
    """Answers what one tenant may see, and what its things are called upstream.

    `..._to_upstream` maps a client's name to the broker's and raises `Refused` with the Kafka code where the name may
    not pass.  `..._to_tenant` maps back and returns None for a name that is not this tenant's.
    """

    first_topic: str
    """The namespace's prefix: no topic of the tenant sorts before it, so a walk over all topics starts here."""

    def topic_to_upstream(self, name: str) -> str:
        """Returns the broker's name; raises Refused(17) for an invalid name, Refused(3) off the allow-list."""

    def topic_to_tenant(self, name: str) -> str | None:
        """Returns the tenant's name of a topic, or None for a foreign one."""

    def group_to_upstream(self, group_id: str) -> str:
        """Returns the broker's group id; raises Refused(24) for an invalid id, Refused(30) off the allow-list."""

    def group_to_tenant(self, group_id: str) -> str | None:
        """Returns the tenant's group id, or None for a foreign one."""

    def transactional_id_to_upstream(self, name: str) -> str:
        """Returns the broker's transactional id; raises Refused(42) if invalid, Refused(53) off the allow-list."""

    def transactional_id_to_tenant(self, name: str) -> str | None:
        """Returns the tenant's transactional id, or None for a foreign one."""

    def payload_topic_to_upstream(self, name: str) -> str:
        """Returns prefix and name without any check, for the names inside the embedded consumer protocol.

        Such a name opens nothing: the coordinator only compares it with the topics of the same group's commits.
        """

    def payload_topic_to_tenant(self, name: str) -> str:
        """Returns the name without the prefix, and unchanged where it has none; never checked against a list.

        Every such name was written by a member of the tenant's own group.
        """

    def permits(self, permission: str) -> bool:
        """Tells whether the tenant holds a permission, one of PERMISSIONS."""

    def endpoint(self, node_id: int) -> tuple[str, int] | None:
        """Returns host and port downstream that stand for an upstream node, or None if there is no route to it."""

    def client_id_to_upstream(self, client_id: bytes | None) -> bytes | None:
        """Returns the client id that a broker sees in a header; null stays null."""

    def client_id_to_tenant(self, client_id: str) -> str:
        """Returns the client id as the client said it."""

    def scrub(self, text: str) -> str | None:
        """Returns a broker's error text without the tenant's prefix, or None if it may name something foreign."""

    def cluster_id(self, upstream: str | None) -> str | None:
        """Returns the tenant's own cluster id, which is stable; None (the broker told none) stays None."""

    def authorized_operations(self, resource: str) -> int:
        """Returns the operations on a "topic", "group" or "cluster" as Kafka's bit set (bit n stands for code n)."""
