"""Metadata (3): brokers, topics and partitions.

v0 an empty list asks for all topics - v1 null does, empty asks for none; rack, controller, internal flag - v2 cluster
id (KIP-78) - v3 throttle time (KIP-124) - v4 the client says whether topics may be created - v5 offline replicas
(KIP-112) - v6 answers before it throttles (KIP-219) - v7 leader epoch (KIP-320) - v8 authorized operations (KIP-430) -
v9 flexible - v10 topic ids (KIP-516) - v11 operations on the cluster moved to DescribeCluster (KIP-700) - v12 look-up
by id; v10 and v11 have the fields, but no broker serves it - v13 top-level error (KIP-1102).
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    AuthorizedOperations,
    AutoCreate,
    Boolean,
    ClusterId,
    Epoch,
    ErrorCode,
    Host,
    InternalFlag,
    NodeId,
    PartitionIndex,
    Port,
    Rack,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["METADATA"]

METADATA = Api(
    key=3,
    name="Metadata",
    versions="0-13",
    flexible="9+",
    request=Record(
        "topics"
        / Array(
            Record(
                "topic_id" / Since(10, TopicId),
                "name" / Nullable(TopicName, "10+"),
            ),
            nullable="1+",
        ),
        "allow_auto_topic_creation" / Since(4, Default(AutoCreate, True)),
        "include_cluster_authorized_operations" / Only("8-10", Boolean),
        "include_topic_authorized_operations" / Since(8, Boolean),
    ),
    response=Record(
        "throttle_time_ms" / Since(3, ThrottleTime),
        "brokers"
        / Array(
            Record(
                "node_id" / NodeId,
                "host" / Host,
                "port" / Port,
                "rack" / Since(1, Default(Nullable(Rack), None)),
            )
        ),
        "cluster_id" / Since(2, Default(Nullable(ClusterId), None)),
        "controller_id" / Since(1, Default(NodeId, -1)),
        "topics"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "name" / Nullable(TopicName, "12+"),
                "topic_id" / Since(10, TopicId),
                "is_internal" / Since(1, InternalFlag),
                "partitions"
                / Array(
                    Record(
                        "error_code" / ErrorCode,
                        "partition_index" / PartitionIndex,
                        "leader_id" / NodeId,
                        "leader_epoch" / Since(7, Default(Epoch, -1)),
                        "replica_nodes" / Array(NodeId),
                        "isr_nodes" / Array(NodeId),
                        "offline_replicas" / Since(5, Array(NodeId)),
                    )
                ),
                "topic_authorized_operations" / Since(8, Default(AuthorizedOperations, -2147483648)),
            )
        ),
        "cluster_authorized_operations" / Only("8-10", Default(AuthorizedOperations, -2147483648)),
        "error_code" / Since(13, ErrorCode),
    ),
)
