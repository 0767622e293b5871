"""A tenant's corner of the shared cluster: a prefix, or lists of names, that no other tenant's names can fall into.

The mapping of all tenants' names to the broker's is injective if no prefix begins with another one: then the prefix of
a stored name tells its one owner.  Brokers treat `.` and `_` in topic names as one character when they look for
collisions (metric names cannot tell them apart), and the refusal quotes the other topic; so prefixes are compared after
`.` has become `_`.  A tenant without a prefix owns exactly the names on its lists, which must lie outside all prefixes.

Two errors are told apart: a namespace that is wrong in itself cannot be made (NamespaceError), while `collisions` says
which of several sound ones cannot live together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from klamm.tenancy.names import MAX_TOPIC, is_topic_charset, is_topic_name

__all__ = ["KAFKAS_OWN_TOPICS", "Namespace", "NamespaceError", "collisions"]

KAFKAS_OWN_TOPICS = (
    "__cluster_metadata",
    "__consumer_offsets",
    "__remote_log_metadata",
    "__share_group_state",
    "__transaction_state",
)
"""The topics in which brokers keep their own state, and everybody's: no namespace may reach one."""


class NamespaceError(Exception):
    """Says why a namespace cannot be used; its text has one problem a line, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Namespace:
    """Says which of the cluster's names belong to a tenant.

    `prefix` goes in front of every name upstream.  A list, where there is one, holds all the names the tenant may use,
    as the tenant calls them; None means any name.  An empty prefix needs all three lists, for nothing else would mark
    what is the tenant's.  Raises NamespaceError with every problem found.
    """

    prefix: str
    allowed_topics: frozenset[str] | None = None
    allowed_groups: frozenset[str] | None = None
    allowed_transactional_ids: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if problems := [*self._problems()]:
            raise NamespaceError(problems)

    def _problems(self) -> Iterator[str]:
        if self.prefix and not is_topic_charset(self.prefix):
            yield f"prefix {self.prefix!r}: use letters, digits, '.', '_' and '-' only, as in topic names"
        if len(self.prefix) >= MAX_TOPIC:
            yield f"prefix of {len(self.prefix)} characters: topic names have {MAX_TOPIC} at most, choose a shorter one"
        lists = {
            "allowed_topics": self.allowed_topics,
            "allowed_groups": self.allowed_groups,
            "allowed_transactional_ids": self.allowed_transactional_ids,
        }
        for key, names in lists.items():
            if names is None and not self.prefix:
                yield f"{key} is missing: without a prefix the tenant's names must be listed"
            if names is not None and "" in names:
                yield f"{key} holds an empty name; remove it"
        for name in sorted((self.allowed_topics or frozenset()) - {""}):
            if not is_topic_name(name, len(self.prefix)):
                longest = MAX_TOPIC - len(self.prefix)
                yield f"allowed_topics: {name!r} cannot be a topic name; use 1 to {longest} of A-Z a-z 0-9 . _ -"


def collisions(namespaces: Mapping[str, Namespace]) -> list[str]:
    """Returns why these namespaces, by tenant name, cannot share a cluster: one text a problem, none if they can.

    The work grows with the names and the collisions there are, not with the number of pairs of tenants.
    """
    return [*_with_kafka(namespaces), *_between_prefixes(namespaces), *_without_prefix(namespaces)]


def _folded(name: str) -> str:
    return name.replace(".", "_")


def _with_kafka(namespaces: Mapping[str, Namespace]) -> Iterator[str]:
    for tenant, namespace in namespaces.items():
        for topic in KAFKAS_OWN_TOPICS:
            if namespace.prefix and topic.startswith(_folded(namespace.prefix)):
                yield (
                    f"tenant {tenant!r}: prefix {namespace.prefix!r} covers Kafka's own topic {topic!r}; "
                    f"choose a prefix that none of Kafka's own topics begins with"
                )
            if not namespace.prefix and topic in map(_folded, namespace.allowed_topics or ()):
                yield f"tenant {tenant!r}: allowed_topics holds Kafka's own topic {topic!r}; remove it"


def _between_prefixes(namespaces: Mapping[str, Namespace]) -> Iterator[str]:
    # Sorted, everything that begins with a prefix stands right behind it, so each tenant meets only its own conflicts.
    ranked = sorted((_folded(namespace.prefix), tenant) for tenant, namespace in namespaces.items() if namespace.prefix)
    for position, (short, first) in enumerate(ranked):
        for longer, second in ranked[position + 1 :]:
            if not longer.startswith(short):
                break
            ours, theirs = namespaces[first].prefix, namespaces[second].prefix
            same = "is the same as" if longer == short else "begins with"
            unlike = "" if theirs.startswith(ours) else " ('.' and '_' count as one)"
            yield (
                f"tenants {first!r} and {second!r}: prefix {theirs!r} {same} prefix {ours!r}{unlike}; "
                f"give one of them another prefix, so that no topic can belong to both"
            )


def _without_prefix(namespaces: Mapping[str, Namespace]) -> Iterator[str]:
    bare = [tenant for tenant, namespace in namespaces.items() if not namespace.prefix]
    for second in bare[1:]:
        yield f"tenants {bare[0]!r} and {second!r}: both have an empty prefix; give one of them a prefix"
    exact = {namespace.prefix: tenant for tenant, namespace in namespaces.items() if namespace.prefix}
    alike = {_folded(prefix): tenant for prefix, tenant in exact.items()}
    for tenant in bare:
        namespace = namespaces[tenant]
        # Only topics are compared by brokers with '.' and '_' as one; groups and transactional ids are told apart.
        for name in sorted(namespace.allowed_topics or ()):
            yield from _inside(tenant, "allowed_topics", name, _folded(name), alike)
        for name in sorted(namespace.allowed_groups or ()):
            yield from _inside(tenant, "allowed_groups", name, name, exact)
        for name in sorted(namespace.allowed_transactional_ids or ()):
            yield from _inside(tenant, "allowed_transactional_ids", name, name, exact)


def _inside(tenant: str, key: str, name: str, compared: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    for end in range(1, len(compared) + 1):
        owner = prefixes.get(compared[:end])
        if owner is not None:
            yield (
                f"tenants {tenant!r} and {owner!r}: {key} of {tenant!r} holds {name!r}, which begins with the prefix "
                f"of {owner!r}; take it off the list or give {tenant!r} a prefix"
            )
