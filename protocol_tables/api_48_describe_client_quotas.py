"""DescribeClientQuotas (48): DOC"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import Boolean, ErrorCode, ErrorMessage, Float64, Int8, String, ThrottleTime

__all__ = ["DESCRIBE_CLIENT_QUOTAS"]

DESCRIBE_CLIENT_QUOTAS = Api(
    key=48,
    name="DescribeClientQuotas",
    versions="0-1",
    flexible="1+",
    request=Record(
        "components"
        / Array(
            Record(
                "entity_type" / String,
                "match_type" / Int8,
                "match" / Nullable(String),
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
                "entity"
                / Array(
                    Record(
                        "entity_type" / String,
                        "entity_name" / Nullable(String),
                    )
                ),
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
