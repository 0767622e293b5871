"""ListPartitionReassignments (46): partitions that are on the move (KIP-455).

v0 flexible. Null asks for all of them.
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import Duration, ErrorCode, ErrorMessage, NodeId, PartitionIndex, ThrottleTime, TopicName

__all__ = ["LIST_PARTITION_REASSIGNMENTS"]

LIST_PARTITION_REASSIGNMENTS = Api(
    key=46,
    name="ListPartitionReassignments",
    versions="0",
    flexible="0+",
    request=Record(
        "timeout_ms" / Default(Duration, 60000),
        "topics"
        / Default(
            Array(
                Record(
                    "name" / TopicName,
                    "partition_indexes" / Array(PartitionIndex),
                ),
                nullable="0+",
            ),
            None,
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "replicas" / Array(NodeId),
                        "adding_replicas" / Array(NodeId),
                        "removing_replicas" / Array(NodeId),
                    )
                ),
            )
        ),
    ),
)
