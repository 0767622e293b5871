"""UnregisterBroker (64): makes the cluster forget a broker that is gone for good.

v0 flexible
"""

from klamm.wire import Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, NodeId, ThrottleTime

__all__ = ["UNREGISTER_BROKER"]

UNREGISTER_BROKER = Api(
    key=64,
    name="UnregisterBroker",
    versions="0",
    flexible="0+",
    request=Record(
        "broker_id" / NodeId,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
    ),
)
