"""OffsetDelete (47): removes a group's committed offsets of some partitions (KIP-496).

v0 never became flexible.
"""

from klamm.wire import Array, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, GroupId, PartitionIndex, ThrottleTime, TopicName

__all__ = ["OFFSET_DELETE"]

OFFSET_DELETE = Api(
    key=47,
    name="OffsetDelete",
    versions="0",
    flexible="none",
    request=Record(
        "group_id" / GroupId,
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                    )
                ),
            )
        ),
    ),
    response=Record(
        "error_code" / ErrorCode,
        "throttle_time_ms" / ThrottleTime,
        "topics"
        / Array(
            Record(
                "name" / TopicName,
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
