"""LeaveGroup (13): takes members out of a group.

v1 throttle time (KIP-124) - v2 answers before it throttles (KIP-219) - v3 several members, static ones too (KIP-345) -
v4 flexible - v5 reason (KIP-800)
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, GroupId, GroupInstanceId, MemberId, String, ThrottleTime

__all__ = ["LEAVE_GROUP"]

LEAVE_GROUP = Api(
    key=13,
    name="LeaveGroup",
    versions="0-5",
    flexible="4+",
    request=Record(
        "group_id" / GroupId,
        "member_id" / Only("0-2", MemberId),
        "members"
        / Since(
            3,
            Array(
                Record(
                    "member_id" / MemberId,
                    "group_instance_id" / Default(Nullable(GroupInstanceId), None),
                    "reason" / Since(5, Default(Nullable(String), None)),
                )
            ),
        ),
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "error_code" / ErrorCode,
        "members"
        / Since(
            3,
            Array(
                Record(
                    "member_id" / MemberId,
                    "group_instance_id" / Nullable(GroupInstanceId),
                    "error_code" / ErrorCode,
                )
            ),
        ),
    ),
)
