"""AlterClientQuotas (49): sets and removes quotas of users, client ids and addresses (KIP-546).

v1 flexible. Quota values are floating-point numbers.
"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ErrorCode,
    ErrorMessage,
    Float64,
    QuotaEntityName,
    QuotaEntityType,
    String,
    ThrottleTime,
)

__all__ = ["ALTER_CLIENT_QUOTAS"]

ENTITY = Record(
    "entity_type" / QuotaEntityType,
    "entity_name" / Nullable(QuotaEntityName),
)

ALTER_CLIENT_QUOTAS = Api(
    key=49,
    name="AlterClientQuotas",
    versions="0-1",
    flexible="1+",
    request=Record(
        "entries"
        / Array(
            Record(
                "entity" / Array(ENTITY),
                "ops"
                / Array(
                    Record(
                        "key" / String,
                        "value" / Float64,
                        "remove" / Boolean,
                    )
                ),
            )
        ),
        "validate_only" / Boolean,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "entries"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "error_message" / Nullable(ErrorMessage),
                "entity" / Array(ENTITY),
            )
        ),
    ),
)
