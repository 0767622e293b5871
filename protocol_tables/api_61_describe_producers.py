"""DescribeProducers (61): idempotent and transactional producers that wrote to partitions (KIP-664).

v0 flexible
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Epoch,
    ErrorCode,
    ErrorMessage,
    Int32,
    Offset,
    PartitionIndex,
    ProducerId,
    ThrottleTime,
    Timestamp,
    TopicName,
)

__all__ = ["DESCRIBE_PRODUCERS"]

DESCRIBE_PRODUCERS = Api(
    key=61,
    name="DescribeProducers",
    versions="0",
    flexible="0+",
    request=Record(
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partition_indexes" / Array(PartitionIndex),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "error_message" / Default(Nullable(ErrorMessage), None),
                        "active_producers"
                        / Array(
                            Record(
                                "producer_id" / ProducerId,
                                "producer_epoch" / Epoch,
                                "last_sequence" / Default(Int32, -1),
                                "last_timestamp" / Default(Timestamp, -1),
                                "coordinator_epoch" / Epoch,
                                "current_txn_start_offset" / Default(Offset, -1),
                            )
                        ),
                    )
                ),
            )
        ),
    ),
)
