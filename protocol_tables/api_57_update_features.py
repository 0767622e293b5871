"""UpdateFeatures (57): DOC"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Boolean, Duration, ErrorCode, ErrorMessage, Int8, Int16, String, ThrottleTime

__all__ = ["UPDATE_FEATURES"]

UPDATE_FEATURES = Api(
    key=57,
    name="UpdateFeatures",
    versions="0-2",
    flexible="0+",
    request=Record(
        "timeout_ms" / Default(Duration, 60000),
        "feature_updates"
        / Array(
            Record(
                "feature" / String,
                "max_version_level" / Int16,
                "allow_downgrade" / Only("0", Boolean),
                "upgrade_type" / Since(1, Default(Int8, 1)),
            )
        ),
        "validate_only" / Since(1, Boolean),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
        "results"
        / Only(
            "0-1",
            Array(
                Record(
                    "feature" / String,
                    "error_code" / ErrorCode,
                    "error_message" / Nullable(ErrorMessage),
                )
            ),
        ),
    ),
)
