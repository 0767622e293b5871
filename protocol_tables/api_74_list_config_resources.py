"""ListConfigResources (74): DOC"""

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
