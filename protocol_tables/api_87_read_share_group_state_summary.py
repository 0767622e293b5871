"""ReadShareGroupStateSummary (87): reads where a share group's partitions stand, without the single records (KIP-932).

v0 flexible - v1 how many records were delivered for good (KIP-1226). From the group coordinator to the share
coordinator: what brokers say to each other. Stable from Kafka 4.1 on.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Epoch, ErrorCode, ErrorMessage, GroupId, Int32, Offset, PartitionIndex, TopicId

__all__ = ["READ_SHARE_GROUP_STATE_SUMMARY"]

READ_SHARE_GROUP_STATE_SUMMARY = Api(
    key=87,
    name="ReadShareGroupStateSummary",
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
                        "leader_epoch" / Epoch,
                        "start_offset" / Offset,
                        "delivery_complete_count" / Since(1, Default(Int32, -1)),
                    )
                ),
            )
        ),
    ),
)
