"""Produce (0): appends record batches to partitions.

v1 throttle time - v2 append time - v3 transactional id, message format v2 (KIP-98) - v4 KAFKA_STORAGE_ERROR - v5 log
start offset - v6 answers before it throttles (KIP-219) - v7 zstd (KIP-110) - v8 errors per record, error text
(KIP-467) - v9 flexible - v10 new leader and its address in tags (KIP-951) - v11 TRANSACTION_ABORTABLE (KIP-890) - v12
adds the partitions to the transaction by itself (KIP-890) - v13 topic ids instead of names (KIP-516). Kafka 4.0 dropped
v0-2 but goes on advertising them for librdkafka's sake (KAFKA-18659). With acks 0 there is no answer.
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since, Tagged
from protocol_tables.api import Api
from protocol_tables.types import (
    Acks,
    Duration,
    Epoch,
    ErrorCode,
    ErrorMessage,
    Host,
    Int32,
    NodeId,
    Offset,
    PartitionIndex,
    Port,
    Rack,
    Records,
    ThrottleTime,
    Timestamp,
    TopicId,
    TopicName,
    TransactionalId,
)

__all__ = ["PRODUCE"]

NODE_ENDPOINT = Record(
    "node_id" / NodeId,
    "host" / Host,
    "port" / Port,
    "rack" / Default(Nullable(Rack), None),
)

BATCH_INDEX_AND_ERROR_MESSAGE = Record(
    "batch_index" / Int32,
    "batch_index_error_message" / Default(Nullable(ErrorMessage), None),
)

LEADER_ID_AND_EPOCH = Record(
    "leader_id" / Default(NodeId, -1),
    "leader_epoch" / Default(Epoch, -1),
)

PRODUCE = Api(
    key=0,
    name="Produce",
    versions="0-13",
    flexible="9+",
    request=Record(
        "transactional_id" / Since(3, Default(Nullable(TransactionalId), None)),
        "acks" / Acks,
        "timeout_ms" / Duration,
        "topic_data"
        / Array(
            Record(
                "name" / Only("0-12", TopicName),
                "topic_id" / Since(13, TopicId),
                "partition_data"
                / Array(
                    Record(
                        "index" / PartitionIndex,
                        "records" / Nullable(Records),
                    )
                ),
            )
        ),
    ),
    response=Record(
        "responses"
        / Array(
            Record(
                "name" / Only("0-12", TopicName),
                "topic_id" / Since(13, TopicId),
                "partition_responses"
                / Array(
                    Record(
                        "index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "base_offset" / Offset,
                        "log_append_time_ms" / Since(2, Default(Timestamp, -1)),
                        "log_start_offset" / Since(5, Default(Offset, -1)),
                        "record_errors" / Since(8, Array(BATCH_INDEX_AND_ERROR_MESSAGE)),
                        "error_message" / Since(8, Default(Nullable(ErrorMessage), None)),
                        "current_leader" / Since(10, Tagged(0, LEADER_ID_AND_EPOCH)),
                    )
                ),
            )
        ),
        "throttle_time_ms" / Since(1, ThrottleTime),
        "node_endpoints" / Since(10, Tagged(0, Array(NODE_ENDPOINT))),
    ),
)
