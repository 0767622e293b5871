"""GetTelemetrySubscriptions (71): which of its metrics a client is asked to push (KIP-714).

v0 flexible. A broker without a plugin for metrics does not offer it.
"""

from klamm.wire import Array, Record
from protocol_tables.api import Api
from protocol_tables.types import Boolean, ClientInstanceId, Duration, ErrorCode, Int8, Int32, MetricName, ThrottleTime

__all__ = ["GET_TELEMETRY_SUBSCRIPTIONS"]

GET_TELEMETRY_SUBSCRIPTIONS = Api(
    key=71,
    name="GetTelemetrySubscriptions",
    versions="0",
    flexible="0+",
    request=Record(
        "client_instance_id" / ClientInstanceId,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "client_instance_id" / ClientInstanceId,
        "subscription_id" / Int32,
        "accepted_compression_types" / Array(Int8),
        "push_interval_ms" / Duration,
        "telemetry_max_bytes" / Int32,
        "delta_temporality" / Boolean,
        "requested_metrics" / Array(MetricName),
    ),
)
