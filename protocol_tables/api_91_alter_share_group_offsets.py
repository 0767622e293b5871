"""AlterShareGroupOffsets (91): moves share groups without members to other offsets (KIP-932).

v0 flexible
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    ErrorCode,
    ErrorMessage,
    GroupId,
    Offset,
    PartitionIndex,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["ALTER_SHARE_GROUP_OFFSETS"]

ALTER_SHARE_GROUP_OFFSETS = Api(
    key=91,
    name="AlterShareGroupOffsets",
    versions="0",
    flexible="0+",
    request=Record(
        "group_id" / GroupId,
        "topics"
        / Array(
            Record(
                "topic_name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "start_offset" / Offset,
                    )
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "responses"
        / Array(
            Record(
                "topic_name" / TopicName,
                "topic_id" / TopicId,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "error_message" / Default(Nullable(ErrorMessage), None),
                    )
                ),
            )
        ),
    ),
)
