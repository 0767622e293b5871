"""confluent-kafka, which is librdkafka, as a family."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

from tests.clients.family import Received, Refusal, until
from tests.clients.front import Access

__all__ = ["ConfluentKafka"]

SECONDS = 30.0


def settings(access: Access) -> dict[str, Any]:
    """Return what every client of this library is given."""
    known: dict[str, Any] = {
        "bootstrap.servers": access.bootstrap,
        "log_level": 0,
        # How long a topic that nobody has may still be on its way: half a minute by default.
        "topic.metadata.propagation.max.ms": 3000,
        "reconnect.backoff.max.ms": 500,
    }
    if access.username:
        known |= {
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": access.username,
            "sasl.password": access.password,
        }
    return known


@contextmanager
def administering(access: Access) -> Iterator[AdminClient]:
    """Give an admin client and keep it for as long as its futures are waited for."""
    admin = AdminClient(settings(access))
    with refusals():
        yield admin


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the library's exceptions into ours."""
    try:
        yield
    except KafkaException as error:
        raise refusal(error.args[0]) from error


def refusal(error: KafkaError) -> Refusal:
    """Return the library's error as ours; its negative codes are its own inventions."""
    return Refusal(error.code() if error.code() > 0 else None, f"{error.name()}: {error.str()}")


class ConfluentKafka:
    """See `Family`."""

    name = "confluent"
    compressions = ("none", "gzip", "snappy", "lz4", "zstd")
    deletes_groups = True

    def log_in(self, access: Access) -> None:
        errors: list[KafkaError] = []
        admin = AdminClient(settings(access) | {"error_cb": errors.append})
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with suppress(KafkaException):
                admin.list_topics(timeout=0.5)
                return
            admin.poll(0)
            if refused := [error for error in errors if error.code() == KafkaError._AUTHENTICATION]:
                raise refusal(refused[0])
        raise AssertionError(f"neither in nor refused: {errors}")

    def brokers(self, access: Access) -> set[str]:
        with administering(access) as admin:
            found = admin.list_topics(timeout=SECONDS).brokers
        return {f"{broker.host}:{broker.port}" for broker in found.values()}

    def create_topic(self, access: Access, topic: str, *, partitions: int = 3, replicas: int = 1) -> None:
        with administering(access) as admin:
            admin.create_topics([NewTopic(topic, partitions, replicas)])[topic].result(SECONDS)

    def list_topics(self, access: Access) -> set[str]:
        with administering(access) as admin:
            return set(admin.list_topics(timeout=SECONDS).topics)

    def describe_topics(self, access: Access, topics: Sequence[str]) -> dict[str, int]:
        with administering(access) as admin:
            described = admin.describe_topics(TopicCollection(list(topics)))
            return {topic: len(told.result(SECONDS).partitions) for topic, told in described.items()}

    def topic_config(self, access: Access, topic: str) -> Mapping[str, str | None]:
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
        with administering(access) as admin:
            entries = admin.describe_configs([resource])[resource].result(SECONDS)
        return {name: entry.value for name, entry in entries.items()}

    def list_groups(self, access: Access) -> set[str]:
        with administering(access) as admin:
            listed = admin.list_consumer_groups().result(SECONDS)
        assert not listed.errors
        return {group.group_id for group in listed.valid}

    def describe_group(self, access: Access, group: str) -> tuple[str, set[str]]:
        with administering(access) as admin:
            told = admin.describe_consumer_groups([group])[group].result(SECONDS)
        assert told.group_id == group
        return told.state.name, {place.topic for member in told.members for place in member.assignment.topic_partitions}

    def delete_group(self, access: Access, group: str) -> None:
        with administering(access) as admin:
            admin.delete_consumer_groups([group])[group].result(SECONDS)

    def produce(
        self,
        access: Access,
        topic: str,
        values: Sequence[str],
        *,
        acks: str = "all",
        idempotent: bool = False,
        compression: str = "none",
    ) -> None:
        failures: list[KafkaError] = []

        def delivered(error: KafkaError | None, _: Message) -> None:
            failures.extend([error] if error else [])

        chosen = {"acks": acks, "enable.idempotence": idempotent, "compression.type": compression}
        producer = Producer(settings(access) | chosen | {"message.timeout.ms": int(SECONDS * 1000)})
        for value in values:
            producer.produce(topic, value.encode(), on_delivery=delivered)
        unsent = producer.flush(SECONDS)
        if failures:
            raise refusal(failures[0])
        assert not unsent, f"{unsent} messages were not acknowledged"

    def read(self, access: Access, topic: str, *, committed_only: bool = False) -> list[str]:
        isolation = "read_committed" if committed_only else "read_uncommitted"
        chosen = {"group.id": "unused", "isolation.level": isolation, "enable.partition.eof": True}
        consumer = Consumer(settings(access) | chosen | {"enable.auto.commit": False})
        values, at_end = [], set()
        try:
            with refusals():
                partitions = self._partitions(consumer, topic)
                consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
                while at_end != set(partitions):
                    message = consumer.poll(SECONDS)
                    assert message is not None, f"no end of {topic} in sight"
                    if (error := message.error()) is None:
                        values.append(message.value().decode())
                    elif error.code() == KafkaError._PARTITION_EOF:
                        at_end.add(message.partition())
                    else:
                        raise refusal(error)
        finally:
            consumer.close()
        return values

    @staticmethod
    def _partitions(consumer: Consumer, topic: str) -> list[int]:
        found: list[int] = []

        def known() -> bool:
            found[:] = consumer.list_topics(topic, timeout=SECONDS).topics[topic].partitions
            return bool(found)

        until(f"{topic} has partitions", known)
        return found

    def member(self, access: Access, topic: str, group: str) -> "ConfluentMember":
        return ConfluentMember(access, topic, group)

    def copier(self, access: Access, transactional_id: str) -> "ConfluentCopier":
        return ConfluentCopier(access, transactional_id)


class ConfluentMember:
    """See `Member`."""

    def __init__(self, access: Access, topic: str, group: str) -> None:
        chosen = {
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 10000,
            "heartbeat.interval.ms": 300,
            "fetch.wait.max.ms": 100,
        }
        self.topic = topic
        self.consumer = Consumer(settings(access) | chosen)
        self.consumer.subscribe([topic])

    def poll(self) -> list[Received]:
        with refusals():
            messages = self.consumer.consume(500, timeout=0.3)
        for message in messages:
            if message.error() is not None:
                raise refusal(message.error())
        return [Received(m.value().decode(), m.partition(), m.offset(), m.timestamp()[1]) for m in messages]

    def assignment(self) -> set[int]:
        return {place.partition for place in self.consumer.assignment()}

    def commit(self) -> None:
        with refusals():
            for place in self.consumer.commit(asynchronous=False) or []:
                if place.error is not None:
                    raise refusal(place.error)

    def committed(self) -> dict[int, int]:
        with refusals():
            found = self.consumer.committed(self.consumer.assignment(), timeout=SECONDS)
        return {place.partition: place.offset for place in found if place.offset >= 0}

    def seek_to_beginning(self) -> None:
        for partition in self.assignment():
            self.seek(partition, OFFSET_BEGINNING)

    def seek(self, partition: int, offset: int) -> None:
        with refusals():
            self.consumer.seek(TopicPartition(self.topic, partition, offset))

    def offset_at(self, partition: int, timestamp: int) -> int:
        with refusals():
            found = self.consumer.offsets_for_times([TopicPartition(self.topic, partition, timestamp)], SECONDS)
        return int(found[0].offset)

    def close(self) -> None:
        self.consumer.close()


class ConfluentCopier:
    """See `Copier`."""

    def __init__(self, access: Access, transactional_id: str) -> None:
        self.producer = Producer(settings(access) | {"transactional.id": transactional_id})
        with refusals():
            self.producer.init_transactions(SECONDS)

    def begin(self) -> None:
        self.producer.begin_transaction()

    def send(self, topic: str, values: Sequence[str]) -> None:
        for value in values:
            self.producer.produce(topic, value.encode())
        self.producer.flush(SECONDS)

    def send_offsets(self, member: ConfluentMember) -> None:
        consumer = member.consumer
        with refusals():
            places = [place for place in consumer.position(consumer.assignment()) if place.offset >= 0]
            self.producer.send_offsets_to_transaction(places, consumer.consumer_group_metadata(), SECONDS)

    def commit(self) -> None:
        with refusals():
            self.producer.commit_transaction(SECONDS)

    def abort(self) -> None:
        with refusals():
            self.producer.abort_transaction(SECONDS)

    def close(self) -> None:
        with suppress(KafkaException):
            self.producer.flush(SECONDS)
