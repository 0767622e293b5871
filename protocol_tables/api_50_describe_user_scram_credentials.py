"""DescribeUserScramCredentials (50): mechanisms and iteration counts of SCRAM users, without their secrets (KIP-554).

v0 flexible. Null or an empty list asks for all users.
"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, Int8, Int32, ThrottleTime, UserName

__all__ = ["DESCRIBE_USER_SCRAM_CREDENTIALS"]

DESCRIBE_USER_SCRAM_CREDENTIALS = Api(
    key=50,
    name="DescribeUserScramCredentials",
    versions="0",
    flexible="0+",
    request=Record(
        "users"
        / Array(
            Record(
                "name" / UserName,
            ),
            nullable="0+",
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
        "results"
        / Array(
            Record(
                "user" / UserName,
                "error_code" / ErrorCode,
                "error_message" / Nullable(ErrorMessage),
                "credential_infos"
                / Array(
                    Record(
                        "mechanism" / Int8,
                        "iterations" / Int32,
                    )
                ),
            )
        ),
    ),
)
