"""DeleteShareGroupOffsets (92): makes share groups without members forget topics (KIP-932).

v0 flexible
"""

from klamm.wire import Array, Default, Nullable, Record
from protocol_tables.api import Api
from protocol_tables.types import ErrorCode, ErrorMessage, GroupId, ThrottleTime, TopicId, TopicName

__all__ = ["DELETE_SHARE_GROUP_OFFSETS"]

DELETE_SHARE_GROUP_OFFSETS = Api(
    key=92,
    name="DeleteShareGroupOffsets",
    versions="0",
    flexible="0+",
    request=Record(
        "group_id" / GroupId,
        "topics"
        / Array(
            Record(
                "topic_name" / TopicName,
            )
        ),
    ),
    response=Record(
        "throttle_time_ms" / ThrottleTime,
        "error_code" / ErrorCode,
        "error_message" / Default(Nullable(ErrorMessage), None),
        "responses"
        / Array(
            Record(
                "topic_name" / TopicName,
                "topic_id" / TopicId,
                "error_code" / ErrorCode,
                "error_message" / Default(Nullable(ErrorMessage), None),
            )
        ),
    ),
)
