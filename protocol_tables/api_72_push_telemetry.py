"""PushTelemetry (72): metrics of a client, in OpenTelemetry's format, maybe compressed (KIP-714).

v0 flexible. A broker without a plugin for metrics does not offer it.
"""

from klamm.wire import Record
from protocol_tables.api import Api
from protocol_tables.types import Boolean, ClientInstanceId, ErrorCode, Int8, Int32, Telemetry, ThrottleTime

__all__ = ["PUSH_TELEMETRY"]

PUSH_TELEMETRY = Api(
    key=72,
    name="PushTelemetry",
    versions="0",
    flexible="0+",
    request=Record(
        "client_instance_id" / ClientInstanceId,
        "subscription_id" / Int32,
        "terminating" / Boolean,
        "compression_type" / Int8,
        "metrics" / Telemetry,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
    ),
)
