"""AlterClientQuotas (49): DOC"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import Boolean, ErrorCode, ErrorMessage, Float64, String, ThrottleTime

__all__ = ["ALTER_CLIENT_QUOTAS"]

ALTER_CLIENT_QUOTAS = Api(
    key=49,
    name="AlterClientQuotas",
    versions="0-1",
    flexible="1+",
    request=Record(
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
                "entity"
                / Array(
                    Record(
                        "entity_type" / String,
                        "entity_name" / Nullable(String),
                    )
                ),
            )
        ),
    ),
)
