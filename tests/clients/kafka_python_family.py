"""kafka-python as a family."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition, codec
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from tests.clients.family import Received, Refusal, logged_too, until
from tests.clients.front import Access

__all__ = ["KafkaPython"]

SECONDS = 30
CODECS = {"gzip": codec.has_gzip, "snappy": codec.has_snappy, "lz4": codec.has_lz4, "zstd": codec.has_zstd}
REFUSED_SECONDS = 5
STOPPED_SECONDS = 6
"""After so long without a heartbeat, of which three a second are due, a member is dead."""


def settings(access: Access) -> dict[str, Any]:
    """Return what every client of this library is given."""
    known: dict[str, Any] = {"bootstrap_servers": access.bootstrap, "bootstrap_timeout_ms": SECONDS * 1000}
    if access.username:
        known |= {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": access.username,
            "sasl_plain_password": access.password,
        }
    return known


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the library's exceptions into ours."""
    try:
        yield
    except KafkaError as error:
        code = getattr(error, "errno", None)
        raise Refusal(code if code and code > 0 else None, str(error)) from error


@contextmanager
def administering(access: Access) -> Iterator[KafkaAdminClient]:
    """Give an admin client and close it."""
    with refusals():
        admin = KafkaAdminClient(**settings(access))
        try:
            yield admin
        finally:
            admin.close()


def partitions_of(consumer: KafkaConsumer, topic: str) -> set[int]:
    """Return the partitions of a topic, once the cluster tells of them."""
    found: set[int] = set()

    def known() -> bool:
        found.update(consumer.partitions_for_topic(topic) or ())
        return bool(found)

    until(f"{topic} has partitions", known)
    return found


class KafkaPython:
    """See `Family`."""

    name = "kafka-python"
    compressions = ("none", *(name for name, has in CODECS.items() if has()))
    deletes_groups = True

    def log_in(self, access: Access) -> None:
        # When an answer and the end of the connection arrive together, as after a refused login, this library looks at
        # the end only, and tries again. What it was told is in its log, if anywhere.
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                with logged_too("kafka"), refusals():
                    KafkaAdminClient(**settings(access) | {"bootstrap_timeout_ms": 2000}).close()
                    return
            except Refusal as refusal:
                if "Authentication" in refusal.text or time.monotonic() > deadline:
                    raise

    def brokers(self, access: Access) -> set[str]:
        with administering(access) as admin:
            return {f"{it['host']}:{it['port']}" for it in admin.describe_cluster()["brokers"]}

    def create_topic(self, access: Access, topic: str, *, partitions: int = 3, replicas: int = 1) -> None:
        with administering(access) as admin:
            admin.create_topics([NewTopic(topic, partitions, replicas)])

    def list_topics(self, access: Access) -> set[str]:
        with administering(access) as admin:
            return set(admin.list_topics())

    def describe_topics(self, access: Access, topics: Sequence[str]) -> dict[str, int]:
        with administering(access) as admin:
            return {told["name"]: len(told["partitions"]) for told in admin.describe_topics(list(topics))}

    def topic_config(self, access: Access, topic: str) -> Mapping[str, str | None]:
        with administering(access) as admin:
            resource = ConfigResource(ConfigResourceType.TOPIC, topic)
            entries = admin.describe_configs([resource], config_filter="all")["topic"][topic]
        return {name: entry["value"] for name, entry in entries.items()}

    def list_groups(self, access: Access) -> set[str]:
        with administering(access) as admin:
            return {group["group_id"] for group in admin.list_groups()}

    def describe_group(self, access: Access, group: str) -> tuple[str, set[str]]:
        with administering(access) as admin:
            told = admin.describe_groups([group])[group]
        shares = [member["member_assignment"]["assigned_partitions"] for member in told["members"]]
        return told["group_state"].upper(), {place["topic"] for share in shares for place in share}

    def delete_group(self, access: Access, group: str) -> None:
        with administering(access) as admin:
            assert admin.delete_groups([group]) == {group: "OK"}

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
        producer = KafkaProducer(
            **settings(access),
            acks=acks if acks == "all" else int(acks),
            enable_idempotence=idempotent,
            compression_type=None if compression == "none" else compression,
            max_block_ms=REFUSED_SECONDS * 1000,
        )
        try:
            with logged_too("kafka"), refusals():
                for sent in [producer.send(topic, value.encode()) for value in values]:
                    sent.get(SECONDS)
        finally:
            producer.close(SECONDS)

    def read(self, access: Access, topic: str, *, committed_only: bool = False) -> list[str]:
        isolation = "read_committed" if committed_only else "read_uncommitted"
        consumer = KafkaConsumer(**settings(access), isolation_level=isolation, enable_auto_commit=False)
        values = []
        try:
            with refusals():
                places = [TopicPartition(topic, number) for number in partitions_of(consumer, topic)]
                consumer.assign(places)
                consumer.seek_to_beginning(*places)
                ends = consumer.end_offsets(places)
                while any(consumer.position(place) < ends[place] for place in places):
                    for messages in consumer.poll(timeout_ms=300).values():
                        values += [message.value.decode() for message in messages]
        finally:
            consumer.close(autocommit=False)
        return values

    def member(self, access: Access, topic: str, group: str) -> "KafkaPythonMember":
        return KafkaPythonMember(access, topic, group)

    def copier(self, access: Access, transactional_id: str) -> "KafkaPythonCopier":
        return KafkaPythonCopier(access, transactional_id)


class KafkaPythonMember:
    """See `Member`."""

    def __init__(self, access: Access, topic: str, group: str) -> None:
        self.access = access
        self.topic = topic
        self.group = group
        self._join()

    def _join(self) -> None:
        self._beat, self._beat_seen = 0.0, time.monotonic()
        self.consumer = KafkaConsumer(
            **settings(self.access),
            group_id=self.group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=300,
            fetch_max_wait_ms=100,
        )
        # When this library (3.0.12) gets a topic's metadata while it joins, it joins once more, and now and then it
        # neither asks for its offsets afterwards nor sends a heartbeat, against a broker too. So the metadata come
        # first, and a member whose heart has stopped all the same is replaced.
        with refusals():
            partitions_of(self.consumer, self.topic)
        self.consumer.subscribe([self.topic])

    def _heart_has_stopped(self) -> bool:
        ago = self.consumer.metrics()["consumer-coordinator-metrics"]["last-heartbeat-seconds-ago"]
        beat = time.time() - ago
        if abs(beat - self._beat) > 0.2 or not self.consumer.assignment():
            self._beat, self._beat_seen = beat, time.monotonic()
        return time.monotonic() - self._beat_seen > STOPPED_SECONDS

    def poll(self) -> list[Received]:
        with refusals():
            polled = self.consumer.poll(timeout_ms=300)
        if not polled and self._heart_has_stopped():
            self.consumer.close(autocommit=False)
            self._join()
        return [
            Received(message.value.decode(), message.partition, message.offset, message.timestamp)
            for messages in polled.values()
            for message in messages
        ]

    def assignment(self) -> set[int]:
        return {place.partition for place in self.consumer.assignment()}

    def commit(self) -> None:
        with refusals():
            self.consumer.commit()

    def committed(self) -> dict[int, int]:
        with refusals():
            found = {place.partition: self.consumer.committed(place) for place in self.consumer.assignment()}
        return {partition: offset for partition, offset in found.items() if offset is not None}

    def seek_to_beginning(self) -> None:
        self.consumer.seek_to_beginning()

    def seek(self, partition: int, offset: int) -> None:
        self.consumer.seek(TopicPartition(self.topic, partition), offset)

    def offset_at(self, partition: int, timestamp: int) -> int:
        place = TopicPartition(self.topic, partition)
        with refusals():
            return int(self.consumer.offsets_for_times({place: timestamp})[place].offset)

    def close(self) -> None:
        self.consumer.close(autocommit=False)


class KafkaPythonCopier:
    """See `Copier`."""

    def __init__(self, access: Access, transactional_id: str) -> None:
        self.producer = KafkaProducer(**settings(access), transactional_id=transactional_id)
        with refusals():
            self.producer.init_transactions()

    def begin(self) -> None:
        self.producer.begin_transaction()

    def send(self, topic: str, values: Sequence[str]) -> None:
        with refusals():
            for sent in [self.producer.send(topic, value.encode()) for value in values]:
                sent.get(SECONDS)

    def send_offsets(self, member: KafkaPythonMember) -> None:
        consumer = member.consumer
        with refusals():
            places = {place: OffsetAndMetadata(consumer.position(place), "", -1) for place in consumer.assignment()}
            self.producer.send_offsets_to_transaction(places, consumer.group_metadata())

    def commit(self) -> None:
        with refusals():
            self.producer.commit_transaction()

    def abort(self) -> None:
        with refusals():
            self.producer.abort_transaction()

    def close(self) -> None:
        self.producer.close(SECONDS)
