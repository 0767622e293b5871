"""What the broker really stores: the demo asks it directly, past Klamm."""

from __future__ import annotations

from dataclasses import dataclass

from klamm.demo.cluster import Cluster
from klamm.demo.tenant import GROUP, TOPIC

__all__ = ["BrokerReport", "ask_broker"]

_TIMEOUT = 15.0


@dataclass(frozen=True)
class BrokerReport:
    """The broker's side: topics by its own Metadata, messages in the tenants' topics, offsets that groups committed."""

    topics: list[str]
    messages: dict[str, int]
    committed: dict[str, dict[int, int]]
    groups: list[str] | None
    """None where the cluster cannot list groups."""


def ask_broker(cluster: Cluster, tenants: list[str]) -> BrokerReport:
    """Reads topics and offsets from the broker: for each tenant's prefixed names, and for the plain ones."""
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "log_level": 0})
    topics = {name: list(topic.partitions) for name, topic in admin.list_topics(timeout=_TIMEOUT).topics.items()}
    prefixes = [f"__vt_{tenant}_" for tenant in tenants]
    stored = {name: topics[name] for prefix in prefixes if (name := f"{prefix}{TOPIC}") in topics}
    committed = {
        f"{prefix}{GROUP}": _committed(cluster, f"{prefix}{GROUP}", f"{prefix}{TOPIC}") for prefix in (*prefixes, "")
    }
    groups = None
    if not cluster.embedded:
        listed = admin.list_consumer_groups(request_timeout=_TIMEOUT).result()
        groups = sorted(group.group_id for group in listed.valid)
    messages = {name: _messages(cluster, name, partitions) for name, partitions in stored.items()}
    return BrokerReport(sorted(topics), messages, committed, groups)


def _messages(cluster: Cluster, topic: str, partitions: list[int]) -> int:
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": "klamm-demo", "log_level": 0})
    try:
        ends = [consumer.get_watermark_offsets(TopicPartition(topic, number), _TIMEOUT) for number in partitions]
    finally:
        consumer.close()
    return sum(high - low for low, high in ends)


def _committed(cluster: Cluster, group: str, topic: str) -> dict[int, int]:
    from confluent_kafka import Consumer, TopicPartition

    settings = {
        "bootstrap.servers": cluster.bootstrap,
        "group.id": group,
        "log_level": 0,
        # Asking must not make the topic that is asked for.
        "allow.auto.create.topics": False,
    }
    consumer = Consumer(settings)
    try:
        known = consumer.list_topics(timeout=_TIMEOUT).topics
        partitions = list(known[topic].partitions) if topic in known else [0]
        found = consumer.committed([TopicPartition(topic, number) for number in partitions], timeout=_TIMEOUT)
    finally:
        consumer.close()
    return {place.partition: place.offset for place in found if place.offset >= 0}
