"""DescribeGroups (15): state and members of groups of the classic protocol.

v1 throttle time (KIP-124) - v2 answers before it throttles (KIP-219) - v3 authorized operations (KIP-430) - v4 static
members (KIP-345) - v5 flexible - v6 GROUP_ID_NOT_FOUND with an error text, where an unknown group was a dead one before
(KIP-1043). For protocol type ``consumer`` the members' metadata and assignment are the consumer protocol's.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    AuthorizedOperations,
    Boolean,
    ClientHost,
    ClientId,
    ConsumerAssignment,
    ConsumerSubscription,
    ErrorCode,
    ErrorMessage,
    GroupId,
    GroupInstanceId,
    GroupProtocol,
    MemberId,
    String,
    ThrottleTime,
)

__all__ = ["DESCRIBE_GROUPS"]

DESCRIBE_GROUPS = Api(
    key=15,
    name="DescribeGroups",
    versions="0-6",
    flexible="5+",
    request=Record(
        "groups" / Array(GroupId),
        "include_authorized_operations" / Since(3, Boolean),
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "groups"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "error_message" / Since(6, Default(Nullable(ErrorMessage), None)),
                "group_id" / GroupId,
                "group_state" / String,
                "protocol_type" / GroupProtocol,
                "protocol_data" / GroupProtocol,
                "members"
                / Array(
                    Record(
                        "member_id" / MemberId,
                        "group_instance_id" / Since(4, Default(Nullable(GroupInstanceId), None)),
                        "client_id" / ClientId,
                        "client_host" / ClientHost,
                        "member_metadata" / ConsumerSubscription,
                        "member_assignment" / ConsumerAssignment,
                    )
                ),
                "authorized_operations" / Since(3, Default(AuthorizedOperations, -2147483648)),
            )
        ),
    ),
)
