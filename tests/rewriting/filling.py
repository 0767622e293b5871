"""Messages with something chosen in every field, and the fields of a kind taken out of a message again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.samples import sample
from klamm.rewriting.paths import places
from klamm.wire import UNKNOWN_TAGS, Array, Leaf, Message, NullableRecord, Record
from klamm.wire.base import WireType
from protocol_tables.api import Api
from protocol_tables.consumer_protocol import ASSIGNMENT, NEWEST, SUBSCRIPTION, consumer_layout

NAMING = ("TopicName", "GroupId", "TransactionalId", "CoordinatorKey", "ResourceName")
"""Kinds of fields that hold a name kept apart between tenants."""

NAMES_IN_PAYLOAD = {"ConsumerSubscription": 2, "ConsumerAssignment": 1}
"""How many topic names `payloads` puts into fields of these kinds."""

Choose = Callable[[str, Leaf], Any]


def filled(layout: WireType, kinds: Mapping[str, Any], paths: Mapping[str, Any] | None = None, tag: bytes = b"") -> Any:
    """Gives a value with one entry in every list; ``paths`` go before ``kinds``, and those before a plain sample.

    With ``tag`` every record that can carry an undeclared tag carries one of these bytes.
    """
    return _filled(layout, "", {**kinds}, {**(paths or {})}, tag)


def _filled(layout: WireType, path: str, kinds: dict[str, Any], paths: dict[str, Any], tag: bytes) -> Any:
    match layout:
        case NullableRecord():
            return _filled(layout.record, path, kinds, paths, tag)
        case Record():
            value = {
                name: _filled(kind, f"{path}.{name}" if path else name, kinds, paths, tag)
                for name, kind in layout.fields.items()
            }
            if tag and layout.flexible:
                value[UNKNOWN_TAGS] = {7777: tag}
            return value
        case Array():
            return [_filled(layout.element, f"{path}[]", kinds, paths, tag)]
        case Leaf():
            return paths[path] if path in paths else kinds.get(layout.kind, sample(layout))
    raise TypeError(f"nothing to fill {layout!r} with")


def asked_with(api: Api, version: int, kinds: Mapping[str, Any], tag: bytes = b"") -> bytes:
    """Gives a request that is filled and can be forwarded; a topic to be deleted is given by its name alone."""
    layout = api.request(version)
    by_name = {"topics[].topic_id": bytes(16)} if api.name == "DeleteTopics" else {}
    return layout.build(filled(layout, kinds, by_name, tag))


def naming_fields(layout: Message) -> list[str]:
    """Gives the paths of all names in a message, those inside embedded bytes aside."""
    return [place.path for place in places(layout) if place.kind in NAMING]


def names_held(layout: Message) -> int:
    """Counts the names that a filled message holds, those inside embedded bytes too."""
    embedded = sum(NAMES_IN_PAYLOAD.get(place.kind, 0) for place in places(layout))
    return len(naming_fields(layout)) + embedded


def leaves(layout: WireType, value: Any, kind: str) -> Iterator[Any]:
    """Gives every value of a kind in a message."""
    if value is None:
        return
    match layout:
        case NullableRecord():
            yield from leaves(layout.record, value, kind)
        case Record():
            for name, inner in layout.fields.items():
                yield from leaves(inner, value[name], kind)
        case Array():
            for entry in value:
                yield from leaves(layout.element, entry, kind)
        case Leaf() if layout.kind == kind:
            yield value


def subscription(
    version: int, *topics: str, owned: tuple[str, ...] = (), user_data: bytes | None = None, rest: bytes = b""
) -> bytes:
    """Gives a consumer's subscription as it stands in JoinGroup; ``rest`` follows what this version defines."""
    value = {
        "topics": list(topics),
        "user_data": user_data,
        "owned_partitions": [{"topic": topic, "partitions": [0, 3]} for topic in owned],
        "generation_id": 5,
        "rack_id": "rack",
    }
    return version.to_bytes(2, "big") + consumer_layout(SUBSCRIPTION, min(version, NEWEST)).build(value) + rest


def assignment(version: int, *topics: str, user_data: bytes | None = None, rest: bytes = b"") -> bytes:
    """Gives a consumer's assignment as it stands in SyncGroup."""
    value = {
        "assigned_partitions": [{"topic": topic, "partitions": [0, 3]} for topic in topics],
        "user_data": user_data,
    }
    return version.to_bytes(2, "big") + consumer_layout(ASSIGNMENT, min(version, NEWEST)).build(value) + rest


def named_with(name: str, key_type: int = 0, resource_type: int = 2) -> dict[str, Any]:
    """Gives values by kind that put one name wherever a name may stand."""
    return {
        **dict.fromkeys(NAMING, name),
        "CoordinatorKeyType": key_type,
        "ResourceType": resource_type,
        "GroupProtocol": "consumer",
        "ConsumerSubscription": subscription(3, name, owned=(name,)),
        "ConsumerAssignment": assignment(3, name),
        "NodeId": 1,
        "ConfigName": "consumer.session.timeout.ms" if resource_type == 32 else "retention.ms",
        "ConfigValue": "60000",
        "Pattern": ".*",
    }
