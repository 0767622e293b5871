"""StreamsGroupDescribe (89): state, topology and members of streams groups (KIP-1071).

v0 flexible - v1 description of the topology (KIP-1331), name of the assignor (KIP-1357). Stable from Kafka 4.2 on.
"""

from klamm.wire import Array, Default, Nullable, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import (
    ApplicationHost,
    ApplicationPort,
    AuthorizedOperations,
    Boolean,
    ClientHost,
    ClientId,
    ConfigName,
    ConfigValue,
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    GroupInstanceId,
    Int8,
    Int16,
    Int32,
    MemberId,
    Offset,
    PartitionIndex,
    Rack,
    String,
    ThrottleTime,
    TopicName,
)

__all__ = ["STREAMS_GROUP_DESCRIBE"]

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

ENDPOINT = Record(
    "host" / ApplicationHost,
    "port" / ApplicationPort,
)

TASK_OFFSET = Record(
    "subtopology_id" / String,
    "partition" / PartitionIndex,
    "offset" / Offset,
)

TASK_IDS = Record(
    "subtopology_id" / String,
    "partitions" / Array(PartitionIndex),
)

ASSIGNMENT = Record(
    "active_tasks" / Array(TASK_IDS),
    "standby_tasks" / Array(TASK_IDS),
    "warmup_tasks" / Array(TASK_IDS),
)

TOPOLOGY_DESCRIPTION_NODE = Record(
    "name" / String,
    "node_type" / Int8,
    "source_topics" / Array(TopicName),
    "sink_topic" / Default(Nullable(TopicName), None),
    "stores" / Array(String),
    "successors" / Array(String),
)

TOPOLOGY_DESCRIPTION_SUBTOPOLOGY = Record(
    "subtopology_id" / String,
    "nodes" / Array(TOPOLOGY_DESCRIPTION_NODE),
)

TOPOLOGY_DESCRIPTION_GLOBAL_STORE = Record(
    "source" / TOPOLOGY_DESCRIPTION_NODE,
    "processor" / TOPOLOGY_DESCRIPTION_NODE,
)

TOPOLOGY_DESCRIPTION = Record(
    "subtopologies" / Array(TOPOLOGY_DESCRIPTION_SUBTOPOLOGY),
    "global_stores" / Array(TOPOLOGY_DESCRIPTION_GLOBAL_STORE),
)

STREAMS_GROUP_DESCRIBE = Api(
    key=89,
    name="StreamsGroupDescribe",
    versions="0-1",
    flexible="0+",
    request=Record(
        "group_ids" / Array(GroupId),
        "include_authorized_operations" / Boolean,
        "include_topology_description" / Since(1, Boolean),
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
                "topology"
                / Default(
                    Nullable(
                        Record(
                            "epoch" / Epoch,
                            "subtopologies"
                            / Default(
                                Array(
                                    Record(
                                        "subtopology_id" / String,
                                        "source_topics" / Array(TopicName),
                                        "repartition_sink_topics" / Array(TopicName),
                                        "state_changelog_topics" / Array(TOPIC_INFO),
                                        "repartition_source_topics" / Array(TOPIC_INFO),
                                    ),
                                    nullable="0+",
                                ),
                                None,
                            ),
                        )
                    ),
                    None,
                ),
                "members"
                / Array(
                    Record(
                        "member_id" / MemberId,
                        "member_epoch" / Epoch,
                        "instance_id" / Default(Nullable(GroupInstanceId), None),
                        "rack_id" / Default(Nullable(Rack), None),
                        "client_id" / ClientId,
                        "client_host" / ClientHost,
                        "topology_epoch" / Epoch,
                        "process_id" / String,
                        "user_endpoint" / Default(Nullable(ENDPOINT), None),
                        "client_tags" / Array(CLIENT_TAG),
                        "task_offsets" / Array(TASK_OFFSET),
                        "task_end_offsets" / Array(TASK_OFFSET),
                        "assignment" / ASSIGNMENT,
                        "target_assignment" / ASSIGNMENT,
                        "is_classic" / Boolean,
                    )
                ),
                "authorized_operations" / Default(AuthorizedOperations, -2147483648),
                "topology_description" / Since(1, Default(Nullable(TOPOLOGY_DESCRIPTION), None)),
                "topology_description_status" / Since(1, Int8),
                "assignor_name" / Since(1, Default(Nullable(String), None)),
            )
        ),
    ),
)
