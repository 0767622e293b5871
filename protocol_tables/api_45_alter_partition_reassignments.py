"""AlterPartitionReassignments (45): moves partitions to other brokers, or calls a move off (KIP-455).

v0 flexible - v1 a move may be forbidden to change the number of replicas (KIP-860). Null replicas call it off.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    Duration,
    ErrorCode,
    ErrorMessage,
    NodeId,
    PartitionIndex,
    ThrottleTime,
    TopicName,
)

__all__ = ["ALTER_PARTITION_REASSIGNMENTS"]

ALTER_PARTITION_REASSIGNMENTS = Api(
    key=45,
    name="AlterPartitionReassignments",
    versions="0-1",
    flexible="0+",
    request=Record(
        "timeout_ms" / Default(Duration, 60000),
        "allow_replication_factor_change" / Since(1, Default(Boolean, True)),
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "replicas" / Default(Array(NodeId, nullable="0+"), None),
                    )
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "allow_replication_factor_change" / Since(1, Default(Boolean, True)),
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
        "responses"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "error_message" / Nullable(ErrorMessage),
                    )
                ),
            )
        ),
    ),
)
