"""What Klamm tells a client it can do: the rules' versions cut by those of the brokers it stands for.

An API that Klamm answers itself is offered as far as the rules go, whatever the broker has. Of the features only those
are shown whose APIs are (a client that sees `share.version` looks for APIs that are not there).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from klamm.proxy.cluster import Broker, Features, Snapshot, VersionRange, intersection
from protocol_tables import registry

__all__ = ["SHOWN_FEATURES", "Offer", "Offers"]

SHOWN_FEATURES = {"transaction.version": "EndTxn", "group.version": "ConsumerGroupHeartbeat"}
"""Features that clients may know of, each with an API that has to be offered for it."""

_API_VERSIONS = registry.named("ApiVersions")
_PRODUCE = registry.named("Produce").key
_FIRST_WITH_LEVEL_0 = 4
_FIRST_WITH_FEATURES = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """What one port offers; the answers to ApiVersions made from it are kept, one for each version."""

    versions: Mapping[int, VersionRange]
    features: Features
    bodies: dict[int, bytes]

    def body(self, version: int) -> bytes:
        """Gives the body of the answer to an ApiVersions request of this version."""
        body = self.bodies.get(version)
        if body is None:
            body = self.bodies[version] = _API_VERSIONS.response(version).build(self._answer(version))
        return body

    def _answer(self, version: int) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "error_code": 0,
            "api_keys": [
                {"api_key": key, "min_version": low, "max_version": high}
                for key, (low, high) in sorted(self.versions.items())
            ],
        }
        if version >= _FIRST_WITH_FEATURES:
            answer["supported_features"] = [
                {"name": name, "min_version": low, "max_version": high}
                for name, (low, high) in sorted(self.features.supported.items())
                # Clients that speak up to v3 refuse a lowest level of 0 (KAFKA-17492).
                if low > 0 or version >= _FIRST_WITH_LEVEL_0
            ]
            answer["finalized_features_epoch"] = self.features.epoch
            answer["finalized_features"] = [
                {"name": name, "min_version_level": low, "max_version_level": high}
                for name, (low, high) in sorted(self.features.finalized.items())
            ]
        return answer


class Offers:
    """Makes the offers of all ports from the newest snapshot, each once."""

    def __init__(self, advertised: Mapping[int, VersionRange], answered_here: Collection[int]) -> None:
        """Takes the versions that the rules allow, and the keys of the APIs that never reach a broker."""
        self._advertised = advertised
        self._own = {key: advertised[key] for key in answered_here if key in advertised}
        self._snapshot: Snapshot | None = None
        self._made: dict[int | None, Offer | None] = {}

    @property
    def own_range(self) -> VersionRange:
        """The versions of ApiVersions itself."""
        return self._advertised[_API_VERSIONS.key]

    def for_node(self, snapshot: Snapshot | None, node_id: int | None) -> Offer | None:
        """Gives the offer of a node's port (None: the bootstrap port), or None while those brokers are not known."""
        if snapshot is None:
            return None
        if snapshot is not self._snapshot:
            self._snapshot, self._made = snapshot, {}
        if node_id not in self._made:
            self._made[node_id] = self._make(snapshot, node_id)
        return self._made[node_id]

    def _make(self, snapshot: Snapshot, node_id: int | None) -> Offer | None:
        brokers = [
            broker for broker in snapshot.brokers.values() if broker.versions and node_id in (None, broker.node_id)
        ]
        if not brokers:
            return None
        common = intersection([self._advertised, *(broker.versions for broker in brokers)])
        if all(broker.versions.get(_PRODUCE, (1, 1))[0] == 0 for broker in brokers) and _PRODUCE in common:
            # Brokers from 4.0 on show Produce from 0 although they take 3 and later: old librdkafka looks for it
            # there before it believes that the broker can compress (KAFKA-18659).
            common[_PRODUCE] = (0, common[_PRODUCE][1])
        return Offer(common | self._own, _shown(brokers, common), {})


def _shown(brokers: list[Broker], offered: Collection[int]) -> Features:
    # What is finalized is a fact of the whole cluster: the broker that has heard of the latest change knows best.
    newest = max((broker.features for broker in brokers), key=lambda features: features.epoch)
    usable = {name for name, api in SHOWN_FEATURES.items() if registry.named(api).key in offered}
    names = usable.intersection(*(broker.features.supported for broker in brokers))
    supported = {}
    for name in names:
        low = max(broker.features.supported[name][0] for broker in brokers)
        high = min(broker.features.supported[name][1] for broker in brokers)
        if low <= high:
            supported[name] = (low, high)
    finalized = {name: levels for name, levels in newest.finalized.items() if name in supported}
    return Features(supported, newest.epoch, finalized)
