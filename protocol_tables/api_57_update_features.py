"""UpdateFeatures (57): raises or lowers the levels of cluster features (KIP-584).

v0 flexible - v1 kinds of downgrade, validate only (KIP-778) - v2 one result for all features (KIP-1022)
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    Duration,
    ErrorCode,
    ErrorMessage,
    FeatureLevel,
    FeatureName,
    Int8,
    ThrottleTime,
)

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
                "feature" / FeatureName,
                "max_version_level" / FeatureLevel,
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
                    "feature" / FeatureName,
                    "error_code" / ErrorCode,
                    "error_message" / Nullable(ErrorMessage),
                )
            ),
        ),
    ),
)
