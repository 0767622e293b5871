"""AddOffsetsToTxn (25): adds a group's offsets to a transaction (KIP-98).

v1 answers before it throttles (KIP-219) - v2 PRODUCER_FENCED (KIP-588) - v3 flexible - v4 TRANSACTION_ABORTABLE
(KIP-890)
"""

from klamm.wire import Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, GroupId, ProducerEpoch, ProducerId, ThrottleTime, TransactionalId

__all__ = ["ADD_OFFSETS_TO_TXN"]

ADD_OFFSETS_TO_TXN = Api(
    key=25,
    name="AddOffsetsToTxn",
    versions="0-4",
    flexible="3+",
    request=Record(
        "transactional_id" / TransactionalId,
        "producer_id" / ProducerId,
        "producer_epoch" / ProducerEpoch,
        "group_id" / GroupId,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
    ),
)
