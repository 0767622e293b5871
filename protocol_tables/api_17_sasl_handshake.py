"""SaslHandshake (17): chooses the SASL mechanism.

v0 bare tokens follow, without Kafka's headers (KIP-43) - v1 SaslAuthenticate follows (KIP-152). No third version:
clients up to 2.4 negotiate this API wrongly (KAFKA-9577).
"""

from klamm.wire import Array, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, SaslMechanism

__all__ = ["SASL_HANDSHAKE"]

SASL_HANDSHAKE = Api(
    key=17,
    name="SaslHandshake",
    versions="0-1",
    flexible="none",
    request=Record(
        "mechanism" / SaslMechanism,
    ),
    response=Record(
        "error_code" / ErrorCode,
        "mechanisms" / Array(SaslMechanism),
    ),
)
