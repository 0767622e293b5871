"""DeleteAcls (31): removes access rules, and shows them; one result per filter, in the order asked (KIP-140).

v1 pattern type (KIP-290), answers before it throttles (KIP-219) - v2 flexible - v3 users as a resource type (KIP-373).
Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    AclHost,
    AclOperation,
    AclPermission,
    ErrorCode,
    ErrorMessage,
    PatternType,
    PrincipalName,
    ResourceName,
    ResourceType,
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
                "pattern_type_filter" / Since(1, Default(PatternType, 3)),
                "principal_filter" / Nullable(PrincipalName),
                "host_filter" / Nullable(AclHost),
                "operation" / AclOperation,
                "permission_type" / AclPermission,
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
                        "pattern_type" / Since(1, Default(PatternType, 3)),
                        "principal" / PrincipalName,
                        "host" / AclHost,
                        "operation" / AclOperation,
                        "permission_type" / AclPermission,
                    )
                ),
            )
        ),
    ),
)
