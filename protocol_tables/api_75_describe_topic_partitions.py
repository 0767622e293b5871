"""DescribeTopicPartitions (75): topics and partitions page by page, eligible leaders too (KIP-966).

v0 flexible
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    AuthorizedOperations,
    Epoch,
    ErrorCode,
    Int32,
    InternalFlag,
    NodeId,
    PartitionIndex,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["DESCRIBE_TOPIC_PARTITIONS"]

CURSOR = Record(
    "topic_name" / TopicName,
    "partition_index" / PartitionIndex,
)

DESCRIBE_TOPIC_PARTITIONS = Api(
    key=75,
    name="DescribeTopicPartitions",
    versions="0",
    flexible="0+",
    request=Record(
        "topics"
        / Array(
            Record(
                "name" / TopicName,
            ),
        ),
        "response_partition_limit" / Default(Int32, 2000),
        "cursor" / Default(Nullable(CURSOR), None),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "topics"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "name" / Nullable(TopicName),
                "topic_id" / TopicId,
                "is_internal" / InternalFlag,
                "partitions"
                / Array(
                    Record(
                        "error_code" / ErrorCode,
                        "partition_index" / PartitionIndex,
                        "leader_id" / NodeId,
                        "leader_epoch" / Default(Epoch, -1),
                        "replica_nodes" / Array(NodeId),
                        "isr_nodes" / Array(NodeId),
                        "eligible_leader_replicas" / Default(Array(NodeId, nullable="0+"), None),
                        "last_known_elr" / Default(Array(NodeId, nullable="0+"), None),
                        "offline_replicas" / Array(NodeId),
                    )
                ),
                "topic_authorized_operations" / Default(AuthorizedOperations, -2147483648),
            )
        ),
        "next_cursor" / Default(Nullable(CURSOR), None),
    ),
)
