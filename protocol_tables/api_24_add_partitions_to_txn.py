"""AddPartitionsToTxn (24): adds partitions to a transaction (KIP-98).

v1 answers before it throttles (KIP-219) - v2 PRODUCER_FENCED (KIP-588) - v3 flexible - v4 several transactions, verify
only, top-level error: for brokers alone (KIP-890) - v5 TRANSACTION_ABORTABLE (KIP-890). Clients stay at v3.
"""

from klamm.wire import Array, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    ErrorCode,
    PartitionIndex,
    ProducerEpoch,
    ProducerId,
    ThrottleTime,
    TopicName,
    TransactionalId,
    TransactionFlag,
)

__all__ = ["ADD_PARTITIONS_TO_TXN"]

ADD_PARTITIONS_TO_TXN_TOPIC = Record(
    "name" / TopicName,
    "partitions" / Array(PartitionIndex),
)

ADD_PARTITIONS_TO_TXN_PARTITION_RESULT = Record(
    "partition_index" / PartitionIndex,
    "partition_error_code" / ErrorCode,
)

ADD_PARTITIONS_TO_TXN_TOPIC_RESULT = Record(
    "name" / TopicName,
    "results_by_partition" / Array(ADD_PARTITIONS_TO_TXN_PARTITION_RESULT),
)

ADD_PARTITIONS_TO_TXN = Api(
    key=24,
    name="AddPartitionsToTxn",
    versions="0-5",
    flexible="3+",
    request=Record(
        "transactions"
        / Since(
            4,
            Array(
                Record(
                    "transactional_id" / TransactionalId,
                    "producer_id" / ProducerId,
                    "producer_epoch" / ProducerEpoch,
                    "verify_only" / TransactionFlag,
                    "topics" / Array(ADD_PARTITIONS_TO_TXN_TOPIC),
                )
            ),
        ),
        "v3_and_below_transactional_id" / Only("0-3", TransactionalId),
        "v3_and_below_producer_id" / Only("0-3", ProducerId),
        "v3_and_below_producer_epoch" / Only("0-3", ProducerEpoch),
        "v3_and_below_topics" / Only("0-3", Array(ADD_PARTITIONS_TO_TXN_TOPIC)),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / Since(4, ErrorCode),
        "results_by_transaction"
        / Since(
            4,
            Array(
                Record(
                    "transactional_id" / TransactionalId,
                    "topic_results" / Array(ADD_PARTITIONS_TO_TXN_TOPIC_RESULT),
                )
            ),
        ),
        "results_by_topic_v3_and_below" / Only("0-3", Array(ADD_PARTITIONS_TO_TXN_TOPIC_RESULT)),
    ),
)
