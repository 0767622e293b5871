"""ConsumerGroupDescribe (69): state and members of groups of the new protocol (KIP-848).

v0 flexible - v1 member type: classic or consumer (KIP-1099)
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    AuthorizedOperations,
    Boolean,
    ClientHost,
    ClientId,
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    GroupInstanceId,
    Int8,
    MemberId,
    PartitionIndex,
    Pattern,
    Rack,
    String,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["CONSUMER_GROUP_DESCRIBE"]

TOPIC_PARTITIONS = Record(
    "topic_id" / TopicId,
    "topic_name" / TopicName,
    "partitions" / Array(PartitionIndex),
)

ASSIGNMENT = Record(
    "topic_partitions" / Array(TOPIC_PARTITIONS),
)

CONSUMER_GROUP_DESCRIBE = Api(
    key=69,
    name="ConsumerGroupDescribe",
    versions="0-1",
    flexible="0+",
    request=Record(
        "group_ids" / Array(GroupId),
        "include_authorized_operations" / Boolean,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "groups"
        / Array(
            Record(
                "error_code" / ErrorCode,
                "error_message" / Default(Nullable(ErrorMessage), None),
                "group_id" / GroupId,
                "group_state" / String,
                "group_epoch" / Epoch,
                "assignment_epoch" / Epoch,
                "assignor_name" / String,
                "members"
                / Array(
                    Record(
                        "member_id" / MemberId,
                        "instance_id" / Default(Nullable(GroupInstanceId), None),
                        "rack_id" / Default(Nullable(Rack), None),
                        "member_epoch" / Epoch,
                        "client_id" / ClientId,
                        "client_host" / ClientHost,
                        "subscribed_topic_names" / Array(TopicName),
                        "subscribed_topic_regex" / Default(Nullable(Pattern), None),
                        "assignment" / ASSIGNMENT,
                        "target_assignment" / ASSIGNMENT,
                        "member_type" / Since(1, Default(Int8, -1)),
                    )
                ),
                "authorized_operations" / Default(AuthorizedOperations, -2147483648),
            )
        ),
    ),
)
