"""DeleteRecords (21): removes the records of partitions up to an offset (KIP-107).

v1 answers before it throttles (KIP-219) - v2 flexible. Offset -1 means up to the high watermark.
"""

from klamm.wire import Array, Record
from protocol_tables.api import Api
from protocol_tables.types import Duration, ErrorCode, Offset, PartitionIndex, ThrottleTime, TopicName

__all__ = ["DELETE_RECORDS"]

DELETE_RECORDS = Api(
    key=21,
    name="DeleteRecords",
    versions="0-2",
    flexible="2+",
    request=Record(
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "offset" / Offset,
                    )
                ),
            )
        ),
        "timeout_ms" / Duration,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "low_watermark" / Offset,
                        "error_code" / ErrorCode,
                    )
                ),
            )
        ),
    ),
)
