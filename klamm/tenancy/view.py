"""What one tenant sees: its names mapped both ways, its cluster's id and addresses, its permitted operations.

Both directions fail closed.  Towards the broker a name that may not pass raises `Refused` with Kafka's code.  Towards
the tenant everything that the tenant could not have asked for itself is None: a name without the prefix, off the list,
or with a rest that is no valid name (`__vt_acme_` alone, or `__vt_acme_.`, which somebody made without Klamm).

The name methods run for every name in every frame, so each is a few plain string operations and keeps no cache: a cache
keyed by client data would need a bound, and would cost what it saves.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import TypeAlias

from klamm.rewriting.errors import Refused
from klamm.tenancy.names import check_group_id, check_topic_name, check_transactional_id, is_topic_name
from klamm.tenancy.scrubbing import Scrubber
from klamm.tenancy.tenant import Permissions, Tenant
from protocol_tables.errors import ErrorCode

__all__ = ["Endpoints", "TenantView", "virtual_cluster_id"]

Endpoints: TypeAlias = Mapping[int, tuple[str, int]] | Callable[[int], tuple[str, int] | None]
"""Where the nodes upstream are found downstream: a mapping by node id, or a function that may know no answer."""


class TenantView:
    """Answers the rules' questions for one tenant; implements `klamm.rewriting.view.View`.

    It holds nothing that changes, so one view serves all connections of a tenant.
    """

    __slots__ = (
        "_client_prefix",
        "_cluster_id",
        "_cut",
        "_endpoint",
        "_groups",
        "_operations",
        "_permissions",
        "_prefix",
        "_scrubber",
        "_topics",
        "_transactional_ids",
        "_upstream_cluster_id",
        "first_topic",
        "tenant",
    )

    def __init__(
        self,
        tenant: Tenant,
        endpoints: Endpoints,
        upstream_cluster_id: str | None = None,
        scrubber: Scrubber | None = None,
    ) -> None:
        """Takes the tenant, the way to its node addresses, the real cluster's id if it is known yet, and the scrubber.

        Without a scrubber error texts are kept from foreign names that carry a stock prefix, and from addresses.
        """
        namespace = tenant.namespace
        self.tenant = tenant
        self.first_topic = namespace.prefix
        self._prefix = namespace.prefix
        self._client_prefix = f"{tenant.name}."
        self._cut = len(namespace.prefix)
        self._topics = namespace.allowed_topics
        self._groups = namespace.allowed_groups
        self._transactional_ids = namespace.allowed_transactional_ids
        self._permissions = _permissions(tenant.permissions)
        self._operations = _operations(tenant.permissions)
        self._endpoint = endpoints.get if isinstance(endpoints, Mapping) else endpoints
        self._upstream_cluster_id = upstream_cluster_id
        self._scrubber = scrubber or Scrubber(namespace.prefix, cluster_id=upstream_cluster_id)
        self._cluster_id = None if upstream_cluster_id is None else virtual_cluster_id(upstream_cluster_id, tenant.name)

    def topic_to_upstream(self, name: str) -> str:
        """Returns the broker's name of a topic; raises Refused(17) for an invalid name, Refused(3) off the list."""
        allowed = self._topics
        if allowed is None or name not in allowed:
            check_topic_name(name, self._cut)
            if allowed is not None:
                raise Refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
        return self._prefix + name

    def topic_to_tenant(self, name: str) -> str | None:
        """Returns the tenant's name of a topic, or None for a topic that is not the tenant's."""
        if not name.startswith(self._prefix):
            return None
        rest = name[self._cut :]
        allowed = self._topics
        ours = rest in allowed if allowed is not None else is_topic_name(rest, self._cut)
        return rest if ours else None

    def group_to_upstream(self, group_id: str) -> str:
        """Returns the broker's group id; raises Refused(24) for "" or a huge one, Refused(30) off the list."""
        check_group_id(group_id, self._cut)
        if self._groups is not None and group_id not in self._groups:
            raise Refused(ErrorCode.GROUP_AUTHORIZATION_FAILED)
        return self._prefix + group_id

    def group_to_tenant(self, group_id: str) -> str | None:
        """Returns the tenant's group id, or None for a group that is not the tenant's."""
        return self._strip(group_id, self._groups)

    def transactional_id_to_upstream(self, name: str) -> str:
        """Returns the broker's transactional id; raises Refused(42) for "" or a huge one, Refused(53) off the list."""
        check_transactional_id(name, self._cut)
        if self._transactional_ids is not None and name not in self._transactional_ids:
            raise Refused(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        return self._prefix + name

    def transactional_id_to_tenant(self, name: str) -> str | None:
        """Returns the tenant's transactional id, or None for one that is not the tenant's."""
        return self._strip(name, self._transactional_ids)

    def payload_topic_to_upstream(self, name: str) -> str:
        """Returns prefix and name without a check, for topic names inside the embedded consumer protocol."""
        return self._prefix + name

    def payload_topic_to_tenant(self, name: str) -> str:
        """Returns such a name without the prefix, or unchanged where it has none."""
        return name[self._cut :] if name.startswith(self._prefix) else name

    def permits(self, permission: str) -> bool:
        """Tells whether the tenant holds a permission; raises ValueError for a word that names none.

        A rule with such a word is a mistake that would otherwise deny, or grant, without a trace.
        """
        if permission not in self._permissions:
            known = ", ".join(self._permissions)
            raise ValueError(
                f"the rules ask for the permission {permission!r}, which does not exist; use one of {known}"
            )
        return self._permissions[permission]

    def endpoint(self, node_id: int) -> tuple[str, int] | None:
        """Returns host and port downstream of a node upstream, or None if there is no route to it."""
        return self._endpoint(node_id)

    def client_id_to_upstream(self, client_id: bytes | None) -> bytes | None:
        """Returns `<tenant>.<client id>`; null stays null.

        Brokers keep quotas by client id, name members after it, and let one of them (`__admin_client`) write to their
        own topics.
        """
        return None if client_id is None else self._client_prefix.encode() + client_id

    def client_id_to_tenant(self, client_id: str) -> str:
        """Returns the client id without the tenant; one without it has been there since before Klamm."""
        return client_id.removeprefix(self._client_prefix)

    def scrub(self, text: str) -> str | None:
        """Returns a broker's error text without the tenant's prefix, or None if it may name something foreign."""
        return self._scrubber.scrub(text)

    def cluster_id(self, upstream: str | None) -> str | None:
        """Returns the id of the tenant's own cluster; None, from a broker that told none, stays None."""
        if upstream is None:
            return None
        if upstream == self._upstream_cluster_id:
            return self._cluster_id
        return virtual_cluster_id(upstream, self.tenant.name)

    def authorized_operations(self, resource: str) -> int:
        """Returns what the tenant may do with its topics, groups or cluster, as Kafka's bit set.

        The broker's own answer is about Klamm's user, who may do everything.  Raises KeyError for another resource
        than "topic", "group" and "cluster".
        """
        return self._operations[resource]

    def _strip(self, name: str, allowed: frozenset[str] | None) -> str | None:
        if not name.startswith(self._prefix):
            return None
        rest = name[self._cut :]
        if allowed is not None:
            return rest if rest in allowed else None
        return rest or None


def virtual_cluster_id(upstream: str, tenant: str) -> str:
    """Returns a tenant's cluster id: 22 characters of URL-safe base64 like Kafka's own, the same after every restart.

    Nothing of the real id can be read from it.  Kafka gives out no id that begins with "-", which command lines would
    take for an option; clearing the top bit keeps it so here.
    """
    digest = hashlib.sha256(f"{upstream}\0{tenant}".encode("utf-8", "surrogateescape")).digest()
    return base64.urlsafe_b64encode(bytes([digest[0] & 0x7F]) + digest[1:16]).decode("ascii").rstrip("=")


def _permissions(permissions: Permissions) -> dict[str, bool]:
    return {"auto_create_topics": permissions.auto_create_topics, "delete_topics": permissions.delete_topics}


# Kafka's AclOperation codes.
_READ, _WRITE, _CREATE, _DELETE, _ALTER, _DESCRIBE = 3, 4, 5, 6, 7, 8
_DESCRIBE_CONFIGS, _ALTER_CONFIGS, _IDEMPOTENT_WRITE = 10, 11, 12


def _operations(permissions: Permissions) -> dict[str, int]:
    topic = [_READ, _WRITE, _CREATE, _ALTER, _DESCRIBE, _DESCRIBE_CONFIGS, _ALTER_CONFIGS]
    if permissions.delete_topics:
        topic.append(_DELETE)
    return {
        "topic": _bits(*topic),
        "group": _bits(_READ, _DELETE, _DESCRIBE),
        "cluster": _bits(_CREATE, _DESCRIBE, _IDEMPOTENT_WRITE),
    }


def _bits(*operations: int) -> int:
    return sum(1 << operation for operation in operations)
