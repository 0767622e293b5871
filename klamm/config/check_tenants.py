"""Checks across the tenants: who may be mistaken for whom, and names that no tenant may reach.

Whether prefixes can be told apart is for the tenancy layer, which comes in as an extra check.
"""

from __future__ import annotations

from collections.abc import Iterator

from klamm.config.finding import Finding, each, repeats, settled
from klamm.config.model import Config, Tenant
from klamm.config.problems import Path
from klamm.config.readers import MAX_TOPIC
from klamm.config.tree import HOLE

__all__ = ["advise_tenants", "check_tenants"]

_TENANTS: Path = ("tenants",)
_ALLOW_LISTS = ("allowed_topics", "allowed_groups", "allowed_transactional_ids")

# Kafka keeps every group's offsets, every transaction and its own metadata in these.
_INTERNAL_TOPICS = ("__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata")


def check_tenants(config: Config) -> Iterator[Finding]:
    """Yields every problem of the tenants, alone and among each other."""
    yield from settled(_at_least_one(config))
    tenants = list(_tenants(config))
    yield from repeats(((*path, "name"), tenant.name) for path, tenant in tenants)
    yield from repeats(item for path, tenant in tenants for item in _usernames(path, tenant))
    for path, tenant in tenants:
        yield from settled(_empty_prefix(path, tenant))
        yield from settled(_internal_topics(path, tenant))
        yield from settled(_topic_lengths(path, tenant))
        for name in _ALLOW_LISTS:
            yield from settled(_listed_twice((*path, name), getattr(tenant, name)))


def advise_tenants(config: Config) -> Iterator[Finding]:
    """Yields a warning for every tenant that has no way in."""
    anonymous = {listener.anonymous_tenant for listener in config.proxy.listener_sets}
    for path, tenant in _tenants(config):
        if not tenant.auth.credentials and tenant.name not in anonymous:
            yield path, "nobody can log in as this tenant; give auth.credentials, or make it an anonymous_tenant"


def _tenants(config: Config) -> Iterator[tuple[Path, Tenant]]:
    if config.tenants is not HOLE:
        yield from each(_TENANTS, config.tenants)


def _at_least_one(config: Config) -> Iterator[Finding]:
    if not config.tenants:
        yield _TENANTS, "no tenant; give one at least"


def _usernames(path: Path, tenant: Tenant) -> Iterator[tuple[Path, str]]:
    """Yields the user names of a tenant: a user name is what selects the tenant, so it must be one tenant's only."""
    if tenant.auth is HOLE or tenant.auth.credentials is HOLE:
        return
    for place, credential in each((*path, "auth", "credentials"), tenant.auth.credentials):
        yield (*place, "username"), credential.username


def _empty_prefix(path: Path, tenant: Tenant) -> Iterator[Finding]:
    if tenant.prefix != "":
        return
    missing = [name for name in _ALLOW_LISTS if getattr(tenant, name) is None]
    if missing:
        yield (*path, "prefix"), f"empty only together with allow-lists; add {', '.join(missing)}, or give a prefix"


def _internal_topics(path: Path, tenant: Tenant) -> Iterator[Finding]:
    """Yields a finding for every way to write one of Kafka's own topics with this prefix."""
    if tenant.allowed_topics is None:
        reached = [topic for topic in _INTERNAL_TOPICS if tenant.prefix and topic.startswith(tenant.prefix)]
        if reached:
            yield (*path, "prefix"), f"would reach Kafka's own topic {reached[0]}; choose a longer or other prefix"
        return
    for place, topic in each((*path, "allowed_topics"), tenant.allowed_topics):
        if tenant.prefix + topic in _INTERNAL_TOPICS:
            yield place, f"is Kafka's own topic {tenant.prefix}{topic}, which no tenant may reach; remove it"


def _topic_lengths(path: Path, tenant: Tenant) -> Iterator[Finding]:
    room = MAX_TOPIC - len(tenant.prefix)
    for place, topic in each((*path, "allowed_topics"), tenant.allowed_topics or ()):
        if len(topic) > room:
            yield place, f"{len(topic)} characters; with the prefix before it {room} fit into Kafka's {MAX_TOPIC}"


def _listed_twice(path: Path, names: tuple[str, ...] | None) -> Iterator[Finding]:
    yield from repeats(each(path, names or ()))
