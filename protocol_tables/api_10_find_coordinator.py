"""FindCoordinator (10): tells which broker coordinates a group or a transactional id.

v0 groups alone - v1 key type (0 group, 1 transactional id), throttle time, error text (KIP-98) - v2 answers before it
throttles (KIP-219) - v3 flexible - v4 several keys in one request (KIP-699) - v5 TRANSACTION_ABORTABLE (KIP-890) - v6
key type 2, share groups: their keys read ``group:topic id:partition`` (KIP-932).
"""

from klamm.wire import Array, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    CoordinatorKey,
    CoordinatorKeyType,
    ErrorCode,
    ErrorMessage,
    Host,
    NodeId,
    Port,
    ThrottleTime,
)

__all__ = ["FIND_COORDINATOR"]

FIND_COORDINATOR = Api(
    key=10,
    name="FindCoordinator",
    versions="0-6",
    flexible="3+",
    request=Record(
        "key" / Only("0-3", CoordinatorKey),
        "key_type" / Since(1, CoordinatorKeyType),
        "coordinator_keys" / Since(4, Array(CoordinatorKey)),
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "error_code" / Only("0-3", ErrorCode),
        "error_message" / Only("1-3", Nullable(ErrorMessage)),
        "node_id" / Only("0-3", NodeId),
        "host" / Only("0-3", Host),
        "port" / Only("0-3", Port),
        "coordinators"
        / Since(
            4,
            Array(
                Record(
                    "key" / CoordinatorKey,
                    "node_id" / NodeId,
                    "host" / Host,
                    "port" / Port,
                    "error_code" / ErrorCode,
                    "error_message" / Nullable(ErrorMessage),
                )
            ),
        ),
    ),
)
