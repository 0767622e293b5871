"""ShareFetch (78): DOC"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
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
    Int16,
    Int32,
    MemberId,
    NodeId,
    Offset,
    PartitionIndex,
    Port,
    Rack,
    Records,
    ThrottleTime,
    TopicId,
)

__all__ = ["SHARE_FETCH"]

SHARE_FETCH = Api(
    key=78,
    name="ShareFetch",
    versions="1-2",
    flexible="0+",
    request=Record(
        "group_id" / Default(Nullable(GroupId), None),
        "member_id" / Nullable(MemberId),
        "share_session_epoch" / Epoch,
        "max_wait_ms" / Duration,
        "min_bytes" / Int32,
        "max_bytes" / Default(Int32, 2147483647),
        "max_records" / Int32,
        "batch_size" / Int32,
        "share_acquire_mode" / Since(2, Int8),
        "is_renew_ack" / Since(2, Boolean),
        "topics"
        / Array(
            Record(
                "topic_id" / TopicId,
                "partitions"
                / Array(
                    Record(
                        "partition_index" / PartitionIndex,
                        "partition_max_bytes" / Only("1-0", Int32),
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
        "forgotten_topics_data"
        / Array(
            Record(
                "topic_id" / TopicId,
                "partitions" / Array(PartitionIndex),
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "acquisition_lock_timeout_ms" / Duration,
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
                        "acknowledge_error_code" / ErrorCode,
                        "acknowledge_error_message" / Default(Nullable(ErrorMessage), None),
                        "current_leader"
                        / Record(
                            "leader_id" / NodeId,
                            "leader_epoch" / Epoch,
                        ),
                        "records" / Nullable(Records, "0"),
                        "acquired_records"
                        / Array(
                            Record(
                                "first_offset" / Offset,
                                "last_offset" / Offset,
                                "delivery_count" / Int16,
                            )
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
