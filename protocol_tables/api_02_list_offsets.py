"""ListOffsets (2): finds the offset of a timestamp, or the first and last ones, per partition.

v1 one offset with its timestamp instead of a list (KIP-79) - v2 isolation level, throttle time (KIP-98) - v3 answers
before it throttles (KIP-219) - v4 leader epoch (KIP-320) - v5 OFFSET_NOT_AVAILABLE (KIP-207) - v6 flexible - v7 offset
of the greatest timestamp (KIP-734) - v8 first offset on local disk (KIP-405) - v9 last tiered offset (KIP-1005) - v10
time-out for remote storage (KIP-1075) - v11 first offset not yet uploaded (KIP-1023). What v7, v8, v9 and v11 add are
negative timestamps with a meaning of their own. Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Default, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Duration,
    Epoch,
    ErrorCode,
    Int8,
    Int32,
    Offset,
    PartitionIndex,
    ReplicaId,
    ThrottleTime,
    Timestamp,
    TopicName,
)

__all__ = ["LIST_OFFSETS"]

LIST_OFFSETS = Api(
    key=2,
    name="ListOffsets",
    versions="0-11",
    flexible="6+",
    request=Record(
        "replica_id" / ReplicaId,
        "isolation_level" / Since(2, Int8),
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "current_leader_epoch" / Since(4, Default(Epoch, -1)),
                        "timestamp" / Timestamp,
                        "max_num_offsets" / Only("0", Default(Int32, 1)),
                    )
                ),
            )
        ),
        "timeout_ms" / Since(10, Duration),
    ),
    response=Record(
        "throttle_time_ms" / Since(2, ThrottleTime),
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "old_style_offsets" / Only("0", Array(Offset)),
                        "timestamp" / Since(1, Default(Timestamp, -1)),
                        "offset" / Since(1, Default(Offset, -1)),
                        "leader_epoch" / Since(4, Default(Epoch, -1)),
                    )
                ),
            )
        ),
    ),
)
