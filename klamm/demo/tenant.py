"""What one tenant does and sees in the demo, with an ordinary client that knows nothing of Klamm."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from klamm.demo.cluster import DemoError

__all__ = ["GROUP", "TOPIC", "TenantReport", "use_as_tenant"]

TOPIC = "orders"
GROUP = "payments-svc"
_MESSAGES = 3
_TIMEOUT = 30.0


@dataclass(frozen=True)
class TenantReport:
    """What a tenant saw: its messages, and everything the cluster showed it."""

    name: str
    sent: list[str]
    received: list[str]
    topics: list[str]
    brokers: list[str]
    committed: dict[int, int]
    groups: list[str] | None
    """None where the cluster cannot list groups."""


def use_as_tenant(name: str, password: str, bootstrap: str, run: str, *, lists_groups: bool) -> TenantReport:
    """Publishes to ``orders``, reads it back in group ``payments-svc``, commits, and looks around; raises DemoError."""
    from confluent_kafka import KafkaException

    settings = {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": name,
        "sasl.password": password,
        "log_level": 0,
    }
    sent = [f"{name} order {number} of run {run}" for number in range(1, _MESSAGES + 1)]
    try:
        _produce(settings, sent)
        received, committed = _consume(settings, set(sent))
        topics, brokers = _look_around(settings)
        groups = _groups(settings) if lists_groups else None
    except KafkaException as error:
        raise DemoError(f"{name}: {error.args[0].str()}") from None
    return TenantReport(name, sent, received, topics, brokers, committed, groups)


def _produce(settings: dict[str, Any], messages: list[str]) -> None:
    from confluent_kafka import Producer

    failures: list[Any] = []
    producer = Producer(settings)
    for message in messages:
        producer.produce(
            TOPIC, message.encode(), on_delivery=lambda error, _: failures.append(error) if error else None
        )
    if producer.flush(_TIMEOUT) or failures:
        raise DemoError(f"{settings['sasl.username']} could not publish: {failures[0] if failures else 'no answer'}")


def _consume(settings: dict[str, Any], wanted: set[str]) -> tuple[list[str], dict[int, int]]:
    from confluent_kafka import Consumer

    consumer = Consumer(
        settings | {"group.id": GROUP, "auto.offset.reset": "earliest", "enable.auto.commit": False},
    )
    consumer.subscribe([TOPIC])
    received: list[str] = []
    deadline = time.monotonic() + _TIMEOUT
    try:
        while not wanted <= set(received) and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is not None and message.error() is None:
                received.append((message.value() or b"").decode())
        consumer.commit(asynchronous=False)
        committed = consumer.committed(consumer.assignment(), timeout=_TIMEOUT)
    finally:
        consumer.close()
    return received, {place.partition: place.offset for place in committed if place.offset >= 0}


def _look_around(settings: dict[str, Any]) -> tuple[list[str], list[str]]:
    from confluent_kafka.admin import AdminClient

    seen = AdminClient(settings).list_topics(timeout=_TIMEOUT)
    brokers = [f"{broker.host}:{broker.port}" for broker in seen.brokers.values()]
    return sorted(seen.topics), sorted(brokers)


def _groups(settings: dict[str, Any]) -> list[str]:
    from confluent_kafka.admin import AdminClient

    # The client has to outlive the question.
    admin = AdminClient(settings)
    listed = admin.list_consumer_groups(request_timeout=_TIMEOUT).result()
    return sorted(group.group_id for group in listed.valid)
