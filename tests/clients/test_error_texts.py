"""A broker's error texts name topics and groups as the broker knows them; tenants get the codes without those names.

The same mistakes are made through Klamm and, with the prefixed names, at the brokers themselves: the codes must agree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kafka.record import MemoryRecordsBuilder

from tests.clients.family import until
from tests.clients.front import Access, Front
from tests.clients.raw_client import raw_client

TOPICS = {"taken": "delete", "dotted.name": "delete", "compacted": "compact"}
GROUP = "nobody"
ANY, LEADER, COORDINATOR = "any broker", "the leader of compacted", "the group's coordinator"


@dataclass(frozen=True)
class Mistake:
    """A request that a broker refuses, and the code, or one of the codes, it refuses it with."""

    code: int | tuple[int, ...]
    api: str
    version: int
    to: str
    body: dict[str, Any] = field(repr=False)


def mistakes(name: Callable[[str], str]) -> Iterator[Mistake]:
    """Yield one request for each mistake; `name` says how this side calls a topic or group."""
    yield from topic_mistakes(name)
    yield from group_mistakes(name)
    place = {"name": name("absent"), "partitions": [{"partition_index": 0, "offset": 5}]}
    yield Mistake(3, "DescribeProducers", 0, ANY, {"topics": [{"name": name("absent"), "partition_indexes": [0]}]})
    yield Mistake(3, "DeleteRecords", 2, ANY, {"topics": [place], "timeout_ms": 5000})
    records = {"index": 0, "records": keyless_batch()}
    data = {"name": name("compacted"), "partition_data": [records]}
    yield Mistake(87, "Produce", 9, LEADER, {"acks": -1, "timeout_ms": 5000, "topic_data": [data]})
    # A transactional id of the group's name has the same coordinator number, as both topics have three partitions.
    slow = {"transactional_id": name(GROUP), "transaction_timeout_ms": 2**31 - 1}
    yield Mistake(50, "InitProducerId", 4, COORDINATOR, slow | {"producer_id": -1, "producer_epoch": -1})


def topic_mistakes(name: Callable[[str], str]) -> Iterator[Mistake]:
    """Yield mistakes in the making of topics."""

    def created(topic: str, **told: Any) -> dict[str, Any]:
        asked = {"name": name(topic), "num_partitions": 1, "replication_factor": 1} | told
        return {"topics": [asked], "timeout_ms": 10_000}

    yield Mistake(36, "CreateTopics", 7, ANY, created("taken"))
    yield Mistake(17, "CreateTopics", 7, ANY, created("dotted_name"))
    yield Mistake(37, "CreateTopics", 7, ANY, created("new", num_partitions=0))
    yield Mistake(38, "CreateTopics", 7, ANY, created("new", replication_factor=99))
    yield Mistake(40, "CreateTopics", 7, ANY, created("new", configs=[{"name": "no.such.setting", "value": "1"}]))
    apart = {"assignments": [{"partition_index": 7, "broker_ids": [1]}], "num_partitions": -1, "replication_factor": -1}
    yield Mistake(39, "CreateTopics", 7, ANY, created("new", **apart))
    for code, topic in ((37, "taken"), (3, "absent")):
        grown = {"topics": [{"name": name(topic), "count": 1, "assignments": None}], "timeout_ms": 10_000}
        yield Mistake(code, "CreatePartitions", 3, ANY, grown)
    resource = {"resource_type": 2, "resource_name": name("absent"), "configuration_keys": None}
    yield Mistake(3, "DescribeConfigs", 4, ANY, {"resources": [resource]})
    yield Mistake(3, "DescribeTopicPartitions", 0, ANY, {"topics": [{"name": name("absent")}]})


def group_mistakes(name: Callable[[str], str]) -> Iterator[Mistake]:
    """Yield mistakes in the use of a group that nobody is in."""
    group = {"group_id": name(GROUP)}
    # Kafka 3.9 does not have such groups unless it is told to, and says 35.
    yield Mistake((69, 35), "ConsumerGroupDescribe", 0, COORDINATOR, {"group_ids": [name(GROUP)]})
    yield Mistake(69, "DeleteGroups", 2, COORDINATOR, {"groups_names": [name(GROUP)]})
    offsets = {"name": name("taken"), "partitions": [{"partition_index": 0}]}
    yield Mistake(69, "OffsetDelete", 0, COORDINATOR, group | {"topics": [offsets]})
    yield Mistake(25, "Heartbeat", 4, COORDINATOR, group | {"generation_id": 1, "member_id": "me"})
    commit = {"name": name("taken"), "partitions": [{"partition_index": 0, "committed_offset": 1}]}
    stale = {"generation_id_or_member_epoch": 7, "member_id": "me", "topics": [commit]}
    yield Mistake(22, "OffsetCommit", 8, COORDINATOR, group | stale)


def test_error_texts_name_nothing_that_is_not_the_tenants(front: Front) -> None:
    acme = front.tenants["acme"]
    klamm = dict(zip((1, 2, 3), (f"127.0.0.2:{port}" for port in front.ports[""][1:]), strict=True))
    with raw_client(klamm[1], acme.access) as client:
        for topic, policy in TOPICS.items():
            told = {"name": topic, "num_partitions": 1, "replication_factor": 1}
            told["configs"] = [{"name": "cleanup.policy", "value": policy}]
            assert codes(client.ask("CreateTopics", 7, topics=[told], timeout_ms=10_000)) == {0}
    through_klamm = made(list(mistakes(str)), klamm, str, acme.access)

    def prefixed(name: str) -> str:
        return f"__vt_acme_{name}"

    with front.watch.looking_away(), raw_client(front.cluster.bootstrap.split(",")[0]) as client:
        answer = client.ask("Metadata", 11, topics=[])
        real = {it["node_id"]: f"{it['host']}:{it['port']}" for it in answer["brokers"]}
        direct = made(list(mistakes(prefixed)), real, prefixed, None)

    assert [sorted(codes(answer)) for answer in through_klamm] == [sorted(codes(answer)) for answer in direct]
    for mistake, answer in zip(mistakes(str), through_klamm, strict=True):
        expected = {mistake.code} if isinstance(mistake.code, int) else set(mistake.code)
        assert codes(answer) & expected, f"{mistake}: {answer}"
    telling = [text for answer in direct for text in texts(answer) if "__vt_" in text]
    assert len(telling) >= 4, f"the brokers say too little to prove anything: {telling}"
    said = [text for answer in through_klamm for text in texts(answer)]
    assert len(set().union(*map(codes, through_klamm))) >= 10
    assert said
    assert not [text for text in said if "__vt_" in text or "acme" in text]
    # What the brokers say in their own words, a tenant reads in them.
    own_words = {text.replace("__vt_acme_", "") for text in telling}
    assert own_words & set(said)


def made(
    wrong: list[Mistake], brokers: dict[int, str], name: Callable[[str], str], access: Access | None
) -> list[dict[str, Any]]:
    """Make all mistakes on one side, each at the broker that it has to be made at, and return the answers."""
    nodes = {ANY: 1}

    def known() -> bool:
        nodes[COORDINATOR] = client.ask("FindCoordinator", 3, key=name(GROUP), key_type=0)["node_id"]
        (topic,) = client.ask("Metadata", 11, topics=[{"name": name("compacted")}])["topics"]
        nodes[LEADER] = topic["partitions"][0]["leader_id"] if topic["partitions"] else -1
        return set(nodes.values()) <= set(brokers)

    with raw_client(brokers[1], access) as client:
        until("coordinator and leader are known", known)
    answers = []
    for mistake in wrong:
        with raw_client(brokers[nodes[mistake.to]], access) as client:
            answers.append(client.ask(mistake.api, mistake.version, **mistake.body))
    return answers


def codes(answer: Any) -> set[int]:
    """Return all error codes in an answer but the zeros, or {0} if there are no others."""
    return {code for code in found(answer, "error_code") if code} or {0}


def texts(answer: Any) -> set[str]:
    """Return all error texts in an answer."""
    return {text for text in found(answer, "error_message") if text}


def found(value: Any, ending: str) -> Iterator[Any]:
    """Yield the values of all fields whose name ends so, however deep they lie."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith(ending):
                yield inner
            yield from found(inner, ending)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, ending)


def keyless_batch() -> bytes:
    """Return a record batch of one message without a key, which a compacted topic does not take."""
    builder = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=1024)
    builder.append(timestamp=None, key=None, value=b"x", headers=[])
    builder.close()
    return bytes(builder.buffer())
