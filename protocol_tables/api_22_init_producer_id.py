"""InitProducerId (22): gives an idempotent or transactional producer its id and epoch (KIP-98).

v1 answers before it throttles (KIP-219) - v2 flexible - v3 a producer may keep its id and raise its epoch (KIP-360) -
v4 PRODUCER_FENCED (KIP-588) - v5 TRANSACTION_ABORTABLE (KIP-890) - v6 two-phase commit (KIP-939), not stable yet in 4.4
"""

from klamm.wire import Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Duration,
    ErrorCode,
    ProducerEpoch,
    ProducerId,
    ThrottleTime,
    TransactionalId,
    TransactionFlag,
)

__all__ = ["INIT_PRODUCER_ID"]

INIT_PRODUCER_ID = Api(
    key=22,
    name="InitProducerId",
    versions="0-6",
    flexible="2+",
    request=Record(
        "transactional_id" / Nullable(TransactionalId),
        "transaction_timeout_ms" / Duration,
        "producer_id" / Since(3, Default(ProducerId, -1)),
        "producer_epoch" / Since(3, Default(ProducerEpoch, -1)),
        "enable2_pc" / Since(6, TransactionFlag),
        "keep_prepared_txn" / Since(6, TransactionFlag),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "producer_id" / Default(ProducerId, -1),
        "producer_epoch" / ProducerEpoch,
        "ongoing_txn_producer_id" / Since(6, Default(ProducerId, -1)),
        "ongoing_txn_producer_epoch" / Since(6, Default(ProducerEpoch, -1)),
    ),
)
