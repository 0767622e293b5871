"""DescribeLogDirs (35): directories of one broker, the replicas in them and their sizes (KIP-113).

v1 answers before it throttles (KIP-219) - v2 flexible - v3 top-level error - v4 size and free space of the volumes
(KIP-827) - v5 cordoned directories (KIP-1066). Null asks for all topics. Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Default, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Boolean, ErrorCode, Int64, LogDir, PartitionIndex, ThrottleTime, TopicName

__all__ = ["DESCRIBE_LOG_DIRS"]

DESCRIBE_LOG_DIRS = Api(
    key=35,
    name="DescribeLogDirs",
    versions="0-5",
    flexible="2+",
    request=Record(
        "topics"
        / Array(
            Record(
                "topic" / TopicName,
                "partitions" / Array(PartitionIndex),
            ),
            nullable="0+",
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / Since(3, ErrorCode),
        "results"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "log_dir" / LogDir,
                "topics"
                / Array(
                    Record(
                        "name" / TopicName,
                        "partitions"
                        / Array(
                            Record(
                                "partition_index" / PartitionIndex,
                                "partition_size" / Int64,
                                "offset_lag" / Int64,
                                "is_future_key" / Boolean,
                            )
                        ),
                    )
                ),
                "total_bytes" / Since(4, Default(Int64, -1)),
                "usable_bytes" / Since(4, Default(Int64, -1)),
                "is_cordoned" / Since(5, Boolean),
            )
        ),
    ),
)
