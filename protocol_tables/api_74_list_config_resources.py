"""ListConfigResources (74): names of all resources that have a configuration.

v0 flexible; lists client metrics resources alone, and was called ListClientMetricsResources up to Kafka 4.0 (KIP-714) -
v1 resources of the types asked for, all types if none is named (KIP-1142)
"""

from klamm.wire import Array, Default, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ResourceName, ResourceType, ThrottleTime

__all__ = ["LIST_CONFIG_RESOURCES"]

LIST_CONFIG_RESOURCES = Api(
    key=74,
    name="ListConfigResources",
    versions="0-1",
    flexible="0+",
    request=Record(
        "resource_types" / Since(1, Array(ResourceType)),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "config_resources"
        / Array(
            Record(
                "resource_name" / ResourceName,
                "resource_type" / Since(1, Default(ResourceType, 16)),
            )
        ),
    ),
)
