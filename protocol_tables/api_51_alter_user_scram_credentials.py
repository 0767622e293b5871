"""AlterUserScramCredentials (51): sets and removes SCRAM credentials (KIP-554).

v0 flexible. The salted password is as good as the password for whoever reads it.
"""

from klamm.wire import Array, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, Int8, Int32, ScramSecret, ThrottleTime, UserName

__all__ = ["ALTER_USER_SCRAM_CREDENTIALS"]

ALTER_USER_SCRAM_CREDENTIALS = Api(
    key=51,
    name="AlterUserScramCredentials",
    versions="0",
    flexible="0+",
    request=Record(
        "deletions"
        / Array(
            Record(
                "name" / UserName,
                "mechanism" / Int8,
            )
        ),
        "upsertions"
        / Array(
            Record(
                "name" / UserName,
                "mechanism" / Int8,
                "iterations" / Int32,
                "salt" / ScramSecret,
                "salted_password" / ScramSecret,
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "results"
        / Array(
            Record(
                "user" / UserName,
                "error_code" / ErrorCode,
                "error_message" / Nullable(ErrorMessage),
            )
        ),
    ),
)
