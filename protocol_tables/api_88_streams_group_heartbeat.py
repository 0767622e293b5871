"""StreamsGroupHeartbeat (88): joins, keeps and leaves a streams group, and tells its topology (KIP-1071).

v0 flexible - v1 the answer may ask for a description of the topology (KIP-1331); status MISSING_CLIENT_TAGS
(KAFKA-20744); acceptable recovery lag in 64 bits. Stable from Kafka 4.2 on. The broker creates internal topics for it
that it was only told of here.
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    ApplicationHost,
    ApplicationPort,
    Boolean,
    ConfigName,
    ConfigValue,
    Duration,
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    GroupInstanceId,
    Int8,
    Int16,
    Int32,
    Int64,
    MemberId,
    Offset,
    PartitionIndex,
    Pattern,
    Rack,
    String,
    ThrottleTime,
    TopicName,
)

__all__ = ["STREAMS_GROUP_HEARTBEAT"]

TOPIC_CONFIG = Record(
    "key" / ConfigName,
    "value" / ConfigValue,
)

CLIENT_TAG = Record(
    "key" / String,
    "value" / String,
)

TOPIC_INFO = Record(
    "name" / TopicName,
    "partitions" / Int32,
    "replication_factor" / Int16,
    "topic_configs" / Array(TOPIC_CONFIG),
)

TASK_IDS = Record(
    "subtopology_id" / String,
    "partitions" / Array(PartitionIndex),
)

ENDPOINT = Record(
    "host" / ApplicationHost,
    "port" / ApplicationPort,
)

TASK_OFFSET = Record(
    "subtopology_id" / String,
    "partition" / PartitionIndex,
    "offset" / Offset,
)

STATUS = Record(
    "status_code" / Int8,
    "status_detail" / ErrorMessage,
)

TOPIC_PARTITION = Record(
    "topic" / TopicName,
    "partitions" / Array(PartitionIndex),
)

STREAMS_GROUP_HEARTBEAT = Api(
    key=88,
    name="StreamsGroupHeartbeat",
    versions="0-1",
    flexible="0+",
    request=Record(
        "group_id" / GroupId,
        "member_id" / MemberId,
        "member_epoch" / Epoch,
        "endpoint_information_epoch" / Epoch,
        "instance_id" / Default(Nullable(GroupInstanceId), None),
        "rack_id" / Default(Nullable(Rack), None),
        "rebalance_timeout_ms" / Default(Duration, -1),
        "topology"
        / Default(
            Nullable(
                Record(
                    "epoch" / Epoch,
                    "subtopologies"
                    / Array(
                        Record(
                            "subtopology_id" / String,
                            "source_topics" / Array(TopicName),
                            "source_topic_regex" / Array(Pattern),
                            "state_changelog_topics" / Array(TOPIC_INFO),
                            "repartition_sink_topics" / Array(TopicName),
                            "repartition_source_topics" / Array(TOPIC_INFO),
                            "copartition_groups"
                            / Array(
                                Record(
                                    "source_topics" / Array(Int16),
                                    "source_topic_regex" / Array(Int16),
                                    "repartition_source_topics" / Array(Int16),
                                )
                            ),
                        )
                    ),
                )
            ),
            None,
        ),
        "active_tasks" / Default(Array(TASK_IDS, nullable="0+"), None),
        "standby_tasks" / Default(Array(TASK_IDS, nullable="0+"), None),
        "warmup_tasks" / Default(Array(TASK_IDS, nullable="0+"), None),
        "process_id" / Default(Nullable(String), None),
        "user_endpoint" / Default(Nullable(ENDPOINT), None),
        "client_tags" / Default(Array(CLIENT_TAG, nullable="0+"), None),
        "task_offsets" / Default(Array(TASK_OFFSET, nullable="0+"), None),
        "task_end_offsets" / Default(Array(TASK_OFFSET, nullable="0+"), None),
        "shutdown_application" / Boolean,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "member_id" / MemberId,
        "member_epoch" / Epoch,
        "heartbeat_interval_ms" / Duration,
        "acceptable_recovery_lag_legacy" / Only("0", Int32),
        "task_offset_interval_ms" / Duration,
        "acceptable_recovery_lag" / Since(1, Default(Int64, -1)),
        "status" / Array(STATUS, nullable="0+"),
        "active_tasks" / Default(Array(TASK_IDS, nullable="0+"), None),
        "standby_tasks" / Default(Array(TASK_IDS, nullable="0+"), None),
        "warmup_tasks" / Default(Array(TASK_IDS, nullable="0+"), None),
        "topology_description_required" / Since(1, Boolean),
        "endpoint_information_epoch" / Epoch,
        "partitions_by_user_endpoint"
        / Default(
            Array(
                Record(
                    "user_endpoint" / ENDPOINT,
                    "active_partitions" / Array(TOPIC_PARTITION),
                    "standby_partitions" / Array(TOPIC_PARTITION),
                ),
                nullable="0+",
            ),
            None,
        ),
    ),
)
