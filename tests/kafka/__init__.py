"""A real Apache Kafka for the tests: brokers to stand behind Klamm, and Kafka's own tools to stand in front of it."""

from tests.kafka.cluster import Cluster, KafkaCluster
from tests.kafka.nodes import KafkaFailed
from tests.kafka.release import KAFKA_3, KAFKA_4, KafkaRelease
from tests.kafka.tools import JavaTool, ToolFailed, ToolResult

__all__ = [
    "KAFKA_3",
    "KAFKA_4",
    "Cluster",
    "JavaTool",
    "KafkaCluster",
    "KafkaFailed",
    "KafkaRelease",
    "ToolFailed",
    "ToolResult",
]
