"""DescribeShareGroupOffsets (90): where share groups stand in their partitions (KIP-932).

v0 flexible - v1 lag (KIP-1226). Null asks for all topics of a group.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    Int64,
    Offset,
    PartitionIndex,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["DESCRIBE_SHARE_GROUP_OFFSETS"]

DESCRIBE_SHARE_GROUP_OFFSETS = Api(
    key=90,
    name="DescribeShareGroupOffsets",
    versions="0-1",
    flexible="0+",
    request=Record(
        "groups"
        / Array(
            Record(
                "group_id" / GroupId,
                "topics"
                / Array(
                    Record(
                        "topic_name" / TopicName,
                        "partitions" / Array(PartitionIndex),
                    ),
                    nullable="0+",
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "groups"
        / Array(
            Record(
                "group_id" / GroupId,
                "topics"
                / Array(
                    Record(
                        "topic_name" / TopicName,
                        "topic_id" / TopicId,
                        "partitions"
                        / Array(
                            Record(
                                "partition_index" / PartitionIndex,
                                "start_offset" / Offset,
                                "leader_epoch" / Epoch,
                                "lag" / Since(1, Default(Int64, -1)),
                                "error_code" / ErrorCode,
                                "error_message" / Default(Nullable(ErrorMessage), None),
                            )
                        ),
                    )
                ),
                "error_code" / ErrorCode,
                "error_message" / Default(Nullable(ErrorMessage), None),
            )
        ),
    ),
)
