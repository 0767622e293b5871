"""DeleteShareGroupState (86): removes the state of a share group's partitions (KIP-932).

v0 flexible. From the group coordinator to the share coordinator: what brokers say to each other. Stable from Kafka 4.1
on.
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, GroupId, PartitionIndex, TopicId

__all__ = ["DELETE_SHARE_GROUP_STATE"]

DELETE_SHARE_GROUP_STATE = Api(
    key=86,
    name="DeleteShareGroupState",
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
