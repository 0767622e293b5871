"""CreateDelegationToken (38): DOC"""

from klamm.wire import Array, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Bytes, ErrorCode, LongDuration, PrincipalName, String, ThrottleTime, Timestamp

__all__ = ["CREATE_DELEGATION_TOKEN"]

CREATE_DELEGATION_TOKEN = Api(
    key=38,
    name="CreateDelegationToken",
    versions="0-3",
    flexible="2+",
    request=Record(
        "owner_principal_type" / Since(3, Nullable(PrincipalName)),
        "owner_principal_name" / Since(3, Nullable(PrincipalName)),
        "renewers"
        / Array(
            Record(
                "principal_type" / PrincipalName,
                "principal_name" / PrincipalName,
            )
        ),
        "max_lifetime_ms" / LongDuration,
    ),
    response=Record(
        "error_code" / ErrorCode,
        "principal_type" / PrincipalName,
        "principal_name" / PrincipalName,
        "token_requester_principal_type" / Since(3, PrincipalName),
        "token_requester_principal_name" / Since(3, PrincipalName),
        "issue_timestamp_ms" / Timestamp,
        "expiry_timestamp_ms" / Timestamp,
        "max_timestamp_ms" / Timestamp,
        "token_id" / String,
        "hmac" / Bytes,
        "throttle_time_ms" / ThrottleTime,
    ),
)
