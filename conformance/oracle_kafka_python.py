"""kafka-python: its own codec over its own copy of the schemas, some older and some with versions that Kafka dropped.

Its message classes rename fields and turn bit sets into Python sets; what is held to ours here is the codec under
them, with one plain class per schema.
"""

from __future__ import annotations

import io
import warnings
from importlib import import_module
from importlib.resources import files
from typing import Any
from uuid import UUID

from conformance.cases import Case
from conformance.strategies import Kinds

__all__ = ["KAFKA_PYTHON", "KafkaPython"]

_NO_VERSIONS = (0, -1)
_NO_UUID = bytes(16)
_RENAMED = {"generation_id_or_member_epoch": "generation_id"}
"""Fields that Kafka has renamed since the schemas that kafka-python carries."""


def _module(name: str) -> Any:
    # It has no types, and importing it calls a function that Python has deprecated.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module(name)


_module("kafka.errors")  # before its protocol package, which imports it in a circle
_DATA = _module("kafka.protocol.api_data")
_SCHEMAS = files(_module("kafka.protocol.schemas.resources"))
_PLAIN = _DATA.JsonSchemaData("Plain", (_DATA.DataContainer,), {"__slots__": ()}, init=False)
"""A message with the fields that the schema of its class's name says."""


class _KafkaPythonCodec:
    """kafka-python's reader and writer of one version."""

    def __init__(self, message: Any, case: Case) -> None:
        self._message = message
        self._how = {"version": case.version, "compact": case.flexible, "tagged": case.flexible}

    def make(self, value: dict[str, Any]) -> Any:
        return _plain(self._message._struct, value, self._how["version"])

    def write(self, message: Any) -> bytes:
        written: bytes = self._message._struct.encode(message, **self._how)
        return written

    def read(self, data: bytes) -> tuple[Any, int]:
        stream = io.BytesIO(data)
        message = self._message._struct.decode(stream, **self._how)
        return message, stream.tell()


class KafkaPython:
    """Everything that it has a schema of, at the versions that the schema has fields for."""

    name = "kafka-python"

    def __init__(self) -> None:
        self._messages: dict[str, Any] = {}

    def kinds(self, case: Case) -> Kinds:
        return {}

    def codec(self, case: Case) -> _KafkaPythonCodec | None:
        name = case.name + ("" if case.key is None else case.direction.capitalize())
        if name not in self._messages:
            known = _SCHEMAS.joinpath(f"{name}.json").is_file()
            with warnings.catch_warnings():  # as above: it reads the schema with a function that is deprecated
                warnings.simplefilter("ignore", DeprecationWarning)
                self._messages[name] = _DATA.JsonSchemaData(name, (_PLAIN,), {}) if known else None
        message = self._messages[name]
        low, high = _NO_VERSIONS if message is None else _DATA.BaseField.parse_versions(message._json["validVersions"])
        return _KafkaPythonCodec(message, case) if low <= case.version <= high else None


KAFKA_PYTHON = KafkaPython()


def _plain(struct: Any, value: dict[str, Any], version: int) -> dict[str, Any]:
    """Gives what its writer takes: a dict without the tagged fields that have their default."""
    known = {field.name: field for field in struct._fields if field.for_version_q(version)}
    value = {name if name in known else _RENAMED.get(name, name): held for name, held in value.items()}
    assert known.keys() == value.keys(), f"kafka-python's {struct._name} has {sorted(known)}"
    return {
        name: _held(field, value[name], version)
        for name, field in known.items()
        if not _is_left_out(field, value[name])
    }


def _is_left_out(field: Any, value: Any) -> bool:
    # It knows the default of every tagged field but of uuids and records.
    if field._tag is None or not isinstance(value, dict):
        return field._tag is not None and value == _NO_UUID
    return all(value[inner.name] == inner.default for inner in field._fields)


def _held(field: Any, value: Any, version: int) -> Any:
    if isinstance(value, list):
        return [_held(field, item, version) for item in value]
    if isinstance(value, dict):
        return _plain(field, value, version)
    return UUID(bytes=value) if field._type_str.removeprefix("[]") == "uuid" and value is not None else value
