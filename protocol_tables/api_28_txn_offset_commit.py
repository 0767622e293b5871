"""TxnOffsetCommit (28): stores a group's offsets as part of a transaction (KIP-98).

v1 answers before it throttles (KIP-219) - v2 leader epoch (KIP-320) - v3 flexible; member and generation (KIP-447) - v4
TRANSACTION_ABORTABLE (KIP-890) - v5 adds the offsets to the transaction by itself (KIP-890) - v6 topic ids instead of
names (KIP-1319)
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Epoch,
    ErrorCode,
    GroupId,
    GroupInstanceId,
    MemberId,
    Offset,
    OffsetMetadata,
    PartitionIndex,
    ProducerEpoch,
    ProducerId,
    ThrottleTime,
    TopicId,
    TopicName,
    TransactionalId,
)

__all__ = ["TXN_OFFSET_COMMIT"]

TXN_OFFSET_COMMIT = Api(
    key=28,
    name="TxnOffsetCommit",
    versions="0-6",
    flexible="3+",
    request=Record(
        "transactional_id" / TransactionalId,
        "group_id" / GroupId,
        "producer_id" / ProducerId,
        "producer_epoch" / ProducerEpoch,
        "generation_id_or_member_epoch" / Since(3, Default(Epoch, -1)),
        "member_id" / Since(3, MemberId),
        "group_instance_id" / Since(3, Default(Nullable(GroupInstanceId), None)),
        "topics"
        / Array(
            Record(
                "name" / Only("0-5", TopicName),
                "topic_id" / Since(6, TopicId),
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "committed_offset" / Offset,
                        "committed_leader_epoch" / Since(2, Default(Epoch, -1)),
                        "committed_metadata" / Nullable(OffsetMetadata),
                    )
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "topics"
        / Array(
            Record(
                "name" / Only("0-5", TopicName),
                "topic_id" / Since(6, TopicId),
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                    )
                ),
            )
        ),
    ),
)
