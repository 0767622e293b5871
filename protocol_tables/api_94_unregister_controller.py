"""UnregisterController (94): makes the cluster forget a controller that is gone for good.

v0 flexible. New in Kafka 4.4.
"""

from klamm.wire import Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, NodeId, ThrottleTime

__all__ = ["UNREGISTER_CONTROLLER"]

UNREGISTER_CONTROLLER = Api(
    key=94,
    name="UnregisterController",
    versions="0",
    flexible="0+",
    request=Record(
        "controller_id" / NodeId,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
    ),
)
