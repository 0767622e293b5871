"""DescribeCluster (60): cluster id, controller and brokers (KIP-700).

v0 flexible - v1 brokers or controllers may be asked for (KIP-919) - v2 fenced brokers (KIP-1073)
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    AuthorizedOperations,
    Boolean,
    ClusterId,
    ErrorCode,
    ErrorMessage,
    Host,
    Int8,
    NodeId,
    Port,
    Rack,
    ThrottleTime,
)

__all__ = ["DESCRIBE_CLUSTER"]

DESCRIBE_CLUSTER = Api(
    key=60,
    name="DescribeCluster",
    versions="0-2",
    flexible="0+",
    request=Record(
        "include_cluster_authorized_operations" / Boolean,
        "endpoint_type" / Since(1, Default(Int8, 1)),
        "include_fenced_brokers" / Since(2, Boolean),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "endpoint_type" / Since(1, Default(Int8, 1)),
        "cluster_id" / ClusterId,
        "controller_id" / Default(NodeId, -1),
        "brokers"
        / Array(
            Record(
                "broker_id" / NodeId,
                "host" / Host,
                "port" / Port,
                "rack" / Default(Nullable(Rack), None),
                "is_fenced" / Since(2, Boolean),
            )
        ),
        "cluster_authorized_operations" / Default(AuthorizedOperations, -2147483648),
    ),
)
