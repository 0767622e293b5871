"""Heartbeat (12): keeps a member of a classic group alive, and tells it of a rebalance.

v1 throttle time (KIP-124) - v2 answers before it throttles (KIP-219) - v3 static members (KIP-345) - v4 flexible
"""

from klamm.wire import Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Epoch, ErrorCode, GroupId, GroupInstanceId, MemberId, ThrottleTime

__all__ = ["HEARTBEAT"]

HEARTBEAT = Api(
    key=12,
    name="Heartbeat",
    versions="0-4",
    flexible="4+",
    request=Record(
        "group_id" / GroupId,
        "generation_id" / Epoch,
        "member_id" / MemberId,
        "group_instance_id" / Since(3, Default(Nullable(GroupInstanceId), None)),
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "error_code" / ErrorCode,
    ),
)
