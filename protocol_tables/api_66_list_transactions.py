"""ListTransactions (66): the transactions that one broker coordinates (KIP-664).

v0 flexible - v1 filter by duration (KIP-994) - v2 filter by a pattern of the transactional id,
INVALID_REGULAR_EXPRESSION (KIP-1152)
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, Int64, Pattern, ProducerId, String, ThrottleTime, TransactionalId

__all__ = ["LIST_TRANSACTIONS"]

LIST_TRANSACTIONS = Api(
    key=66,
    name="ListTransactions",
    versions="0-2",
    flexible="0+",
    request=Record(
        "state_filters" / Array(String),
        "producer_id_filters" / Array(ProducerId),
        "duration_filter" / Since(1, Default(Int64, -1)),
        "transactional_id_pattern" / Since(2, Default(Nullable(Pattern), None)),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "unknown_state_filters" / Array(String),
        "transaction_states"
        / Array(
            Record(
                "transactional_id" / TransactionalId,
                "producer_id" / ProducerId,
                "transaction_state" / String,
            )
        ),
    ),
)
