"""WriteTxnMarkers (27): lets a transaction coordinator write commit or abort markers into partitions (KIP-98).

v1 flexible - v2 version of the transaction protocol (KIP-1228). What brokers say to each other: it wants rights on the
cluster. Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Boolean, Epoch, ErrorCode, Int8, PartitionIndex, ProducerEpoch, ProducerId, TopicName

__all__ = ["WRITE_TXN_MARKERS"]

WRITE_TXN_MARKERS = Api(
    key=27,
    name="WriteTxnMarkers",
    versions="0-2",
    flexible="1+",
    request=Record(
        "markers"
        / Array(
            Record(
                "producer_id" / ProducerId,
                "producer_epoch" / ProducerEpoch,
                "transaction_result" / Boolean,
                "topics"
                / Array(
                    Record(
                        "name" / TopicName,
                        "partition_indexes" / Array(PartitionIndex),
                    )
                ),
                "coordinator_epoch" / Epoch,
                "transaction_version" / Since(2, Int8),
            )
        ),
    ),
    response=Record(
        "markers"
        / Array(
            Record(
                "producer_id" / ProducerId,
                "topics"
                / Array(
                    Record(
                        "name" / TopicName,
                        "partitions"
                        / Array(
                            Record(
                                "partition_index" / PartitionIndex,
                                "error_code" / ErrorCode,
                            )
                        ),
                    )
                ),
            )
        ),
    ),
)
