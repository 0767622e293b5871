"""AlterConfigs (33): replaces the whole configuration of topics, brokers and more (KIP-133).

v1 answers before it throttles (KIP-219) - v2 flexible. What is not named falls back to its default;
IncrementalAlterConfigs changes single keys.
"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ConfigName,
    ConfigValue,
    ErrorCode,
    ErrorMessage,
    ResourceName,
    ResourceType,
    ThrottleTime,
)

__all__ = ["ALTER_CONFIGS"]

ALTER_CONFIGS = Api(
    key=33,
    name="AlterConfigs",
    versions="0-2",
    flexible="2+",
    request=Record(
        "resources"
        / Array(
            Record(
                "resource_type" / ResourceType,
                "resource_name" / ResourceName,
                "configs"
                / Array(
                    Record(
                        "name" / ConfigName,
                        "value" / Nullable(ConfigValue),
                    )
                ),
            )
        ),
        "validate_only" / Boolean,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "responses"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "error_message" / Nullable(ErrorMessage),
                "resource_type" / ResourceType,
                "resource_name" / ResourceName,
            )
        ),
    ),
)
