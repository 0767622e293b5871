"""SyncGroup (14): hands the leader's assignment in, and each member's part of it out.

v1 throttle time (KIP-124) - v2 answers before it throttles (KIP-219) - v3 static members (KIP-345) - v4 flexible - v5
protocol type and name, which the broker compares with its own (KIP-559). For protocol type ``consumer`` the assignment
is the consumer protocol's; it may have no bytes at all.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    ConsumerAssignment,
    Epoch,
    ErrorCode,
    GroupId,
    GroupInstanceId,
    GroupProtocol,
    MemberId,
    ThrottleTime,
)

__all__ = ["SYNC_GROUP"]

SYNC_GROUP = Api(
    key=14,
    name="SyncGroup",
    versions="0-5",
    flexible="4+",
    request=Record(
        "group_id" / GroupId,
        "generation_id" / Epoch,
        "member_id" / MemberId,
        "group_instance_id" / Since(3, Default(Nullable(GroupInstanceId), None)),
        "protocol_type" / Since(5, Default(Nullable(GroupProtocol), None)),
        "protocol_name" / Since(5, Default(Nullable(GroupProtocol), None)),
        "assignments"
        / Array(
            Record(
                "member_id" / MemberId,
                "assignment" / ConsumerAssignment,
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "error_code" / ErrorCode,
        "protocol_type" / Since(5, Default(Nullable(GroupProtocol), None)),
        "protocol_name" / Since(5, Default(Nullable(GroupProtocol), None)),
        "assignment" / ConsumerAssignment,
    ),
)
