"""ShareFetch (78): reads records for a member of a share group, and acknowledges earlier ones (KIP-932).

v1 flexible - v2 acquires by records or by batches (KIP-1206), renews acquired records (KIP-1222). Topics go by id;
fetches after the first of a session name only what has changed. Kafka 3.9 and 4.0 had an unfinished v0, which 4.1
dropped.
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
    Int16,
    Int32,
    MemberId,
    NodeId,
    Offset,
    PartitionIndex,
    Port,
    Rack,
    Records,
    ShareSessionEpoch,
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
        "share_session_epoch" / ShareSessionEpoch,
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
                        "records" / Records,
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
