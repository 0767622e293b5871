"""OffsetFetch (9): reads a group's committed offsets.

v0 from ZooKeeper, v1 from Kafka - v2 null asks for all topics; top-level error (KIP-88) - v3 throttle time (KIP-124) -
v4 answers before it throttles (KIP-219) - v5 leader epoch (KIP-320) - v6 flexible - v7 stable offsets only (KIP-447) -
v8 several groups in one request (KIP-709) - v9 member id and epoch of the new group protocol (KIP-848) - v10 topic ids
instead of names (KIP-848). Kafka 4.0 dropped v0; v10 is stable from 4.2 on.
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    Epoch,
    ErrorCode,
    GroupId,
    MemberId,
    Offset,
    OffsetMetadata,
    PartitionIndex,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["OFFSET_FETCH"]

OFFSET_FETCH = Api(
    key=9,
    name="OffsetFetch",
    versions="0-10",
    flexible="6+",
    request=Record(
        "group_id" / Only("0-7", GroupId),
        "topics"
        / Only(
            "0-7",
            Array(
                Record(
                    "name" / TopicName,
                    "partition_indexes" / Array(PartitionIndex),
                ),
                nullable="2-7",
            ),
        ),
        "groups"
        / Since(
            8,
            Array(
                Record(
                    "group_id" / GroupId,
                    "member_id" / Since(9, Default(Nullable(MemberId), None)),
                    "member_epoch" / Since(9, Default(Epoch, -1)),
                    "topics"
                    / Array(
                        Record(
                            "name" / Only("8-9", TopicName),
                            "topic_id" / Since(10, TopicId),
                            "partition_indexes" / Array(PartitionIndex),
                        ),
                        nullable="0+",
                    ),
                )
            ),
        ),
        "require_stable" / Since(7, Boolean),
    ),
    response=Record(
        "throttle_time_ms" / Since(3, ThrottleTime),
        "topics"
        / Only(
            "0-7",
            Array(
                Record(
                    "name" / TopicName,
                    "partitions"
                    / Array(
                        Record(
                            "partition_index" / PartitionIndex,
                            "committed_offset" / Offset,
                            "committed_leader_epoch" / Since(5, Default(Epoch, -1)),
                            "metadata" / Nullable(OffsetMetadata),
                            "error_code" / ErrorCode,
                        )
                    ),
                )
            ),
        ),
        "error_code" / Only("2-7", ErrorCode),
        "groups"
        / Since(
            8,
            Array(
                Record(
                    "group_id" / GroupId,
                    "topics"
                    / Array(
                        Record(
                            "name" / Only("8-9", TopicName),
                            "topic_id" / Since(10, TopicId),
                            "partitions"
                            / Array(
                                Record(
                                    "partition_index" / PartitionIndex,
                                    "committed_offset" / Offset,
                                    "committed_leader_epoch" / Default(Epoch, -1),
                                    "metadata" / Nullable(OffsetMetadata),
                                    "error_code" / ErrorCode,
                                )
                            ),
                        )
                    ),
                    "error_code" / ErrorCode,
                )
            ),
        ),
    ),
)
