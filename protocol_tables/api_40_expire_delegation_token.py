"""ExpireDelegationToken (40): DOC"""

from klamm.wire import Record
from protocol_tables.api import Api
from protocol_tables.types import Bytes, ErrorCode, LongDuration, ThrottleTime, Timestamp

__all__ = ["EXPIRE_DELEGATION_TOKEN"]

EXPIRE_DELEGATION_TOKEN = Api(
    key=40,
    name="ExpireDelegationToken",
    versions="0-2",
    flexible="2+",
    request=Record(
        "hmac" / Bytes,
        "expiry_time_period_ms" / LongDuration,
    ),
    response=Record(
        "error_code" / ErrorCode,
        "expiry_timestamp_ms" / Timestamp,
        "throttle_time_ms" / ThrottleTime,
    ),
)
