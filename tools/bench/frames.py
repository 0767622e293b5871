"""The requests that are sent, built with Klamm's own tables, and the check of their first answers with the same.

Each is one frame with its length. The generator puts correlation ids into it, always at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from klamm.auth.client import PlainClient
from klamm.wire.framing import frame
from klamm.wire.headers import RequestHeader, decode_response_header, encode_request_header
from protocol_tables import registry
from tools.bench.names import Names

__all__ = ["UnexpectedAnswer", "check_answer", "login_frames", "record_batch", "request_frame"]

_CLIENT_ID = b"bench"
_KIB = 1024
_PRODUCE_VERSION, _FETCH_VERSION, _METADATA_VERSION, _FIND_VERSION = 9, 11, 9, 3
_FULL_RECORDS = 480
_VALUE = bytes(range(256)) * 4


class UnexpectedAnswer(Exception):
    """Says that an answer is not what the workload is about; its figures would be about something else."""


def request_frame(name: str, names: Names) -> bytes:
    """Gives the frame of a workload's request, as somebody writes it who calls topics and groups by `names`."""
    api, version, value = _REQUESTS[name](names)
    return _framed(api, version, value)


def login_frames(username: str, password: str) -> list[bytes]:
    """Gives the frames of a login by SASL/PLAIN, to be sent one after the other."""
    token = PlainClient(username, password).first()
    return [
        _framed("SaslHandshake", 1, {"mechanism": "PLAIN"}),
        _framed("SaslAuthenticate", 1, {"auth_bytes": token}),
    ]


def check_answer(name: str, names: Names, answer: bytes) -> None:
    """Reads an answer and looks for errors and for everything that was asked for; raises UnexpectedAnswer."""
    api_name, version, asked = _REQUESTS[name](names)
    api = registry.named(api_name)
    _, offset = decode_response_header(answer, api.response_header_version(version))
    value = api.response(version).parse(answer[offset:])
    if errors := {code for code in _error_codes(value) if code}:
        raise UnexpectedAnswer(f"{api_name} was answered with error codes {sorted(errors)}")
    if api_name == "Metadata":
        expected = len(names.own) if asked["topics"] is None else len(asked["topics"])
        got = sum(topic["name"].startswith(names.prefix) for topic in value["topics"])
        if got != expected:
            raise UnexpectedAnswer(f"Metadata has {got} topics of the tenant, {expected} were asked for")
    if api_name == "Fetch":
        wanted = sum(part["partition_max_bytes"] for topic in asked["topics"] for part in topic["partitions"])
        got = sum(len(part["records"]) for topic in value["responses"] for part in topic["partitions"])
        if got < 0.9 * wanted:
            raise UnexpectedAnswer(f"Fetch has {got} bytes of records, {wanted} were asked for")


@cache
def record_batch(records: int) -> bytes:
    """Gives a batch of so many records of 1 KiB. The broker numbers it anew, so it may be sent any number of times."""
    from kafka.record.default_records import DefaultRecordBatchBuilder  # type: ignore[import-untyped]

    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=2 * _KIB * records,
    )
    for offset in range(records):
        builder.append(offset, timestamp=1_700_000_000_000, key=None, value=_VALUE, headers=[])
    return bytes(builder.build())


def _framed(name: str, version: int, value: dict[str, Any]) -> bytes:
    api = registry.named(name)
    header = encode_request_header(RequestHeader(api.key, version, 0, _CLIENT_ID), api.request_header_version(version))
    return frame(header + api.request(version).build(value))


def _error_codes(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        if "error_code" in value:
            yield value["error_code"]
        for inner in value.values():
            yield from _error_codes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _error_codes(inner)


_Request = tuple[str, int, dict[str, Any]]


def _produce(topic: str, records: int) -> _Request:
    data = [{"name": topic, "partition_data": [{"index": 0, "records": record_batch(records)}]}]
    return "Produce", _PRODUCE_VERSION, {"acks": 1, "timeout_ms": 10_000, "topic_data": data}


def _fetch(topic: str, partitions: int, size: int) -> _Request:
    asked = [{"partition": number, "fetch_offset": 0, "partition_max_bytes": size} for number in range(partitions)]
    value = {
        "max_wait_ms": 500,
        "min_bytes": 1,
        "max_bytes": 50 * _KIB * _KIB,
        "isolation_level": 0,
        "session_id": 0,
        "topics": [{"topic": topic, "partitions": asked}],
        "forgotten_topics_data": [],
        "rack_id": "",
    }
    return "Fetch", _FETCH_VERSION, value


def _metadata(topics: list[str] | None) -> _Request:
    listed = None if topics is None else [{"name": topic} for topic in topics]
    return "Metadata", _METADATA_VERSION, {"topics": listed, "allow_auto_topic_creation": False}


_REQUESTS: dict[str, Callable[[Names], _Request]] = {
    "produce": lambda names: _produce(names.produce, 1),
    "produce_full": lambda names: _produce(names.produce_full, _FULL_RECORDS),
    "fill_small": lambda names: _produce(names.consume_small, 15),
    "fill_large": lambda names: _produce(names.consume_large, 63),
    "find_coordinator": lambda names: ("FindCoordinator", _FIND_VERSION, {"key": names.group, "key_type": 0}),
    "metadata_one": lambda names: _metadata([names.produce]),
    "metadata_named": lambda names: _metadata(names.own),
    "metadata_all": lambda names: _metadata(None),
    "fetch_64k": lambda names: _fetch(names.consume_large, 1, 64 * _KIB),
    "consume_small": lambda names: _fetch(names.consume_small, 1, _KIB * _KIB),
    "consume_large": lambda names: _fetch(names.consume_large, 1, _KIB * _KIB),
}
