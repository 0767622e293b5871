"""DescribeAcls (29): the access rules that a filter finds.

v1 pattern type (KIP-290), answers before it throttles (KIP-219) - v2 flexible - v3 users as a resource type (KIP-48).
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

__all__ = ["DESCRIBE_ACLS"]

DESCRIBE_ACLS = Api(
    key=29,
    name="DescribeAcls",
    versions="0-3",
    flexible="2+",
    request=Record(
        "resource_type_filter" / ResourceType,
        "resource_name_filter" / Nullable(ResourceName),
        "pattern_type_filter" / Since(1, Default(PatternType, 3)),
        "principal_filter" / Nullable(PrincipalName),
        "host_filter" / Nullable(AclHost),
        "operation" / AclOperation,
        "permission_type" / AclPermission,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
        "resources"
        / Array(
            Record(
                "resource_type" / ResourceType,
                "resource_name" / ResourceName,
                "pattern_type" / Since(1, Default(PatternType, 3)),
                "acls"
                / Array(
                    Record(
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
