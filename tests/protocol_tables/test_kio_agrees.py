"""An independent implementation reads our bytes and writes the same ones: kio, generated from Kafka's schemas too.

What is built here from generated values is read by kio, which must use up all of it, and written again by kio.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kio.index import load_entity_schema, load_request_schema, load_response_schema
from kio.schema.errors import ErrorCode
from kio.schema.index import api_key_map, schema_name_map
from kio.serial import entity_reader, entity_writer
from kio.static.constants import EntityType

from conformance.strategies import values
from klamm.wire import Message
from protocol_tables import registry
from protocol_tables.consumer_protocol import ASSIGNMENT, SUBSCRIPTION, consumer_layout

KNOWN_TO_BOTH = [
    (api.key, version, direction)
    for api in registry.BY_KEY.values()
    for version in api.versions
    for direction in ("request", "response")
    if version in schema_name_map.get(api_key_map.get(api.key, ""), ())
]

# kio's values are stricter than the wire: error codes are those of its enum, times are datetime and timedelta.
KINDS = {
    "ErrorCode": st.sampled_from([code.value for code in ErrorCode]),
    "Timestamp": st.just(-1) | st.integers(0, 2**31).map(lambda seconds: seconds * 1000),
    "Duration": st.integers(-(2**31), 2**31 - 1),
    "LongDuration": st.integers(-(2**40), 2**40),
}

QUICK = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def check_kio_agrees(layout: Message, schema: Any) -> None:
    """Let kio read and write what the layout builds."""
    read, write = entity_reader(schema), entity_writer(schema)

    @QUICK
    @given(values(layout, kinds=KINDS, unknown_tags=False))
    def agrees(value: Any) -> None:
        data = layout.build(value)
        entity, size = read(data, 0)
        assert size == len(data)
        out = io.BytesIO()
        write(out, entity)
        assert out.getvalue() == data

    agrees()


@pytest.mark.parametrize(("key", "version", "direction"), KNOWN_TO_BOTH)
def test_kio_reads_and_writes_the_same_bytes(key: int, version: int, direction: str) -> None:
    api = registry.BY_KEY[key]
    if direction == "request":
        check_kio_agrees(api.request(version), load_request_schema(key, version))
    else:
        check_kio_agrees(api.response(version), load_response_schema(key, version))


@pytest.mark.parametrize("version", range(4))
def test_kio_reads_and_writes_the_same_consumer_protocol(version: int) -> None:
    for record, name in (
        (SUBSCRIPTION, "consumer_protocol_subscription"),
        (ASSIGNMENT, "consumer_protocol_assignment"),
    ):
        check_kio_agrees(consumer_layout(record, version), load_entity_schema(name, version, EntityType.data))


def test_kio_knows_almost_every_version_that_the_tables_have() -> None:
    # What it lacks are versions that Kafka 4.0 removed and those that are newer than kio.
    assert len(KNOWN_TO_BOTH) >= 370


def test_headers_are_the_same_for_kio() -> None:
    for api in registry.BY_KEY.values():
        for version in api.versions:
            if (api.key, version, "request") not in KNOWN_TO_BOTH:
                continue
            request, response = load_request_schema(api.key, version), load_response_schema(api.key, version)
            assert request.__header_schema__.__version__ == api.request_header_version(version)
            assert response.__header_schema__.__version__ == api.response_header_version(version)
