"""InitializeShareGroupState (83): makes the state of a share group's partitions (KIP-932).

v0 flexible. From the group coordinator to the share coordinator: what brokers say to each other. Stable from Kafka 4.1
on.
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import Epoch, ErrorCode, ErrorMessage, GroupId, Offset, PartitionIndex, TopicId

__all__ = ["INITIALIZE_SHARE_GROUP_STATE"]

INITIALIZE_SHARE_GROUP_STATE = Api(
    key=83,
    name="InitializeShareGroupState",
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
                        "state_epoch" / Epoch,
                        "start_offset" / Offset,
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
