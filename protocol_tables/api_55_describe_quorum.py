"""DescribeQuorum (55): leader, voters and observers of the KRaft quorum (KIP-595).

v0 flexible - v1 when each replica last fetched and last had caught up (KIP-836) - v2 addresses of the controllers,
directory ids, error texts (KIP-853)
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    DirectoryId,
    Epoch,
    ErrorCode,
    ErrorMessage,
    Host,
    ListenerName,
    NodeId,
    Offset,
    PartitionIndex,
    Timestamp,
    TopicName,
    UnsignedPort,
)

__all__ = ["DESCRIBE_QUORUM"]

REPLICA_STATE = Record(
    "replica_id" / NodeId,
    "replica_directory_id" / Since(2, DirectoryId),
    "log_end_offset" / Offset,
    "last_fetch_timestamp" / Since(1, Default(Timestamp, -1)),
    "last_caught_up_timestamp" / Since(1, Default(Timestamp, -1)),
)

DESCRIBE_QUORUM = Api(
    key=55,
    name="DescribeQuorum",
    versions="0-2",
    flexible="0+",
    request=Record(
        "topics"
        / Array(
            Record(
                "topic_name" / TopicName,
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
        "error_message" / Since(2, Nullable(ErrorMessage)),
        "topics"
        / Array(
            Record(
                "topic_name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "error_message" / Since(2, Nullable(ErrorMessage)),
                        "leader_id" / NodeId,
                        "leader_epoch" / Epoch,
                        "high_watermark" / Offset,
                        "current_voters" / Array(REPLICA_STATE),
                        "observers" / Array(REPLICA_STATE),
                    )
                ),
            )
        ),
        "nodes"
        / Since(
            2,
            Array(
                Record(
                    "node_id" / NodeId,
                    "listeners"
                    / Array(
                        Record(
                            "name" / ListenerName,
                            "host" / Host,
                            "port" / UnsignedPort,
                        )
                    ),
                )
            ),
        ),
    ),
)
