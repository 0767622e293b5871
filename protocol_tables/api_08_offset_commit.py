"""OffsetCommit (8): stores a group's offsets.

v1 generation and member, commit timestamp - v2 retention time instead of that timestamp - v3 throttle time (KIP-124) -
v4 answers before it throttles (KIP-219) - v5 retention is the broker's business alone (KIP-211) - v6 leader epoch
(KIP-320) - v7 static members (KIP-345) - v8 flexible - v9 new group protocol: member epoch in the generation's place,
GROUP_ID_NOT_FOUND, STALE_MEMBER_EPOCH (KIP-848) - v10 topic ids instead of names (KIP-848). Kafka 4.0 dropped v0-1; v10
is stable from 4.2 on.
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Epoch,
    ErrorCode,
    GroupId,
    GroupInstanceId,
    LongDuration,
    MemberId,
    Offset,
    OffsetMetadata,
    PartitionIndex,
    ThrottleTime,
    Timestamp,
    TopicId,
    TopicName,
)

__all__ = ["OFFSET_COMMIT"]

OFFSET_COMMIT = Api(
    key=8,
    name="OffsetCommit",
    versions="0-10",
    flexible="8+",
    request=Record(
        "group_id" / GroupId,
        "generation_id_or_member_epoch" / Since(1, Default(Epoch, -1)),
        "member_id" / Since(1, MemberId),
        "group_instance_id" / Since(7, Default(Nullable(GroupInstanceId), None)),
        "retention_time_ms" / Only("2-4", Default(LongDuration, -1)),
        "topics"
        / Array(
            Record(
                "name" / Only("0-9", TopicName),
                "topic_id" / Since(10, TopicId),
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "committed_offset" / Offset,
                        "committed_leader_epoch" / Since(6, Default(Epoch, -1)),
                        "commit_timestamp" / Only("1", Default(Timestamp, -1)),
                        "committed_metadata" / Nullable(OffsetMetadata),
                    )
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / Since(3, ThrottleTime),
        "topics"
        / Array(
            Record(
                "name" / Only("0-9", TopicName),
                "topic_id" / Since(10, TopicId),
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                    )
                ),
            )
        ),
    ),
)
