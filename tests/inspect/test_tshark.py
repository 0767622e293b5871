"""A capture of Kafka's own tools and of an older client, read by tshark and by klamm-inspect; see data/README.md.

tshark writes in its remarks what it cannot read. Of all requests it reads the header, of all answers the correlation
id. An answer's API it knows where it could read the request, and a message's topics where it supports the version.
"""

import csv
from pathlib import Path
from typing import Any

import pytest

from klamm.inspect.cli import main
from tests.inspect.helpers import Outcome

DATA = Path(__file__).with_name("data")
CAPTURE = DATA / "kafka_4_3_1.pcap"
BROKER_PORT = "43709"
NOT_READ = ("Unsupported ", "Unknown ", "Malformed Packet", "Request missing")
HOLD_TOPICS = ("topics", "responses", "topic_data")


@pytest.fixture
def rows() -> list[dict[str, str]]:
    """Give tshark's listing."""
    with (DATA / "kafka_4_3_1.tsv").open(newline="") as listing:
        return list(csv.DictReader(listing, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture
def lines(capsys) -> list[dict[str, Any]]:
    """Give klamm-inspect's view, of which every frame could be read to its last byte."""
    status = main(["--json", "--context", str(CAPTURE)])
    outcome = Outcome(status, capsys.readouterr().out, "")
    assert status == 0
    return outcome.objects


def is_read(row: dict[str, str]) -> bool:
    """Tell whether tshark supports the message in a row."""
    return not any(remark in row["remarks"] for remark in NOT_READ)


def topics_in(value: Any) -> set[str]:
    """Collect the topics' names in a body."""
    if isinstance(value, list):
        return set().union(*map(topics_in, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(topics_in, value.values()))
    for field in HOLD_TOPICS:
        found |= {each.get("name") or each.get("topic") for each in value.get(field) or [] if isinstance(each, dict)}
    return found - {None}


def test_every_frame_is_found_with_the_same_header(rows, lines):
    assert len(lines) == len(rows)
    for row, line in zip(rows, lines, strict=True):
        is_request = row["to"] == BROKER_PORT
        client = row["from"] if is_request else row["to"]
        assert line["connection"] == f"127.0.0.1:{client} > 127.0.0.1:{BROKER_PORT}"
        assert line["direction"] == ("request" if is_request else "response")
        assert str(line["correlation_id"]) == row["correlation_id"]
        if is_request:
            assert (str(line["version"]), line["client_id"]) == (row["version"], row["client_id"]), row
        if is_request or row["api_key"]:
            assert str(line["api_key"]) == row["api_key"], row


def test_topics_are_the_same_wherever_tshark_supports_the_version(rows, lines):
    compared = 0
    for row, line in zip(rows, lines, strict=True):
        if is_read(row):
            named = set(row["topics"].split(",")) - {""}
            assert topics_in(line["body"]) == named, row
            compared += bool(named)
    assert compared == 25


def test_what_tshark_does_not_support_is_known(rows, lines):
    unread = {
        f"{line['api']} v{line['version']}" for row, line in zip(rows, lines, strict=True) if not is_read(row)
    } - {"ApiVersions v2"}  # only in what its answer lists
    assert unread == {
        "ApiVersions v4", "CreateTopics v7", "DescribeCluster v2", "DescribeConfigs v4", "DescribeTopicPartitions v0",
        "Fetch v18", "FindCoordinator v6", "InitProducerId v5", "JoinGroup v9", "LeaveGroup v5",
        "ListOffsets v11", "ListPartitionReassignments v0", "Metadata v13", "OffsetCommit v9", "OffsetFetch v9",
        "Produce v13",
    }  # fmt: skip


def test_the_capture_shows_nothing_but_loopback(lines):
    data = CAPTURE.read_bytes()
    assert len(data) < 150_000
    assert all(line["connection"].count("127.0.0.1:") == 2 for line in lines)
    for trace in (b"/tmp", b"/home", b"/root", b"/work", b".internal", b".local"):
        assert trace not in data
