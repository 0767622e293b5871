"""AlterReplicaLogDirs (34): DOC"""

from klamm.wire import Array, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, PartitionIndex, String, ThrottleTime, TopicName

__all__ = ["ALTER_REPLICA_LOG_DIRS"]

ALTER_REPLICA_LOG_DIRS = Api(
    key=34,
    name="AlterReplicaLogDirs",
    versions="0-2",
    flexible="2+",
    request=Record(
        "dirs"
        / Array(
            Record(
                "path" / String,
                "topics"
                / Array(
                    Record(
                        "name" / TopicName,
                        "partitions" / Array(PartitionIndex),
                    )
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "results"
        / Array(
            Record(
                "topic_name" / TopicName,
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
