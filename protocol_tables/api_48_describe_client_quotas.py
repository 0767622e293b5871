"""DescribeClientQuotas (48): quotas of users, client ids and addresses that a filter finds (KIP-546).

v1 flexible. Quota values are floating-point numbers; no component at all finds every quota.
"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ErrorCode,
    ErrorMessage,
    Float64,
    Int8,
    QuotaEntityName,
    QuotaEntityType,
    String,
    ThrottleTime,
)

__all__ = ["DESCRIBE_CLIENT_QUOTAS"]

ENTITY = Record(
    "entity_type" / QuotaEntityType,
    "entity_name" / Nullable(QuotaEntityName),
)

DESCRIBE_CLIENT_QUOTAS = Api(
    key=48,
    name="DescribeClientQuotas",
    versions="0-1",
    flexible="1+",
    request=Record(
        "components"
        / Array(
            Record(
                "entity_type" / QuotaEntityType,
                "match_type" / Int8,
                "match" / Nullable(QuotaEntityName),
            )
        ),
        "strict" / Boolean,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
        "entries"
        / Array(
            Record(
                "entity" / Array(ENTITY),
                "values"
                / Array(
                    Record(
                        "key" / String,
                        "value" / Float64,
                    )
                ),
            ),
            nullable="0+",
        ),
    ),
)
