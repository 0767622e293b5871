"""ReadShareGroupState (84): reads the state of a share group's partitions (KIP-932).

v0 flexible. From partition leaders to the share coordinator: what brokers say to each other. Stable from Kafka 4.1 on.
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import Epoch, ErrorCode, ErrorMessage, GroupId, Int8, Int16, Offset, PartitionIndex, TopicId

__all__ = ["READ_SHARE_GROUP_STATE"]

READ_SHARE_GROUP_STATE = Api(
    key=84,
    name="ReadShareGroupState",
    versions="0",
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
                        "leader_epoch" / Epoch,
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
                        "state_epoch" / Epoch,
                        "start_offset" / Offset,
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
)
