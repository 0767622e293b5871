"""AlterReplicaLogDirs (34): moves replicas between the directories of one broker (KIP-113).

v1 answers before it throttles (KIP-219) - v2 flexible. Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, LogDir, PartitionIndex, ThrottleTime, TopicName

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
                "path" / LogDir,
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
