"""StreamsGroupTopologyDescriptionUpdate (93): describes a streams topology to whoever looks (KIP-1331).

v0 flexible. New in Kafka 4.4; a member sends it when a heartbeat's answer asks for it.
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import (
    Epoch,
    ErrorCode,
    ErrorMessage,
    GroupId,
    Int8,
    MemberId,
    String,
    ThrottleTime,
    TopicName,
)

__all__ = ["STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE"]

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

STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE = Api(
    key=93,
    name="StreamsGroupTopologyDescriptionUpdate",
    versions="0",
    flexible="0+",
    request=Record(
        "group_id" / GroupId,
        "member_id" / MemberId,
        "topology_epoch" / Epoch,
        "topology_description" / TOPOLOGY_DESCRIPTION,
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
    ),
)
