"""CreateAcls (30): DOC"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    ErrorCode,
    ErrorMessage,
    Int8,
    PrincipalName,
    ResourceName,
    ResourceType,
    String,
    ThrottleTime,
)

__all__ = ["CREATE_ACLS"]

CREATE_ACLS = Api(
    key=30,
    name="CreateAcls",
    versions="0-3",
    flexible="2+",
    request=Record(
        "creations"
        / Array(
            Record(
                "resource_type" / ResourceType,
                "resource_name" / ResourceName,
                "resource_pattern_type" / Since(1, Default(Int8, 3)),
                "principal" / PrincipalName,
                "host" / String,
                "operation" / Int8,
                "permission_type" / Int8,
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "results"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "error_message" / Nullable(ErrorMessage),
            )
        ),
    ),
)
