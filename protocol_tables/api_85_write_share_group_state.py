"""WriteShareGroupState (85): stores the state of a share group's partitions (KIP-932).

v0 flexible - v1 how many records were delivered for good (KIP-1226). From partition leaders to the share coordinator:
what brokers say to each other. Stable from Kafka 4.1 on.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    Int8,
    Int16,
    Int32,
    Offset,
    PartitionIndex,
    TopicId,
)

__all__ = ["WRITE_SHARE_GROUP_STATE"]

WRITE_SHARE_GROUP_STATE = Api(
    key=85,
    name="WriteShareGroupState",
    versions="0-1",
    flexible="0+",
    request=Record(
        "group_id" / GroupId,
        "topics"
        / Array(
            Record(
                "topic_id" / TopicId,
                "partitions"
                / Array(
                    Record(
                        "partition" / PartitionIndex,
                        "state_epoch" / Epoch,
                        "leader_epoch" / Epoch,
                        "start_offset" / Offset,
                        "delivery_complete_count" / Since(1, Default(Int32, -1)),
                        "state_batches"
                        / Array(
                            Record(
                                "first_offset" / Offset,
                                "last_offset" / Offset,
                                "delivery_state" / Int8,
                                "delivery_count" / Int16,
                            )
                        ),
                    )
                ),
            )
        ),
    ),
    response=Record(
        "results"
        / Array(
            Record(
                "topic_id" / TopicId,
                "partitions"
                / Array(
                    Record(
                        "partition" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "error_message" / Default(Nullable(ErrorMessage), None),
                    )
                ),
            )
        ),
    ),
)
