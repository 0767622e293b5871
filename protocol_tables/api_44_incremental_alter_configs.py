"""IncrementalAlterConfigs (44): sets, removes, extends or shortens single configuration keys (KIP-339).

v1 flexible
"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    ConfigName,
    ConfigValue,
    ErrorCode,
    ErrorMessage,
    Int8,
    ResourceName,
    ResourceType,
    ThrottleTime,
)

__all__ = ["INCREMENTAL_ALTER_CONFIGS"]

INCREMENTAL_ALTER_CONFIGS = Api(
    key=44,
    name="IncrementalAlterConfigs",
    versions="0-1",
    flexible="1+",
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
                        "config_operation" / Int8,
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
