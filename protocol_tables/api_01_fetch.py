"""Fetch (1): reads record batches from partitions, for consumers and for follower brokers.

v1 throttle time - v2 message format v1 - v3 limit for the whole answer, partitions served in order (KIP-74) - v4
isolation level, aborted transactions, message format v2 (KIP-98) - v5 log start offset - v6 KAFKA_STORAGE_ERROR - v7
incremental fetch sessions (KIP-227) - v8 answers before it throttles (KIP-219) - v9 leader epoch (KIP-320) - v10 zstd
(KIP-110) - v11 rack and preferred replica (KIP-392) - v12 flexible; last fetched epoch, diverging epoch and new
leader - v13 topic ids instead of names (KIP-516) - v14 OFFSET_MOVED_TO_TIERED_STORAGE (KIP-405) - v15 replica state in
a tag instead of the replica id (KIP-903) - v16 leaders' addresses in a tag (KIP-951) - v17 follower's directory id
(KIP-853) - v18 follower's high watermark (KIP-1166). Kafka 4.0 dropped v0-3.
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since, Tagged
from protocol_tables.api import Api
from protocol_tables.types import (
    ClusterId,
    DirectoryId,
    Duration,
    Epoch,
    ErrorCode,
    FetchSessionEpoch,
    FetchSessionId,
    Host,
    Int8,
    Int32,
    Int64,
    LongEpoch,
    NodeId,
    Offset,
    PartitionIndex,
    Port,
    ProducerId,
    Rack,
    Records,
    ReplicaId,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["FETCH"]

REPLICA_STATE = Record(
    "replica_id" / Default(ReplicaId, -1),
    "replica_epoch" / Default(LongEpoch, -1),
)

EPOCH_END_OFFSET = Record(
    "epoch" / Default(Epoch, -1),
    "end_offset" / Default(Offset, -1),
)

LEADER_ID_AND_EPOCH = Record(
    "leader_id" / Default(NodeId, -1),
    "leader_epoch" / Default(Epoch, -1),
)

SNAPSHOT_ID = Record(
    "end_offset" / Default(Offset, -1),
    "epoch" / Default(Epoch, -1),
)

ABORTED_TRANSACTION = Record(
    "producer_id" / ProducerId,
    "first_offset" / Offset,
)

NODE_ENDPOINT = Record(
    "node_id" / NodeId,
    "host" / Host,
    "port" / Port,
    "rack" / Default(Nullable(Rack), None),
)

FETCH = Api(
    key=1,
    name="Fetch",
    versions="0-18",
    flexible="12+",
    request=Record(
        "cluster_id" / Since(12, Tagged(0, Default(Nullable(ClusterId), None))),
        "replica_id" / Only("0-14", Default(ReplicaId, -1)),
        "replica_state" / Since(15, Tagged(1, REPLICA_STATE)),
        "max_wait_ms" / Duration,
        "min_bytes" / Int32,
        "max_bytes" / Since(3, Default(Int32, 2147483647)),
        "isolation_level" / Since(4, Int8),
        "session_id" / Since(7, FetchSessionId),
        "session_epoch" / Since(7, Default(FetchSessionEpoch, -1)),
        "topics"
        / Array(
            Record(
                "topic" / Only("0-12", TopicName),
                "topic_id" / Since(13, TopicId),
                "partitions"
                / Array(
                    Record(
                        "partition" / PartitionIndex,
                        "current_leader_epoch" / Since(9, Default(Epoch, -1)),
                        "fetch_offset" / Offset,
                        "last_fetched_epoch" / Since(12, Default(Epoch, -1)),
                        "log_start_offset" / Since(5, Default(Offset, -1)),
                        "partition_max_bytes" / Int32,
                        "replica_directory_id" / Since(17, Tagged(0, DirectoryId)),
                        # A follower's: a plain number, so that a rule must say what becomes of it.
                        "high_watermark" / Since(18, Tagged(1, Default(Int64, 9223372036854775807))),
                    )
                ),
            )
        ),
        "forgotten_topics_data"
        / Since(
            7,
            Array(
                Record(
                    "topic" / Only("7-12", TopicName),
                    "topic_id" / Since(13, TopicId),
                    "partitions" / Array(PartitionIndex),
                )
            ),
        ),
        "rack_id" / Since(11, Rack),
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "error_code" / Since(7, ErrorCode),
        "session_id" / Since(7, FetchSessionId),
        "responses"
        / Array(
            Record(
                "topic" / Only("0-12", TopicName),
                "topic_id" / Since(13, TopicId),
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "high_watermark" / Offset,
                        "last_stable_offset" / Since(4, Default(Offset, -1)),
                        "log_start_offset" / Since(5, Default(Offset, -1)),
                        "diverging_epoch" / Since(12, Tagged(0, EPOCH_END_OFFSET)),
                        "current_leader" / Since(12, Tagged(1, LEADER_ID_AND_EPOCH)),
                        "snapshot_id" / Since(12, Tagged(2, SNAPSHOT_ID)),
                        "aborted_transactions" / Since(4, Array(ABORTED_TRANSACTION, nullable="0+")),
                        "preferred_read_replica" / Since(11, Default(NodeId, -1)),
                        "records" / Nullable(Records),
                    )
                ),
            )
        ),
        "node_endpoints" / Since(16, Tagged(0, Array(NODE_ENDPOINT))),
    ),
)
