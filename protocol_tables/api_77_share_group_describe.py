"""ShareGroupDescribe (77): state and members of share groups (KIP-932).

v1 flexible. Kafka 3.9 and 4.0 had an unfinished v0, which 4.1 dropped.
"""

from klamm.wire import Array, Default, Nullable, Record
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
    MemberId,
    PartitionIndex,
    Rack,
    String,
    ThrottleTime,
    TopicId,
    TopicName,
)

__all__ = ["SHARE_GROUP_DESCRIBE"]

TOPIC_PARTITIONS = Record(
    "topic_id" / TopicId,
    "topic_name" / TopicName,
    "partitions" / Array(PartitionIndex),
)

ASSIGNMENT = Record(
    "topic_partitions" / Array(TOPIC_PARTITIONS),
)

SHARE_GROUP_DESCRIBE = Api(
    key=77,
    name="ShareGroupDescribe",
    versions="1",
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
                        "rack_id" / Default(Nullable(Rack), None),
                        "member_epoch" / Epoch,
                        "client_id" / ClientId,
                        "client_host" / ClientHost,
                        "subscribed_topic_names" / Array(TopicName),
                        "assignment" / ASSIGNMENT,
                    )
                ),
                "authorized_operations" / Default(AuthorizedOperations, -2147483648),
            )
        ),
    ),
)
