"""Verbs for what is embedded: the consumer protocol inside group messages, and the cursor of a paged listing."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.errors import Refused
from klamm.rewriting.scope import Scope
from klamm.wire import Malformed, Message, Reader
from protocol_tables.consumer_protocol import ASSIGNMENT, SUBSCRIPTION, consumer_layout

__all__ = ["CursorIn", "CursorOut", "PayloadPrefix", "PayloadStrip"]

_REQUEST = frozenset({"request"})
_RESPONSE = frozenset({"response"})
_RECORDS = {"ConsumerSubscription": SUBSCRIPTION, "ConsumerAssignment": ASSIGNMENT}
_CONSUMER = "consumer"
_VERSION = Struct(">h")
_INCONSISTENT_GROUP_PROTOCOL = 23


class _Payload(Action):
    """Renames the topics inside consumer protocol bytes; other protocols and empty bytes stay untouched.

    ``field`` names the protocol type. Where the message does not say it, the group's last JoinGroup did. Bytes after
    the part that this version defines are kept: Kafka ignores them, and a newer client may read them.
    """

    kinds = frozenset(_RECORDS)
    parameters = range(1, 2)

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(kind)
        self.field = field
        self.record = _RECORDS[kind]

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    def is_consumer(self, scope: Scope) -> bool:
        """Tells whether the bytes are the consumer protocol's."""
        protocol_type = scope.lookup(self.field)
        if protocol_type is None:
            protocol_type = scope.memory.recall(scope.lookup("group_id"))
        return bool(protocol_type == _CONSUMER)

    def renamed(self, data: bytes, rename: Callable[[str], str]) -> bytes:
        """Gives the payload with every topic renamed; raises Malformed."""
        reader = Reader(data)
        version = reader.unpack(_VERSION)
        if version < 0:
            raise reader.fail(f"consumer protocol version {version}")
        layout, value = self._read(reader, version)
        if "topics" in value:
            value["topics"] = [rename(name) for name in value["topics"]]
        for entry in (*value.get("owned_partitions", ()), *value.get("assigned_partitions", ())):
            entry["topic"] = rename(entry["topic"])
        return _VERSION.pack(version) + layout.build(value) + data[reader.pos :]

    def _read(self, reader: Reader, version: int) -> tuple[Message, dict[str, Any]]:
        start = reader.pos
        layout = consumer_layout(self.record, version)
        try:
            return layout, layout.read(reader)
        except Malformed:
            # Some clients write version 1 and end where version 0 does, and Kafka reads no further than that.
            reader.pos = start
            layout = consumer_layout(self.record, 0)
            value = layout.read(reader)
            reader.finish()
            return layout, value


@verb("payload_prefix")
class PayloadPrefix(_Payload):
    """Prefixes the topics inside a member's subscription or assignment; bytes that cannot be read are refused."""

    directions = _REQUEST

    def apply(self, value: Any, scope: Scope) -> Any:
        if not value or not self.is_consumer(scope):
            return value
        try:
            return self.renamed(value, scope.view.payload_topic_to_upstream)
        except Malformed:
            raise Refused(_INCONSISTENT_GROUP_PROTOCOL) from None


@verb("payload_strip")
class PayloadStrip(_Payload):
    """Gives back the tenant's topic names inside a subscription or assignment.

    All of these bytes come from members of the tenant's own group. A name without the prefix is one that such a
    member wrote past the rewriting, and stays as it wrote it; bytes that cannot be read are shown as none.

    Where the message does not say the protocol type, what was remembered may be wrong (somebody tried to join with
    another type) or gone (a restart in the middle of a rebalance). Then the bytes decide: only those that read as the
    consumer protocol and name prefixed topics become others.
    """

    directions = _RESPONSE

    def apply(self, value: Any, scope: Scope) -> Any:
        if not value or scope.lookup(self.field) not in (None, _CONSUMER):
            return value
        try:
            return self.renamed(value, scope.view.payload_topic_to_tenant)
        except Malformed:
            return b"" if self.is_consumer(scope) else value


@verb("cursor_in")
class CursorIn(Action):
    """Points a paged listing into the namespace: a walk over all topics starts where the tenant's begin.

    ``field`` names the list of topics asked for; only an empty one means all.
    """

    kinds = frozenset({"record"})
    composite = True
    directions = _REQUEST
    parameters = range(1, 2)

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(kind)
        self.field = field

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value is not None:
            return {**value, "topic_name": scope.view.topic_to_upstream(value["topic_name"])}
        if scope.lookup(self.field) or not scope.view.first_topic:
            return None
        return {"topic_name": scope.view.first_topic, "partition_index": 0}


@verb("cursor_out")
class CursorOut(Action):
    """Ends a paged listing where the namespace ends: a cursor at a foreign topic is none."""

    kinds = frozenset({"record"})
    composite = True
    directions = _RESPONSE

    def apply(self, value: Any, scope: Scope) -> Any:
        own = None if value is None else scope.view.topic_to_tenant(value["topic_name"])
        return None if own is None else {**value, "topic_name": own}
