"""DeleteGroups (42): removes groups that have no members, and their offsets (KIP-229).

v1 answers before it throttles (KIP-219) - v2 flexible - v3 error text, GROUP_DELETION_FAILED
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, GroupId, ThrottleTime

__all__ = ["DELETE_GROUPS"]

DELETE_GROUPS = Api(
    key=42,
    name="DeleteGroups",
    versions="0-3",
    flexible="2+",
    request=Record(
        "groups_names" / Array(GroupId),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "results"
        / Array(
            Record(
                "group_id" / GroupId,
                "error_code" / ErrorCode,
                "error_message" / Since(3, Default(Nullable(ErrorMessage), None)),
            )
        ),
    ),
)
