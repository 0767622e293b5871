"""CreatePartitions (37): gives topics more partitions (KIP-195).

v1 answers before it throttles (KIP-219) - v2 flexible - v3 THROTTLING_QUOTA_EXCEEDED (KIP-599)
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import Boolean, Duration, ErrorCode, ErrorMessage, Int32, NodeId, ThrottleTime, TopicName

__all__ = ["CREATE_PARTITIONS"]

CREATE_PARTITIONS = Api(
    key=37,
    name="CreatePartitions",
    versions="0-3",
    flexible="2+",
    request=Record(
        "topics"
        / Array(
            Record(
                "name" / TopicName,
                "count" / Int32,
                "assignments"
                / Array(
                    Record(
                        "broker_ids" / Array(NodeId),
                    ),
                    nullable="0+",
                ),
            )
        ),
        "timeout_ms" / Duration,
        "validate_only" / Boolean,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "results"
        / Array(
            Record(
                "name" / TopicName,
                "error_code" / ErrorCode,
                "error_message" / Default(Nullable(ErrorMessage), None),
            )
        ),
    ),
)
