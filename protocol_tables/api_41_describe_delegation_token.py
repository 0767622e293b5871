"""DescribeDelegationToken (41): DOC"""

from klamm.wire import Array, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Bytes, ErrorCode, PrincipalName, String, ThrottleTime, Timestamp

__all__ = ["DESCRIBE_DELEGATION_TOKEN"]

DESCRIBE_DELEGATION_TOKEN = Api(
    key=41,
    name="DescribeDelegationToken",
    versions="0-3",
    flexible="2+",
    request=Record(
        "owners"
        / Array(
            Record(
                "principal_type" / PrincipalName,
                "principal_name" / PrincipalName,
            ),
            nullable="0+",
        ),
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
                "token_id" / String,
                "hmac" / Bytes,
                "renewers"
                / Array(
                    Record(
                        "principal_type" / PrincipalName,
                        "principal_name" / PrincipalName,
                    )
                ),
            )
        ),
        "throttle_time_ms" / ThrottleTime,
    ),
)
