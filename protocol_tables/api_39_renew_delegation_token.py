"""RenewDelegationToken (39): prolongs a delegation token, which it names by its secret (KIP-48).

v1 answers before it throttles (KIP-219) - v2 flexible. Kafka 4.0 dropped v0.
"""

from klamm.wire import Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, LongDuration, ThrottleTime, Timestamp, TokenSecret

__all__ = ["RENEW_DELEGATION_TOKEN"]

RENEW_DELEGATION_TOKEN = Api(
    key=39,
    name="RenewDelegationToken",
    versions="0-2",
    flexible="2+",
    request=Record(
        "hmac" / TokenSecret,
        "renew_period_ms" / LongDuration,
    ),
    response=Record(
        "error_code" / ErrorCode,
        "expiry_timestamp_ms" / Timestamp,
        "throttle_time_ms" / ThrottleTime,
    ),
)
