"""ConsumerGroupHeartbeat (68): joins, keeps and leaves a group of the new protocol (KIP-848).

v0 flexible - v1 subscription by regular expression (KIP-848), the client makes its own member id (KIP-1082)
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Duration,
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    GroupInstanceId,
    MemberId,
    PartitionIndex,
    Pattern,
    Rack,
    String,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["CONSUMER_GROUP_HEARTBEAT"]

TOPIC_PARTITIONS = Record(
    "topic_id" / TopicId,
    "partitions" / Array(PartitionIndex),
)

ASSIGNMENT = Record(
    "topic_partitions" / Array(TOPIC_PARTITIONS),
)

CONSUMER_GROUP_HEARTBEAT = Api(
    key=68,
    name="ConsumerGroupHeartbeat",
    versions="0-1",
    flexible="0+",
    request=Record(
        "group_id" / GroupId,
        "member_id" / MemberId,
        "member_epoch" / Epoch,
        "instance_id" / Default(Nullable(GroupInstanceId), None),
        "rack_id" / Default(Nullable(Rack), None),
        "rebalance_timeout_ms" / Default(Duration, -1),
        "subscribed_topic_names" / Default(Array(TopicName, nullable="0+"), None),
        "subscribed_topic_regex" / Since(1, Default(Nullable(Pattern), None)),
        "server_assignor" / Default(Nullable(String), None),
        "topic_partitions" / Default(Array(TOPIC_PARTITIONS, nullable="0+"), None),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "member_id" / Default(Nullable(MemberId), None),
        "member_epoch" / Epoch,
        "heartbeat_interval_ms" / Duration,
        "assignment" / Default(Nullable(ASSIGNMENT), None),
    ),
)
