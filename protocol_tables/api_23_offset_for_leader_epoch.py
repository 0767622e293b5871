"""OffsetForLeaderEpoch (23): where a leader's epoch ends, to notice truncated logs (KIP-101).

v1 leader epoch in the answer (KIP-279) - v2 current leader epoch, throttle time (KIP-320) - v3 replica id (KIP-392) -
v4 flexible. Kafka 4.0 dropped v0-1.
"""

from klamm.wire import Array, Default, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Epoch, ErrorCode, Offset, PartitionIndex, ReplicaId, ThrottleTime, TopicName

__all__ = ["OFFSET_FOR_LEADER_EPOCH"]

OFFSET_FOR_LEADER_EPOCH = Api(
    key=23,
    name="OffsetForLeaderEpoch",
    versions="0-4",
    flexible="4+",
    request=Record(
        "replica_id" / Since(3, Default(ReplicaId, -2)),
        "topics"
        / Array(
            Record(
                "topic" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "partition" / PartitionIndex,
                        "current_leader_epoch" / Since(2, Default(Epoch, -1)),
                        "leader_epoch" / Epoch,
                    )
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / Since(2, ThrottleTime),
        "topics"
        / Array(
            Record(
                "topic" / TopicName,
                "partitions"
                / Array(
                    Record(
                        "error_code" / ErrorCode,
                        "partition" / PartitionIndex,
                        "leader_epoch" / Since(1, Default(Epoch, -1)),
                        "end_offset" / Default(Offset, -1),
                    )
                ),
            )
        ),
    ),
)
