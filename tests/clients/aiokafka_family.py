"""aiokafka as a family: its clients live in the event loop of one thread, and the promises call in from theirs."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition, codec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.group import MemberAssignment

from tests.clients.family import Received, Refusal, logged_too
from tests.clients.front import Access

__all__ = ["Aiokafka"]

SECONDS = 30
REFUSED_SECONDS = 5
CODECS = {"gzip": codec.has_gzip, "snappy": codec.has_snappy, "lz4": codec.has_lz4, "zstd": codec.has_zstd}

T = TypeVar("T")


@cache
def event_loop() -> asyncio.AbstractEventLoop:
    """Return the loop, started at first use; its thread ends with the process."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="aiokafka", daemon=True).start()
    return loop


def run(work: Coroutine[Any, Any, T], seconds: float = 3 * SECONDS) -> T:
    """Do something in the loop and wait for it, with the library's exceptions turned into ours."""
    with refusals():
        return asyncio.run_coroutine_threadsafe(work, event_loop()).result(seconds)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the library's exceptions into ours."""
    try:
        yield
    except KafkaError as error:
        code = getattr(error, "errno", None)
        raise Refusal(code if code and code > 0 else None, str(error)) from error


def settings(access: Access) -> dict[str, Any]:
    """Return what every client of this library is given."""
    known: dict[str, Any] = {"bootstrap_servers": access.bootstrap}
    if access.username:
        known |= {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": access.username,
            "sasl_plain_password": access.password,
        }
    return known


@asynccontextmanager
async def administering(access: Access) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give a started admin client and close it."""
    admin = AIOKafkaAdminClient(**settings(access))
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


class Aiokafka:
    """See `Family`."""

    name = "aiokafka"
    compressions = ("none", *(name for name, has in CODECS.items() if has()))
    deletes_groups = False

    def log_in(self, access: Access) -> None:
        with logged_too("aiokafka"):
            self.list_topics(access)

    def brokers(self, access: Access) -> set[str]:
        async def ask() -> set[str]:
            async with administering(access) as admin:
                return {f"{it['host']}:{it['port']}" for it in (await admin.describe_cluster())["brokers"]}

        return run(ask())

    def create_topic(self, access: Access, topic: str, *, partitions: int = 3, replicas: int = 1) -> None:
        async def ask() -> None:
            async with administering(access) as admin:
                answer = await admin.create_topics([NewTopic(topic, partitions, replicas)])
            for name, code, *told in answer.topic_errors:
                if code:
                    raise for_code(code)(f"{name}: {told}")

        run(ask())

    def list_topics(self, access: Access) -> set[str]:
        async def ask() -> set[str]:
            async with administering(access) as admin:
                return set(await admin.list_topics())

        return run(ask())

    def describe_topics(self, access: Access, topics: Sequence[str]) -> dict[str, int]:
        async def ask() -> dict[str, int]:
            async with administering(access) as admin:
                return {it["topic"]: len(it["partitions"]) for it in await admin.describe_topics(list(topics))}

        return run(ask())

    def topic_config(self, access: Access, topic: str) -> Mapping[str, str | None]:
        async def ask() -> Mapping[str, str | None]:
            async with administering(access) as admin:
                (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            (told,) = answer.to_object()["resources"]
            assert (told["error_code"], told["resource_name"]) == (0, topic)
            return {entry["config_names"]: entry["config_value"] for entry in told["config_entries"]}

        return run(ask())

    def list_groups(self, access: Access) -> set[str]:
        async def ask() -> set[str]:
            async with administering(access) as admin:
                return {group for group, *_ in await admin.list_consumer_groups()}

        return run(ask())

    def describe_group(self, access: Access, group: str) -> tuple[str, set[str]]:
        async def ask() -> tuple[str, set[str]]:
            async with administering(access) as admin:
                (answer,) = await admin.describe_consumer_groups([group])
            (told,) = answer.to_object()["groups"]
            assert (told["error_code"], told["group"]) == (0, group)
            shares = [MemberAssignment.decode(member["member_assignment"]) for member in told["members"]]
            return told["state"].upper(), {topic for share in shares for topic, _ in share.assignment}

        return run(ask())

    def delete_group(self, access: Access, group: str) -> None:
        raise NotImplementedError("this library cannot")

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
        async def send() -> None:
            producer = AIOKafkaProducer(
                **settings(access),
                acks=acks if acks == "all" else int(acks),
                enable_idempotence=idempotent,
                compression_type=None if compression == "none" else compression,
                request_timeout_ms=REFUSED_SECONDS * 1000,
            )
            try:
                await producer.start()
                for sent in [await producer.send(topic, value.encode()) for value in values]:
                    await sent
            finally:
                await producer.stop()

        run(send())

    def read(self, access: Access, topic: str, *, committed_only: bool = False) -> list[str]:
        async def fetch() -> list[str]:
            isolation = "read_committed" if committed_only else "read_uncommitted"
            consumer = AIOKafkaConsumer(**settings(access), isolation_level=isolation)
            values = []
            try:
                await consumer.start()
                places = [TopicPartition(topic, number) for number in await self._partitions(access, topic)]
                consumer.assign(places)
                await consumer.seek_to_beginning(*places)
                ends = await consumer.end_offsets(places)
                while any([await consumer.position(place) < ends[place] for place in places]):
                    for messages in (await consumer.getmany(timeout_ms=300)).values():
                        values += [message.value.decode() for message in messages]
            finally:
                await consumer.stop()
            return values

        return run(fetch())

    @staticmethod
    async def _partitions(access: Access, topic: str) -> list[int]:
        async with administering(access) as admin, asyncio.timeout(SECONDS):
            while True:
                (told,) = await admin.describe_topics([topic])
                if told["partitions"]:
                    return [partition["partition"] for partition in told["partitions"]]
                await asyncio.sleep(0.05)

    def member(self, access: Access, topic: str, group: str) -> "AiokafkaMember":
        return AiokafkaMember(access, topic, group)

    def copier(self, access: Access, transactional_id: str) -> "AiokafkaCopier":
        return AiokafkaCopier(access, transactional_id)


class AiokafkaMember:
    """See `Member`."""

    def __init__(self, access: Access, topic: str, group: str) -> None:
        self.topic, self.group = topic, group
        self.consumer: AIOKafkaConsumer = run(self._start(access))

    async def _start(self, access: Access) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            self.topic,
            **settings(access),
            group_id=self.group,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=300,
            fetch_max_wait_ms=100,
            # A broker that has not heard of a new topic yet is asked again after this.
            metadata_max_age_ms=1000,
        )
        try:
            await consumer.start()
        except KafkaError:
            await consumer.stop()
            raise
        return consumer

    def poll(self) -> list[Received]:
        return [
            Received(message.value.decode(), message.partition, message.offset, message.timestamp)
            for messages in run(self.consumer.getmany(timeout_ms=300)).values()
            for message in messages
        ]

    def assignment(self) -> set[int]:
        return {place.partition for place in self.consumer.assignment()}

    def commit(self) -> None:
        run(self.consumer.commit())

    def committed(self) -> dict[int, int]:
        found = {place.partition: run(self.consumer.committed(place)) for place in self.consumer.assignment()}
        return {partition: offset for partition, offset in found.items() if offset is not None}

    def seek_to_beginning(self) -> None:
        run(self.consumer.seek_to_beginning())

    def seek(self, partition: int, offset: int) -> None:
        async def seek() -> None:
            self.consumer.seek(TopicPartition(self.topic, partition), offset)

        run(seek())

    def offset_at(self, partition: int, timestamp: int) -> int:
        place = TopicPartition(self.topic, partition)
        return int(run(self.consumer.offsets_for_times({place: timestamp}))[place].offset)

    def close(self) -> None:
        run(self.consumer.stop())


class AiokafkaCopier:
    """See `Copier`."""

    def __init__(self, access: Access, transactional_id: str) -> None:
        self.producer: AIOKafkaProducer = run(self._start(access, transactional_id))

    async def _start(self, access: Access, transactional_id: str) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(**settings(access), transactional_id=transactional_id)
        try:
            await producer.start()
        except KafkaError:
            await producer.stop()
            raise
        return producer

    def begin(self) -> None:
        run(self.producer.begin_transaction())

    def send(self, topic: str, values: Sequence[str]) -> None:
        async def send() -> None:
            for sent in [await self.producer.send(topic, value.encode()) for value in values]:
                await sent

        run(send())

    def send_offsets(self, member: AiokafkaMember) -> None:
        async def send() -> None:
            consumer = member.consumer
            places = {place: await consumer.position(place) for place in consumer.assignment()}
            await self.producer.send_offsets_to_transaction(places, member.group)

        run(send())

    def commit(self) -> None:
        run(self.producer.commit_transaction())

    def abort(self) -> None:
        run(self.producer.abort_transaction())

    def close(self) -> None:
        run(self.producer.stop())
