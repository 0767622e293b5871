"""DescribeConfigs (32): the configuration of topics, groups, brokers and more (KIP-133).

v1 source and synonyms instead of the default flag (KIP-226) - v2 answers before it throttles (KIP-219) - v3 type and
documentation (KIP-569) - v4 flexible. Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
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
    String,
    ThrottleTime,
)

__all__ = ["DESCRIBE_CONFIGS"]

DESCRIBE_CONFIGS = Api(
    key=32,
    name="DescribeConfigs",
    versions="0-4",
    flexible="4+",
    request=Record(
        "resources"
        / Array(
            Record(
                "resource_type" / ResourceType,
                "resource_name" / ResourceName,
                "configuration_keys" / Array(ConfigName, nullable="0+"),
            )
        ),
        "include_synonyms" / Since(1, Boolean),
        "include_documentation" / Since(3, Boolean),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "results"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "error_message" / Nullable(ErrorMessage),
                "resource_type" / ResourceType,
                "resource_name" / ResourceName,
                "configs"
                / Array(
                    Record(
                        "name" / ConfigName,
                        "value" / Nullable(ConfigValue),
                        "read_only" / Boolean,
                        "is_default" / Only("0", Boolean),
                        "config_source" / Since(1, Default(Int8, -1)),
                        "is_sensitive" / Boolean,
                        "synonyms"
                        / Since(
                            1,
                            Array(
                                Record(
                                    "name" / ConfigName,
                                    "value" / Nullable(ConfigValue),
                                    "source" / Int8,
                                )
                            ),
                        ),
                        "config_type" / Since(3, Int8),
                        "documentation" / Since(3, Nullable(String)),
                    )
                ),
            )
        ),
    ),
)
