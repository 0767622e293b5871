"""ElectLeaders (43): has partitions choose a leader anew (KIP-183).

v1 unclean elections too; top-level error (KIP-460) - v2 flexible. Null asks for all partitions of the cluster.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Duration, ErrorCode, ErrorMessage, Int8, PartitionIndex, ThrottleTime, TopicName

__all__ = ["ELECT_LEADERS"]

ELECT_LEADERS = Api(
    key=43,
    name="ElectLeaders",
    versions="0-2",
    flexible="2+",
    request=Record(
        "election_type" / Since(1, Int8),
        "topic_partitions"
        / Array(
            Record(
                "topic" / TopicName,
                "partitions" / Array(PartitionIndex),
            ),
            nullable="0+",
        ),
        "timeout_ms" / Default(Duration, 60000),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / Since(1, ErrorCode),
        "replica_election_results"
        / Array(
            Record(
                "topic" / TopicName,
                "partition_result"
                / Array(
                    Record(
                        "partition_id" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "error_message" / Nullable(ErrorMessage),
                    )
                ),
            )
        ),
    ),
)
