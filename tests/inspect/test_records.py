"""Record batches and message sets: every codec, bounded, and wrong ones marked."""

import gzip
import struct
import zlib

import cramjam
import pytest
from crc32c import crc32c

from klamm.inspect.records.batches import Limits, batches
from klamm.inspect.records.codecs import decompress
from klamm.wire import Malformed
from tests.inspect.helpers import produce


def varint(value: int) -> bytes:
    """Encode a zigzag varint."""
    value = value << 1 if value >= 0 else (-value << 1) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def record(offset: int, key: bytes | None, value: bytes | None, headers: dict[str, bytes] | None = None) -> bytes:
    """Encode a record."""

    def sized(data: bytes | None) -> bytes:
        return varint(-1) if data is None else varint(len(data)) + data

    body = b"\0" + varint(offset) + varint(offset) + sized(key) + sized(value) + varint(len(headers or {}))
    body += b"".join(sized(name.encode()) + sized(data) for name, data in (headers or {}).items())
    return varint(len(body)) + body


def batch(payload: bytes, count: int, attributes: int = 0, base_offset: int = 100) -> bytes:
    """Encode a record batch."""
    checked = struct.pack(">hiqqqhii", attributes, count - 1, 1000, 1010, 7, 1, 0, count) + payload
    rest = struct.pack(">ibI", 3, 2, crc32c(checked)) + checked
    return struct.pack(">qi", base_offset, len(rest)) + rest


def xerial(data: bytes) -> bytes:
    """Compress as snappy-java does."""
    half = len(data) // 2
    blocks = [bytes(cramjam.snappy.compress_raw(part)) for part in (data[:half], data[half:])]
    return b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1) + b"".join(struct.pack(">i", len(b)) + b for b in blocks)


RECORDS = record(0, b"k", b"v" * 300, {"h": b"\x01"}) + record(1, None, b"second")
PACKED = {
    "none": (0, RECORDS),
    "gzip": (1, gzip.compress(RECORDS)),
    "snappy raw": (2, bytes(cramjam.snappy.compress_raw(RECORDS))),
    "snappy xerial": (2, xerial(RECORDS)),
    "lz4": (3, bytes(cramjam.lz4.compress(RECORDS))),
    "zstd": (4, bytes(cramjam.zstd.compress(RECORDS))),
}


@pytest.mark.parametrize("codec", PACKED)
def test_every_codec_gives_the_same_records(codec):
    number, payload = PACKED[codec]
    (found,) = batches(batch(payload, 2, number), Limits())
    assert "error" not in found
    assert found["crc_valid"]
    assert [one["offset"] for one in found["records"]] == [100, 101]
    assert found["records"][0]["value"] == b"v" * 300
    assert found["records"][0]["headers"] == [{"key": "h", "value": b"\x01"}]
    assert found["records"][1]["key"] is None


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_bomb_is_refused_before_it_goes_off(number):
    bomb = b"\0" * (64 << 20)
    packed = {
        1: lambda: gzip.compress(bomb),
        2: lambda: bytes(cramjam.snappy.compress_raw(bomb)),
        3: lambda: bytes(cramjam.lz4.compress(bomb)),
        4: lambda: bytes(cramjam.zstd.compress(bomb)),
    }[number]()
    with pytest.raises(Malformed, match=r"expands to more than 1048576 bytes \(--max-batch-bytes\)"):
        decompress(number, packed, 1 << 20)


def test_the_size_that_is_allowed_can_be_chosen(inspect):
    frame = produce(9, 1, batch(bytes(cramjam.zstd.compress(record(0, None, bytes(5000)))), 1, 4)).hex()
    assert inspect(frame).status == 0
    small = inspect("--max-batch-bytes", "1KiB", frame)
    assert small.status == 1
    assert "expands to more than 1024 bytes" in small.out


@pytest.mark.parametrize("codec", PACKED)
def test_garbage_in_any_codec_is_an_error_of_its_batch_only(codec):
    number, payload = PACKED[codec]
    broken = batch(payload[: len(payload) // 2] + b"\xfe" * 20, 2, number)
    bad, good = batches(broken + batch(RECORDS, 2), Limits())
    assert bad["error"] and bad["offset"] >= 21
    assert "error" not in good


def test_a_wrong_checksum_is_told_and_fails_the_run(inspect):
    data = bytearray(batch(RECORDS, 2))
    data[20] ^= 1
    shown = inspect(produce(9, 1, bytes(data)).hex())
    assert "crc_valid: false" in shown.out
    assert "checksum" in shown.out
    assert shown.status == 1


def test_json_keeps_records_as_hex_unless_they_are_to_be_opened(inspect):
    data = batch(RECORDS, 2)
    frame = produce(9, 1, data).hex()
    plain, opened = (inspect("--json", *flags, frame).objects[0]["body"] for flags in ((), ("--embedded",)))
    assert plain["topic_data"][0]["partition_data"][0]["records"] == data.hex()
    (found,) = opened["topic_data"][0]["partition_data"][0]["records"]
    assert found["records"][1]["value"] == b"second".hex()


def test_control_records_say_what_they_are():
    marker = record(0, struct.pack(">hh", 0, 1), struct.pack(">hi", 0, 12))
    (found,) = batches(batch(marker, 1, 0x30), Limits())
    assert found["is_control"] and found["is_transactional"]
    assert found["records"][0]["control"] == {"version": 0, "type": "COMMIT", "coordinator_epoch": 12}


def test_a_batch_cut_off_where_an_answer_is_full_is_no_error():
    whole = batch(RECORDS, 2)
    first, rest = batches(whole + whole[:50], Limits())
    assert "error" not in first
    assert rest == {"partial_batch": 50}


def message(magic: int, value: bytes, codec: int = 0, offset: int = 0) -> bytes:
    """Encode an entry of a message set."""
    body = struct.pack(">bb", magic, codec) + (struct.pack(">q", 55) if magic else b"")
    body += struct.pack(">i", -1) + struct.pack(">i", len(value)) + value
    body = struct.pack(">I", zlib.crc32(body)) + body
    return struct.pack(">qi", offset, len(body)) + body


@pytest.mark.parametrize("magic", [0, 1])
def test_message_sets_are_read_plain_and_compressed(magic):
    plain = message(magic, b"a", offset=4) + message(magic, b"b", offset=5)
    found = list(batches(plain, Limits()))
    assert [(one["offset"], one["value"]) for one in found] == [(4, b"a"), (5, b"b")]
    inner = message(magic, b"a", offset=0) + message(magic, b"b", offset=1)
    for codec, packed in ((1, gzip.compress(inner)), (2, xerial(inner)), (3, bytes(cramjam.lz4.compress(inner)))):
        (outer,) = batches(message(magic, packed, codec, offset=9), Limits())
        assert "error" not in outer, outer
        assert [one["value"] for one in outer["messages"]] == [b"a", b"b"]
        if magic == 1:
            assert [one["offset"] for one in outer["messages"]] == [8, 9]


def test_the_wrong_header_checksum_of_old_lz4_messages_is_forgiven_there_alone():
    packed = bytearray(cramjam.lz4.compress(b"old" * 50))
    packed[6 if not packed[4] & 8 else 14] ^= 0xFF
    assert decompress(3, bytes(packed), 1000, magic=0) == b"old" * 50
    with pytest.raises(Malformed):
        decompress(3, bytes(packed), 1000, magic=1)


def test_a_message_with_a_wrong_checksum_is_told():
    data = bytearray(message(1, b"abc"))
    data[-1] ^= 1
    (found,) = batches(bytes(data), Limits())
    assert "checksum" in found["error"]


def test_the_topics_in_a_groups_metadata_are_shown(inspect):
    from protocol_tables.consumer_protocol import SUBSCRIPTION, consumer_layout
    from tests.inspect.helpers import request

    metadata = b"\0\1" + consumer_layout(SUBSCRIPTION, 1).build({"topics": ["orders", "billing"]})
    body = {"protocol_type": "consumer", "protocols": [{"name": "range", "metadata": metadata}]}
    frame = request("JoinGroup", 7, 1, body).hex()
    assert '[1]: "billing"' in inspect(frame).out
    (protocol,) = inspect("--json", "--embedded", frame).objects[0]["body"]["protocols"]
    assert protocol["metadata"]["topics"] == ["orders", "billing"]
    assert protocol["metadata"]["_version"] == 1
    connect = request("JoinGroup", 7, 1, body | {"protocol_type": "connect"}).hex()
    assert "billing" not in inspect(connect).out
