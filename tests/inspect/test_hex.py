"""Hex in, trees and JSON out: the smallest way to look at a frame."""

import pytest

from tests.inspect.helpers import METADATA_ANSWER, METADATA_REQUEST, answer, hex_lines, request, run

FIELDS = ["direction", "api", "api_key", "version", "correlation_id", "client_id", "body"]


def test_a_hex_argument_is_shown_as_a_tree(inspect):
    shown = inspect(METADATA_REQUEST.hex())
    assert shown.status == 0
    assert "Metadata  v9  request  correlation id 7" in shown.out
    assert 'name: "orders"' in shown.out


def test_a_frame_without_its_length_is_understood_too(inspect):
    shown = inspect("--json", METADATA_REQUEST[4:].hex())
    assert shown.objects[0]["body"]["topics"][0]["name"] == "orders"


def test_request_and_answer_on_standard_input_are_paired():
    shown = run("--hex", "--json", stdin=hex_lines((">", METADATA_REQUEST), ("<", METADATA_ANSWER)))
    asked, answered = shown.objects
    assert list(asked) == FIELDS and list(answered) == FIELDS
    assert (asked["direction"], answered["direction"]) == ("request", "response")
    assert (answered["api"], answered["api_key"], answered["version"]) == ("Metadata", 3, 9)
    assert answered["client_id"] == "test"
    assert answered["body"]["brokers"][0]["host"] == "kafka-1.internal"
    assert shown.status == 0


def test_uuids_are_printed_as_kafka_does_and_bytes_as_hex(inspect):
    topic_id = bytes.fromhex("0102030405060708090a0b0c0d0e0ff0")
    data = [{"topic_id": topic_id, "partition_data": [{"index": 0, "records": b"\x00\xff"}]}]
    frame = request("Produce", 13, 1, {"acks": 1, "topic_data": data})
    (entry,) = inspect("--json", frame.hex()).objects[0]["body"]["topic_data"]
    assert entry["topic_id"] == "AQIDBAUGBwgJCgsMDQ4P8A"
    assert entry["partition_data"][0]["records"] == "00ff"


def test_an_answer_alone_is_decoded_as_what_it_is_said_to_be(inspect):
    shown = inspect("--as", "Metadata:9", "--json", METADATA_ANSWER.hex())
    assert shown.status == 0
    assert shown.objects[0]["direction"] == "response"
    assert shown.objects[0]["body"]["cluster_id"] == "abc"


def test_an_answer_without_request_says_so_and_fails(inspect, tmp_path):
    path = tmp_path / "lines.hex"
    path.write_bytes(hex_lines(("<", METADATA_ANSWER)))
    shown = inspect("--json", path)
    assert shown.status == 1
    assert shown.objects[0]["error"] == "no request with correlation id 7 was seen"
    assert shown.objects[0]["offset"] == 4


def test_a_bad_frame_is_marked_at_the_exact_byte(inspect):
    broken = bytearray(METADATA_REQUEST)
    at = broken.index(b"\x07orders")
    broken[at] = 0x70  # a topic name longer than what is left
    shown = inspect(bytes(broken).hex())
    assert shown.status == 1
    offset = inspect("--json", bytes(broken).hex()).objects[0]["offset"]
    assert offset == at + 1
    marks = [line for line in shown.out.splitlines() if "^^" in line]
    row = next(line for line in shown.out.splitlines() if f"{offset // 16 * 16:08x}" in line)
    assert row[marks[0].index("^^") :].startswith(f"{broken[offset]:02x}")


def test_a_bad_frame_does_not_keep_the_next_from_being_decoded(inspect, tmp_path):
    path = tmp_path / "lines.hex"
    lines = [b"# a comment", b"> 0000", b"> zz", b"", hex_lines((">", METADATA_REQUEST[:-3]), (">", METADATA_REQUEST))]
    path.write_bytes(b"\n".join(lines))
    shown = inspect("--json", path)
    errors = [line.get("error") for line in shown.objects]
    assert shown.status == 1
    assert errors[0] == "the data ends after 2 of the 4 bytes of a length"
    assert errors[1] == "'z' is no hex digit"
    assert errors[2] == f"the data ends after {len(METADATA_REQUEST) - 7} of {len(METADATA_REQUEST) - 4} bytes"
    assert errors[3] is None
    assert shown.objects[2]["api"] == "Metadata"


def test_bytes_behind_a_body_are_told_and_the_body_is_shown_all_the_same(inspect):
    longer = bytearray(METADATA_REQUEST + b"\0\0")
    longer[3] += 2
    shown = inspect("--json", bytes(longer).hex())
    assert shown.objects[0]["error"] == "2 bytes behind the end of the body"
    assert shown.objects[0]["offset"] == len(METADATA_REQUEST)
    assert shown.objects[0]["body"]["topics"][0]["name"] == "orders"


@pytest.mark.parametrize(("key", "version", "said"), [(99, 0, "no such api key"), (3, 90, "no version 90")])
def test_unknown_apis_and_versions_are_named(inspect, key, version, said):
    frame = bytearray(METADATA_REQUEST)
    frame[4:8] = key.to_bytes(2, "big") + version.to_bytes(2, "big")
    shown = inspect("--json", "--hex", bytes(frame).hex())
    assert shown.status == 1
    assert said in shown.objects[0]["error"]


def test_error_codes_have_their_names(inspect, tmp_path):
    path = tmp_path / "lines.hex"
    refused = answer("Heartbeat", 4, 1, {"error_code": 27})
    path.write_bytes(hex_lines((">", request("Heartbeat", 4, 1)), ("<", refused)))
    assert "error_code: 27 REBALANCE_IN_PROGRESS" in inspect(path).out


def test_what_is_neither_a_file_nor_hex_is_refused(inspect):
    shown = inspect("nowhere.pcap")
    assert shown.status == 1
    assert "no such file" in shown.err
