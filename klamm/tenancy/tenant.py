"""A tenant: a name, a namespace, and what it may do there."""

from __future__ import annotations

from dataclasses import dataclass, field

from klamm.tenancy.namespace import Namespace

__all__ = ["Permissions", "Tenant"]


@dataclass(frozen=True, slots=True)
class Permissions:
    """Says what a tenant may do beyond reading and writing; the field names are the words the rules ask with."""

    delete_topics: bool = False
    """Whether it may delete its own topics; off, because what is deleted is gone."""

    auto_create_topics: bool = True
    """Whether a topic comes into being when it is first used, as clients expect; with a list, listed names only."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """Holds one tenant as the configuration describes it."""

    name: str
    namespace: Namespace
    permissions: Permissions = field(default_factory=Permissions)
