"""EndTxn (26): commits or aborts a transaction (KIP-98).

v1 answers before it throttles (KIP-219) - v2 PRODUCER_FENCED (KIP-588) - v3 flexible - v4 TRANSACTION_ABORTABLE
(KIP-890) - v5 every transaction ends with a new epoch, which the answer carries (KIP-890)
"""

from klamm.wire import Default, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Boolean, ErrorCode, ProducerEpoch, ProducerId, ThrottleTime, TransactionalId

__all__ = ["END_TXN"]

END_TXN = Api(
    key=26,
    name="EndTxn",
    versions="0-5",
    flexible="3+",
    request=Record(
        "transactional_id" / TransactionalId,
        "producer_id" / ProducerId,
        "producer_epoch" / ProducerEpoch,
        "committed" / Boolean,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "producer_id" / Since(5, Default(ProducerId, -1)),
        "producer_epoch" / Since(5, Default(ProducerEpoch, -1)),
    ),
)
