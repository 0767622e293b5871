"""kio, generated from Kafka's schemas: a reader in Rust, a writer in Python."""

from __future__ import annotations

import dataclasses
import io
import typing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from kio.index import load_entity_schema, load_request_schema, load_response_schema
from kio.schema.errors import ErrorCode
from kio.schema.index import api_key_map, schema_name_map
from kio.serial import entity_reader, entity_writer
from kio.static.constants import EntityType

from conformance.cases import Case
from conformance.strategies import Kinds

__all__ = ["KIO", "Kio"]

_EMBEDDED = {
    "ConsumerProtocolSubscription": "consumer_protocol_subscription",
    "ConsumerProtocolAssignment": "consumer_protocol_assignment",
}

# Where kio has no value for a time that is not known, -1 on the wire.
_NO_TIME_UNKNOWN = frozenset(
    {"CreateDelegationToken", "DescribeTransactions", "ExpireDelegationToken", "RenewDelegationToken"}
)
_RENAMED = {
    "generation_id_or_member_epoch": "generation_id",
    "acceptable_recovery_lag_legacy": "acceptable_recovery_lag",
}
"""Fields that Kafka has renamed since the release that kio was made from."""


class _KioCodec:
    """One of kio's generated classes."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._read, self._write = entity_reader(schema), entity_writer(schema)

    def make(self, value: dict[str, Any]) -> Any:
        return _entity(self._schema, value)

    def write(self, message: Any) -> bytes:
        out = io.BytesIO()
        self._write(out, message)
        return out.getvalue()

    def read(self, data: bytes) -> tuple[Any, int]:
        message, used = self._read(data, 0)
        return message, used


class Kio:
    """kio's values are stricter than the wire: error codes are those of its enum, times are of Python's own types."""

    name = "kio"

    def kinds(self, case: Case) -> Kinds:
        times = st.integers(0, 2**31).map(lambda seconds: seconds * 1000)
        return {
            "ErrorCode": st.sampled_from([code.value for code in ErrorCode]),
            "Timestamp": times if case.name in _NO_TIME_UNKNOWN else st.just(-1) | times,
            "LongDuration": st.integers(0, 2**40) if case.name in _NO_TIME_UNKNOWN else st.integers(-(2**40), 2**40),
        }

    def codec(self, case: Case) -> _KioCodec | None:
        if case.key is None:
            return _KioCodec(load_entity_schema(_EMBEDDED[case.name], case.version, EntityType.data))
        if case.version not in schema_name_map.get(api_key_map.get(case.key, ""), ()):
            return None
        load = load_request_schema if case.direction == "request" else load_response_schema
        return _KioCodec(load(case.key, case.version))


KIO = Kio()


def _entity(schema: Any, value: dict[str, Any]) -> Any:
    fields = dataclasses.fields(schema)
    known = {field.name for field in fields}
    # Fields that are times lose, with kio, the unit at the end of their name.
    ours = {_name(name, known): held for name, held in value.items()}
    assert ours.keys() == known, f"kio's {schema.__name__} has {sorted(known)}"
    return schema(**{field.name: _field(field, ours[field.name]) for field in fields})


def _name(ours: str, known: set[str]) -> str:
    return next((name for name in (ours, _RENAMED.get(ours, ""), ours.removesuffix("_ms")) if name in known), ours)


def _field(field: Any, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_single(field, item) for item in value)
    return None if value is None else _single(field, value)


def _single(field: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return _entity(_nested(field.type), value)
    match field.metadata["kafka_type"]:
        case "error_code":
            return ErrorCode(value)
        case "timedelta_i32" | "timedelta_i64":
            return timedelta(milliseconds=value)
        case "datetime_i64":
            return None if value == -1 else datetime.fromtimestamp(value / 1000, UTC)
        case "uuid":
            return UUID(bytes=value) if any(value) else None
    return value


def _nested(declared: Any) -> Any:
    """Gives the entity in ``Entity``, ``Entity | None`` or ``tuple[Entity, ...] | None``."""
    if dataclasses.is_dataclass(declared):
        return declared
    found = (_nested(inner) for inner in typing.get_args(declared))
    return next((entity for entity in found if entity is not None), None)
