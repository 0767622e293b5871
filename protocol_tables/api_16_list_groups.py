"""ListGroups (16): the groups that one broker coordinates.

v1 throttle time (KIP-124) - v2 answers before it throttles (KIP-219) - v3 flexible - v4 filter by state, state in the
answer (KIP-518) - v5 filter by type, type in the answer (KIP-848)
"""

from klamm.wire import Array, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, GroupId, GroupProtocol, String, ThrottleTime

__all__ = ["LIST_GROUPS"]

LIST_GROUPS = Api(
    key=16,
    name="ListGroups",
    versions="0-5",
    flexible="3+",
    request=Record(
        "states_filter" / Since(4, Array(String)),
        "types_filter" / Since(5, Array(String)),
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "error_code" / ErrorCode,
        "groups"
        / Array(
            Record(
                "group_id" / GroupId,
                "protocol_type" / GroupProtocol,
                "group_state" / Since(4, String),
                "group_type" / Since(5, String),
            )
        ),
    ),
)
