"""SaslAuthenticate (36): carries the tokens of a SASL exchange (KIP-152).

v1 lifetime of the session (KIP-368) - v2 flexible
"""

from klamm.wire import Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, LongDuration, SaslToken

__all__ = ["SASL_AUTHENTICATE"]

SASL_AUTHENTICATE = Api(
    key=36,
    name="SaslAuthenticate",
    versions="0-2",
    flexible="2+",
    request=Record(
        "auth_bytes" / SaslToken,
    ),
    response=Record(
        "error_code" / ErrorCode,
        "error_message" / Nullable(ErrorMessage),
        "auth_bytes" / SaslToken,
        "session_lifetime_ms" / Since(1, LongDuration),
    ),
)
