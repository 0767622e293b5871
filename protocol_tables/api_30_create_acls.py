"""CreateAcls (30): adds access rules; the answer has one result per rule, in the order asked.

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
                "resource_pattern_type" / Since(1, Default(PatternType, 3)),
                "principal" / PrincipalName,
                "host" / AclHost,
                "operation" / AclOperation,
                "permission_type" / AclPermission,
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
