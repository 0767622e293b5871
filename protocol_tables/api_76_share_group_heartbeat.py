"""ShareGroupHeartbeat (76): joins, keeps and leaves a share group (KIP-932).

v1 flexible. Kafka 3.9 and 4.0 had an unfinished v0, which 4.1 dropped.
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Duration,
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    MemberId,
    PartitionIndex,
    Rack,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["SHARE_GROUP_HEARTBEAT"]

TOPIC_PARTITIONS = Record(
    "topic_id" / TopicId,
    "partitions" / Array(PartitionIndex),
)

SHARE_GROUP_HEARTBEAT = Api(
    key=76,
    name="ShareGroupHeartbeat",
    versions="1",
    flexible="0+",
    request=Record(
        "group_id" / GroupId,
        "member_id" / MemberId,
        "member_epoch" / Epoch,
        "rack_id" / Default(Nullable(Rack), None),
        "subscribed_topic_names" / Default(Array(TopicName, nullable="0+"), None),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "member_id" / Default(Nullable(MemberId), None),
        "member_epoch" / Epoch,
        "heartbeat_interval_ms" / Duration,
        "assignment"
        / Default(
            Nullable(
                Record(
                    "topic_partitions" / Array(TOPIC_PARTITIONS),
                )
            ),
            None,
        ),
    ),
)
