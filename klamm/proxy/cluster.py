"""What is known of the cluster upstream, as immutable values: a new look at it makes a new snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Broker", "Features", "Snapshot", "VersionRange", "intersection"]

VersionRange = tuple[int, int]
"""Lowest and highest version, both included."""


@dataclass(frozen=True, slots=True)
class Features:
    """The cluster's features by name, as a broker tells them in ApiVersions 3 and later."""

    supported: Mapping[str, VersionRange] = field(default_factory=dict)
    epoch: int = -1
    finalized: Mapping[str, VersionRange] = field(default_factory=dict)
    """Lowest and highest finalized level of each feature."""


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker: where it is and what it speaks; `versions` is empty until it was asked."""

    node_id: int
    host: str
    port: int
    versions: Mapping[int, VersionRange] = field(default_factory=dict)
    features: Features = field(default_factory=Features)

    def offers_less_than(self, earlier: Broker) -> bool:
        """Tells whether something that was offered before no longer is; a broker not asked has withdrawn nothing."""
        if not self.versions:
            return False
        return any(
            key not in self.versions or self.versions[key][0] > low or self.versions[key][1] < high
            for key, (low, high) in earlier.versions.items()
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cluster at one moment."""

    cluster_id: str | None
    brokers: Mapping[int, Broker]

    def shrunk_since(self, earlier: Snapshot) -> frozenset[int]:
        """Names the nodes that offer less than they did."""
        return frozenset(
            node_id
            for node_id, broker in self.brokers.items()
            if node_id in earlier.brokers and broker.offers_less_than(earlier.brokers[node_id])
        )


def intersection(ranges: Sequence[Mapping[int, VersionRange]]) -> dict[int, VersionRange]:
    """Gives, by API key, the versions that all of them have; keys without a common version are left out."""
    if not ranges:
        return {}
    first, *others = ranges
    common: dict[int, VersionRange] = {}
    for key, (low, high) in first.items():
        if all(key in other for other in others):
            low = max([low, *(other[key][0] for other in others)])
            high = min([high, *(other[key][1] for other in others)])
            if low <= high:
                common[key] = (low, high)
    return common
