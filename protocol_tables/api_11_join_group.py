"""JoinGroup (11): enters a group of the classic protocol, and shows its leader what all members want.

v1 rebalance timeout (KIP-62) - v2 throttle time (KIP-124) - v3 answers before it throttles (KIP-219) - v4
MEMBER_ID_REQUIRED: a new member joins twice (KIP-394) - v5 static members (KIP-345) - v6 flexible - v7 protocol type in
the answer, protocol name may be null (KIP-559) - v8 reason (KIP-800) - v9 the leader may be told to skip the assignment
(KIP-814). For protocol type ``consumer`` the metadata is the consumer protocol's subscription.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ConsumerSubscription,
    Duration,
    Epoch,
    ErrorCode,
    GroupId,
    GroupInstanceId,
    GroupProtocol,
    MemberId,
    String,
    ThrottleTime,
)

__all__ = ["JOIN_GROUP"]

JOIN_GROUP = Api(
    key=11,
    name="JoinGroup",
    versions="0-9",
    flexible="6+",
    request=Record(
        "group_id" / GroupId,
        "session_timeout_ms" / Duration,
        "rebalance_timeout_ms" / Since(1, Default(Duration, -1)),
        "member_id" / MemberId,
        "group_instance_id" / Since(5, Default(Nullable(GroupInstanceId), None)),
        "protocol_type" / GroupProtocol,
        "protocols"
        / Array(
            Record(
                "name" / GroupProtocol,
                "metadata" / ConsumerSubscription,
            )
        ),
        "reason" / Since(8, Default(Nullable(String), None)),
    ),
    response=Record(
        "throttle_time_ms" / Since(2, ThrottleTime),
        "error_code" / ErrorCode,
        "generation_id" / Default(Epoch, -1),
        "protocol_type" / Since(7, Default(Nullable(GroupProtocol), None)),
        "protocol_name" / Nullable(GroupProtocol, "7+"),
        "leader" / MemberId,
        "skip_assignment" / Since(9, Boolean),
        "member_id" / MemberId,
        "members"
        / Array(
            Record(
                "member_id" / MemberId,
                "group_instance_id" / Since(5, Default(Nullable(GroupInstanceId), None)),
                "metadata" / ConsumerSubscription,
            )
        ),
    ),
)
