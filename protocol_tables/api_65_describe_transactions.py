"""DescribeTransactions (65): state and partitions of transactions, by their transactional ids (KIP-664).

v0 flexible. The partitions of __consumer_offsets are among them.
"""

from klamm.wire import Array, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Duration,
    ErrorCode,
    PartitionIndex,
    ProducerEpoch,
    ProducerId,
    String,
    ThrottleTime,
    Timestamp,
    TopicName,
    TransactionalId,
)

__all__ = ["DESCRIBE_TRANSACTIONS"]

DESCRIBE_TRANSACTIONS = Api(
    key=65,
    name="DescribeTransactions",
    versions="0",
    flexible="0+",
    request=Record(
        "transactional_ids" / Array(TransactionalId),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "transaction_states"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "transactional_id" / TransactionalId,
                "transaction_state" / String,
                "transaction_timeout_ms" / Duration,
                "transaction_start_time_ms" / Timestamp,
                "producer_id" / ProducerId,
                "producer_epoch" / ProducerEpoch,
                "topics"
                / Array(
                    Record(
                        "topic" / TopicName,
                        "partitions" / Array(PartitionIndex),
                    )
                ),
            )
        ),
    ),
)
