"""The consumer protocol: the bytes inside JoinGroup, SyncGroup and DescribeGroups for protocol type ``consumer``.

v1 owned partitions (KIP-429) - v2 generation id - v3 rack id (KIP-881). An int16 version stands before the body; it
is never flexible. Kafka reads a newer version as the newest it knows and ignores what follows, so readers keep those
trailing bytes. (ConsumerProtocolSubscription.json, ConsumerProtocolAssignment.json)
"""

from __future__ import annotations

from klamm.wire import Array, Default, Message, Nullable, Record, Since
from protocol_tables.types import Epoch, PartitionIndex, Rack, TopicName, UserData

__all__ = ["ASSIGNMENT", "NEWEST", "SUBSCRIPTION", "consumer_layout"]

NEWEST = 3

SUBSCRIPTION = Record(
    "topics" / Array(TopicName),
    "user_data" / Default(Nullable(UserData), None),
    "owned_partitions"
    / Since(
        1,
        Array(
            Record(
                "topic" / TopicName,
                "partitions" / Array(PartitionIndex),
            )
        ),
    ),
    "generation_id" / Since(2, Default(Epoch, -1)),
    "rack_id" / Since(3, Default(Nullable(Rack), None)),
)

ASSIGNMENT = Record(
    "assigned_partitions"
    / Array(
        Record(
            "topic" / TopicName,
            "partitions" / Array(PartitionIndex),
        )
    ),
    "user_data" / Default(Nullable(UserData), None),
)


def consumer_layout(record: Record, version: int) -> Message:
    """Gives the layout of a subscription or an assignment as Kafka reads that version."""
    name = "ConsumerProtocolSubscription" if record is SUBSCRIPTION else "ConsumerProtocolAssignment"
    return Message(record.at(min(version, NEWEST), flexible=False), name, version)
