"""Frames for the tests of klamm-inspect, and a way to run it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from klamm.wire import frame
from klamm.wire.headers import RequestHeader, encode_request_header, encode_response_header
from protocol_tables.registry import named


def request(
    api: str, version: int, correlation_id: int, body: dict[str, Any] | None = None, client: bytes | None = b"test"
) -> bytes:
    """Gives a request frame, length first."""
    known = named(api)
    header = RequestHeader(known.key, version, correlation_id, client)
    head = encode_request_header(header, known.request_header_version(version))
    return frame(head + known.request(version).build(body or {}))


def answer(api: str, version: int, correlation_id: int, body: dict[str, Any] | None = None) -> bytes:
    """Gives a response frame, length first."""
    known = named(api)
    head = encode_response_header(correlation_id, known.response_header_version(version))
    return frame(head + known.response(version).build(body or {}))


METADATA_REQUEST = request("Metadata", 9, 7, {"topics": [{"name": "orders"}]})
METADATA_ANSWER = answer(
    "Metadata",
    9,
    7,
    {
        "brokers": [{"node_id": 1, "host": "kafka-1.internal", "port": 9092, "rack": None}],
        "cluster_id": "abc",
        "controller_id": 1,
        "topics": [
            {"name": "__vt_acme_orders", "partitions": [{"leader_id": 1, "replica_nodes": [1], "isr_nodes": [1]}]},
            {"name": "__vt_other_secret", "partitions": []},
        ],
    },
)


def produce(version: int, correlation_id: int, records: bytes, acks: int = -1, topic: str = "orders") -> bytes:
    """Gives a Produce request with one partition's records."""
    data = [{"name": topic, "partition_data": [{"index": 0, "records": records}]}]
    return request("Produce", version, correlation_id, {"acks": acks, "timeout_ms": 1000, "topic_data": data})


@dataclass
class Outcome:
    """What a run of klamm-inspect gave."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments: str, stdin: bytes | None = None) -> Outcome:
    """Runs klamm-inspect as a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "klamm.inspect.cli", *arguments]
    done = subprocess.run(command, input=stdin if stdin is not None else b"", capture_output=True, timeout=60)
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def hex_lines(*frames: tuple[str, bytes]) -> bytes:
    """Gives marked hex lines."""
    return "\n".join(f"{mark} {data.hex()}" for mark, data in frames).encode()
