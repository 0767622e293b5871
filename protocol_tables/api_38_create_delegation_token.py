"""CreateDelegationToken (38): issues a delegation token: a secret to log in with in somebody's name (KIP-48).

v1 answers before it throttles (KIP-219) - v2 flexible - v3 a token for another owner, and who asked for it (KIP-373).
Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, LongDuration, PrincipalName, ThrottleTime, Timestamp, TokenId, TokenSecret

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
        "token_id" / TokenId,
        "hmac" / TokenSecret,
        "throttle_time_ms" / ThrottleTime,
    ),
)
