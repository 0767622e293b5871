"""CreateTopics (19): makes topics (KIP-4).

v1 validate only, error text - v2 throttle time (KIP-124) - v3 answers before it throttles (KIP-219) - v4 partitions and
replication may be -1 for the broker's defaults (KIP-464) - v5 flexible; the topic's configuration in the answer
(KIP-525) - v6 THROTTLING_QUOTA_EXCEEDED (KIP-599) - v7 topic id in the answer (KIP-516). Kafka 4.0 dropped v0-1.
"""

from klamm.wire import Array, Default, Nullable, Record, Since, Tagged
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ConfigName,
    ConfigValue,
    Duration,
    ErrorCode,
    ErrorMessage,
    Int8,
    Int16,
    Int32,
    NodeId,
    PartitionIndex,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["CREATE_TOPICS"]

CREATE_TOPICS = Api(
    key=19,
    name="CreateTopics",
    versions="0-7",
    flexible="5+",
    request=Record(
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "num_partitions" / Int32,
                "replication_factor" / Int16,
                "assignments"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "broker_ids" / Array(NodeId),
                    )
                ),
                "configs"
                / Array(
                    Record(
                        "name" / ConfigName,
                        "value" / Nullable(ConfigValue),
                    )
                ),
            )
        ),
        "timeout_ms" / Default(Duration, 60000),
        "validate_only" / Since(1, Boolean),
    ),
    response=Record(
        "throttle_time_ms" / Since(2, ThrottleTime),
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "topic_id" / Since(7, TopicId),
                "error_code" / ErrorCode,
                "error_message" / Since(1, Nullable(ErrorMessage)),
                "topic_config_error_code" / Since(5, Tagged(0, ErrorCode)),
                "num_partitions" / Since(5, Default(Int32, -1)),
                "replication_factor" / Since(5, Default(Int16, -1)),
                "configs"
                / Since(
                    5,
                    Array(
                        Record(
                            "name" / ConfigName,
                            "value" / Nullable(ConfigValue),
                            "read_only" / Boolean,
                            "config_source" / Default(Int8, -1),
                            "is_sensitive" / Boolean,
                        ),
                        nullable="0+",
                    ),
                ),
            )
        ),
    ),
)
