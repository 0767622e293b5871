"""DeleteTopics (20): removes topics (KIP-4).

v1 throttle time (KIP-124) - v2 answers before it throttles (KIP-219) - v3 TOPIC_DELETION_DISABLED - v4 flexible - v5
error text, THROTTLING_QUOTA_EXCEEDED (KIP-599) - v6 by name or by topic id (KIP-516). Kafka 4.0 dropped v0.
"""

from klamm.wire import Array, Default, Nullable, Only, Record, Since
from protocol_tables.api import Api
from protocol_tables.types import Duration, ErrorCode, ErrorMessage, ThrottleTime, TopicId, TopicName

__all__ = ["DELETE_TOPICS"]

DELETE_TOPICS = Api(
    key=20,
    name="DeleteTopics",
    versions="0-6",
    flexible="4+",
    request=Record(
        "topics"
        / Since(
            6,
            Array(
                Record(
                    "name" / Default(Nullable(TopicName), None),
                    "topic_id" / TopicId,
                )
            ),
        ),
        "topic_names" / Only("0-5", Array(TopicName)),
        "timeout_ms" / Duration,
    ),
    response=Record(
        "throttle_time_ms" / Since(1, ThrottleTime),
        "responses"
        / Array(
            Record(
                "name" / Nullable(TopicName, "6+"),
                "topic_id" / Since(6, TopicId),
                "error_code" / ErrorCode,
                "error_message" / Since(5, Default(Nullable(ErrorMessage), None)),
            )
        ),
    ),
)
