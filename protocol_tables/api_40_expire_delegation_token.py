"""ExpireDelegationToken (40): ends a delegation token, at once or later; it names it by its secret (KIP-48).

v1 answers before it throttles (KIP-219) - v2 flexible. Kafka 4.0 dropped v0.
"""

from klamm.wire import Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, LongDuration, ThrottleTime, Timestamp, TokenSecret

__all__ = ["EXPIRE_DELEGATION_TOKEN"]

EXPIRE_DELEGATION_TOKEN = Api(
    key=40,
    name="ExpireDelegationToken",
    versions="0-2",
    flexible="2+",
    request=Record(
        "hmac" / TokenSecret,
        "expiry_time_period_ms" / LongDuration,
    ),
    response=Record(
        "error_code" / ErrorCode,
        "expiry_timestamp_ms" / Timestamp,
        "throttle_time_ms" / ThrottleTime,
    ),
)
