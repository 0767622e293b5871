"""DeleteAcls (31): DOC"""

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

__all__ = ["DELETE_ACLS"]

DELETE_ACLS = Api(
    key=31,
    name="DeleteAcls",
    versions="0-3",
    flexible="2+",
    request=Record(
        "filters"
        / Array(
            Record(
                "resource_type_filter" / ResourceType,
                "resource_name_filter" / Nullable(ResourceName),
                "pattern_type_filter" / Since(1, Default(Int8, 3)),
                "principal_filter" / Nullable(PrincipalName),
                "host_filter" / Nullable(String),
                "operation" / Int8,
                "permission_type" / Int8,
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "filter_results"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "error_message" / Nullable(ErrorMessage),
                "matching_acls"
                / Array(
                    Record(
                        "error_code" / ErrorCode,
                        "error_message" / Nullable(ErrorMessage),
                        "resource_type" / ResourceType,
                        "resource_name" / ResourceName,
                        "pattern_type" / Since(1, Default(Int8, 3)),
                        "principal" / PrincipalName,
                        "host" / String,
                        "operation" / Int8,
                        "permission_type" / Int8,
                    )
                ),
            )
        ),
    ),
)
