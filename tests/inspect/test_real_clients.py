"""Bytes of a real client (librdkafka) and a real server (its mock cluster), recorded on the wire."""

import time
from collections.abc import Iterator

import pytest
from confluent_kafka import Consumer, Producer

from tests.inspect.captures import Conversation, pcap
from tests.inspect.relay import Relay

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
EACH = 20


@pytest.fixture(scope="module")
def recorded() -> Iterator[dict[int, list[tuple[str, bytes]]]]:
    """Record a producer for each codec, one without acks, and a consumer group."""
    owner = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "x:1", "log_level": 0})
    (broker,) = owner.list_topics(timeout=10).brokers.values()
    relay = Relay(broker.host, broker.port)
    address = {"bootstrap.servers": f"127.0.0.1:{relay.port}", "log_level": 0}
    for codec in CODECS:
        producer = Producer(address | {"client.id": f"producer-{codec}", "compression.type": codec, "linger.ms": 20})
        for number in range(EACH):
            producer.produce("orders", key=f"key-{number}", value=b"value " * 30, headers={"codec": codec})
        assert producer.flush(20) == 0
    group = {"group.id": "billing", "client.id": "consumer", "auto.offset.reset": "earliest"}
    consumer = Consumer(address | group)
    consumer.subscribe(["orders"])
    consumed, deadline = 0, time.monotonic() + 30
    while consumed < EACH * len(CODECS) and time.monotonic() < deadline:
        message = consumer.poll(0.5)
        consumed += message is not None and message.error() is None
    assert consumed == EACH * len(CODECS)
    consumer.commit(asynchronous=False)
    consumer.close()
    relay.close()
    yield dict(relay.recorded)


@pytest.fixture
def capture(recorded, tmp_path):
    """Make a capture of what was recorded."""
    packets = []
    for number, frames in recorded.items():
        talk = Conversation(client=("10.0.0.1", 40000 + number), segment=700).open()
        for mark, data in frames:
            talk.send(data) if mark == ">" else talk.answer(data)
        packets += talk.close().packets
    path = tmp_path / "real.pcap"
    path.write_bytes(pcap(packets))
    return path


def test_every_frame_is_decoded_to_its_last_byte_but_for_what_librdkafka_adds(inspect, capture, recorded):
    lines = inspect("--json", "--embedded", capture).objects
    assert len(lines) == sum(map(len, recorded.values()))
    assert {line["api"] for line in lines} >= {
        "ApiVersions", "Metadata", "Produce", "Fetch", "ListOffsets", "FindCoordinator", "JoinGroup", "SyncGroup",
        "OffsetCommit", "OffsetFetch", "LeaveGroup",
    }  # fmt: skip
    # librdkafka writes a null list of topics too long, and its mock cluster an answer with error 35 in no version.
    flawed = [line for line in lines if "error" in line]
    assert all(line["error"].endswith("bytes behind the end of the body") for line in flawed), flawed
    assert {line["api"] for line in flawed} <= {"ApiVersions", "Metadata"}


def test_every_codec_of_a_real_client_is_opened(inspect, capture):
    lines = inspect("--json", "--embedded", "--api", "Produce", capture).objects
    seen: dict[str, int] = {}
    for line in lines:
        if line["direction"] == "request":
            for topic in line["body"]["topic_data"]:
                for partition in topic["partition_data"]:
                    for batch in partition["records"]:
                        assert batch["crc_valid"]
                        for record in batch["records"]:
                            assert bytes.fromhex(record["value"]) == b"value " * 30
                            assert bytes.fromhex(record["headers"][0]["value"]).decode() in line["client_id"]
                            seen[line["client_id"]] = seen.get(line["client_id"], 0) + 1
    assert seen == {f"producer-{codec}": EACH for codec in CODECS}


def test_a_real_groups_metadata_names_its_topics(inspect, capture):
    lines = inspect("--json", "--embedded", "--api", "JoinGroup,SyncGroup", capture).objects
    asked = next(line for line in lines if line["api"] == "JoinGroup" and line["direction"] == "request")
    assert asked["body"]["protocols"][0]["metadata"]["topics"] == ["orders"]
    answers = [line["body"] for line in lines if line["api"] == "SyncGroup" and line["direction"] == "response"]
    assert any(body["assignment"] and body["assignment"]["assigned_partitions"] for body in answers)


def test_the_rewriting_of_a_real_conversation_can_be_previewed(inspect, capture):
    lines = inspect("--diff", "--json", "--tenant", "acme", "--api", "Produce,OffsetCommit", capture).objects
    changed = {(change["client"], change["broker"], change["rule"]) for line in lines for change in line["changes"]}
    assert ('"orders"', '"__vt_acme_orders"', "prefix") in changed
    assert ('"billing"', '"__vt_acme_billing"', "prefix") in changed
