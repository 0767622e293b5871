"""DescribeDelegationToken (41): delegation tokens of some owners, with their secrets (KIP-48).

v1 answers before it throttles (KIP-219) - v2 flexible - v3 who asked for the token (KIP-373). Null asks for every
owner's. Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, PrincipalName, ThrottleTime, Timestamp, TokenId, TokenSecret

__all__ = ["DESCRIBE_DELEGATION_TOKEN"]

PRINCIPAL = Record(
    "principal_type" / PrincipalName,
    "principal_name" / PrincipalName,
)

DESCRIBE_DELEGATION_TOKEN = Api(
    key=41,
    name="DescribeDelegationToken",
    versions="0-3",
    flexible="2+",
    request=Record(
        "owners" / Array(PRINCIPAL, nullable="0+"),
    ),
    response=Record(
        "error_code" / ErrorCode,
        "tokens"
        / Array(
            Record(
                "principal_type" / PrincipalName,
                "principal_name" / PrincipalName,
                "token_requester_principal_type" / Since(3, PrincipalName),
                "token_requester_principal_name" / Since(3, PrincipalName),
                "issue_timestamp" / Timestamp,
                "expiry_timestamp" / Timestamp,
                "max_timestamp" / Timestamp,
                "token_id" / TokenId,
                "hmac" / TokenSecret,
                "renewers" / Array(PRINCIPAL),
            )
        ),
        "throttle_time_ms" / ThrottleTime,
    ),
)
