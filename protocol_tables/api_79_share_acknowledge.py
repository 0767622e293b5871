"""ShareAcknowledge (79): accepts, releases or rejects records that a share group's member has acquired (KIP-932).

v1 flexible - v2 renews acquired records, and tells how long they are held (KIP-1222). Topics go by id. Kafka 3.9 and
4.0 had an unfinished v0, which 4.1 dropped.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    Boolean,
    Duration,
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    Host,
    Int8,
    MemberId,
    NodeId,
    Offset,
    PartitionIndex,
    Port,
    Rack,
    ShareSessionEpoch,
    ThrottleTime,
    TopicId,
)

__all__ = ["SHARE_ACKNOWLEDGE"]

SHARE_ACKNOWLEDGE = Api(
    key=79,
    name="ShareAcknowledge",
    versions="1-2",
    flexible="0+",
    request=Record(
        "group_id" / Default(Nullable(GroupId), None),
        "member_id" / Nullable(MemberId),
        "share_session_epoch" / ShareSessionEpoch,
        "is_renew_ack" / Since(2, Boolean),
        "topics"
        / Array(
            Record(
                "topic_id" / TopicId,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "acknowledgement_batches"
                        / Array(
                            Record(
                                "first_offset" / Offset,
                                "last_offset" / Offset,
                                "acknowledge_types" / Array(Int8),
                            )
                        ),
                    )
                ),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "acquisition_lock_timeout_ms" / Since(2, Duration),
        "responses"
        / Array(
            Record(
                "topic_id" / TopicId,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "error_code" / ErrorCode,
                        "error_message" / Default(Nullable(ErrorMessage), None),
                        "current_leader"
                        / Record(
                            "leader_id" / NodeId,
                            "leader_epoch" / Epoch,
                        ),
                    )
                ),
            )
        ),
        "node_endpoints"
        / Array(
            Record(
                "node_id" / NodeId,
                "host" / Host,
                "port" / Port,
                "rack" / Default(Nullable(Rack), None),
            )
        ),
    ),
)
