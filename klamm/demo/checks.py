"""The promises that the demo holds against what it saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klamm.demo.proxy import TENANTS
from klamm.demo.tenant import GROUP, TOPIC, TenantReport
from klamm.demo.truth import BrokerReport

__all__ = ["Check", "check_isolation"]


@dataclass(frozen=True)
class Check:
    """One promise, and whether it was kept."""

    promise: str
    kept: bool


def check_isolation(tenants: Sequence[TenantReport], broker: BrokerReport, addresses: Sequence[str]) -> list[Check]:
    """Gives every promise with its outcome; ``addresses`` are the brokers' own, which nobody may be shown."""
    return [*_of_tenants(tenants, addresses), *_of_broker(tenants, broker)]


def _of_tenants(tenants: Sequence[TenantReport], addresses: Sequence[str]) -> Iterator[Check]:
    for tenant in tenants:
        yield Check(f"{tenant.name} reads back all it published", set(tenant.sent) <= set(tenant.received))
        own = all(message.startswith(f"{tenant.name} ") for message in tenant.received)
        yield Check(f"{tenant.name} reads nothing that anybody else published", own)
        plain = TOPIC in tenant.topics and not any("__vt_" in topic for topic in tenant.topics)
        yield Check(f"{tenant.name} sees its topic as {TOPIC!r} and no other tenant's", plain)
        yield Check(f"{tenant.name} is shown Klamm's addresses only", not set(tenant.brokers) & set(addresses))
        if tenant.groups is not None:
            groups = GROUP in tenant.groups and not any("__vt_" in group for group in tenant.groups)
            yield Check(f"{tenant.name} sees its group as {GROUP!r} and no other tenant's", groups)


def _of_broker(tenants: Sequence[TenantReport], broker: BrokerReport) -> Iterator[Check]:
    stored = [f"__vt_{tenant}_{TOPIC}" for tenant in TENANTS]
    yield Check(f"the broker stores {' and '.join(stored)}", set(stored) <= set(broker.topics))
    for tenant in tenants:
        group = f"__vt_{tenant.name}_{GROUP}"
        yield Check(f"{tenant.name}'s offsets are stored for {group}", broker.committed[group] == tenant.committed)
    yield Check(f"no offsets are stored for the plain {GROUP!r}", not broker.committed[GROUP])
