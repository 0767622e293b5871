"""What differs between a release's schemas and our tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from protocol_tables import registry
from protocol_tables.api import Api
from protocol_tables.consumer_protocol import ASSIGNMENT, SUBSCRIPTION, consumer_layout
from tools.audit_tables import kafka, tables
from tools.audit_tables.deliberate import DELIBERATE, Deliberate
from tools.audit_tables.names import named_meanings
from tools.audit_tables.rows import Row
from tools.audit_tables.schemas import Schema

__all__ = ["Difference", "Report", "audit", "compare_message", "differing", "on_broker_listener"]

MEANINGS = {
    "topicName": {"TopicName"},
    "groupId": {"GroupId"},
    "transactionalId": {"TransactionalId"},
    "brokerId": {"NodeId", "ReplicaId"},
    "producerId": {"ProducerId"},
}
"""Kafka's entityType and the kinds of ours that may stand for it."""

_EMBEDDED = {"ConsumerProtocolSubscription": SUBSCRIPTION, "ConsumerProtocolAssignment": ASSIGNMENT}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that Kafka says of a field and our table does not."""

    where: str
    path: str
    aspect: str
    kafka: str
    table: str

    def __str__(self) -> str:
        named = f"{self.where} {self.path}".rstrip()
        about = "" if self.aspect == "field" else f"{self.aspect} "
        return f"{named}: Kafka says {about}{self.kafka}, the table says {about}{self.table}"


@dataclass(slots=True)
class Report:
    """What one release's audit found; ``layouts`` counts the (message, version) pairs compared."""

    layouts: int = 0
    differences: list[Difference] = field(default_factory=list)
    deliberate: set[Deliberate] = field(default_factory=set)

    def add(self, message: str, found: Difference) -> None:
        """Files a difference under those that are wanted, or under those that are not."""
        said = (message, found.path, found.aspect, found.kafka, found.table)
        wanted = [one for one in DELIBERATE if (one.message, one.path, one.aspect, one.kafka, one.table) == said]
        if wanted:
            self.deliberate.update(wanted)
        else:
            self.differences.append(found)


def audit(schemas: Mapping[str, Schema], apis: Mapping[int, Api] = registry.BY_KEY) -> Report:
    """Compares every message version that the release has on its broker listeners, finished or not."""
    report = Report()
    for name, schema in sorted(schemas.items()):
        if name in _EMBEDDED:
            _compare_embedded(report, schema)
        elif on_broker_listener(schemas, schema):
            api = apis.get(schema["apiKey"])
            if api is not None:
                compare_message(report, api, schema)
            else:
                report.add(name, Difference(f"API key {schema['apiKey']} {schema['type']}", "", "table", name, "none"))
    return report


def on_broker_listener(schemas: Mapping[str, Schema], schema: Schema) -> bool:
    """Says whether a message is a request that brokers serve to clients or to each other, or the answer to one."""
    if schema["type"] not in {"request", "response"}:
        return False
    # Only requests name their listeners.
    request = schema if schema["type"] == "request" else schemas.get(f"{_stem(schema)}Request", {})
    return "broker" in request.get("listeners", ())


def differing(theirs: list[Row], ours: list[Row], where: str) -> Iterator[Difference]:
    """Compares two layouts of one message version: fields and their order first, then field by field."""
    their_paths, our_paths = [row.path for row in theirs], [row.path for row in ours]
    known = {row.path: row for row in ours}
    for row in theirs:
        if row.path not in known:
            yield Difference(where, row.path, "field", f"{row.type} is here", "there is no such field")
    for path in our_paths:
        if path not in their_paths:
            yield Difference(where, path, "field", "there is no such field", f"{known[path].type} is here")
    common = [path for path in our_paths if path in their_paths]
    for before, wanted in zip(common, (path for path in their_paths if path in known), strict=True):
        if before != wanted:
            yield Difference(where, wanted, "field", "it comes here", f"{before} does")
            break
    for row in theirs:
        if row.path in known:
            yield from _differing_field(row, known[row.path], where)


def _differing_field(theirs: Row, ours: Row, where: str) -> Iterator[Difference]:
    for aspect in ("type", "nullable", "default", "tag", "compact"):
        their, our = getattr(theirs, aspect), getattr(ours, aspect)
        if (their, type(their)) != (our, type(our)):
            yield Difference(where, theirs.path, aspect, repr(their), repr(our))
    if theirs.meaning is not None and ours.meaning not in MEANINGS.get(theirs.meaning, ()):
        yield Difference(where, theirs.path, "entityType", theirs.meaning, str(ours.meaning))
    named = named_meanings(ours.path, ours.type)
    if named and str(ours.meaning) not in named:
        yield Difference(where, theirs.path, "by its name", " or ".join(named), str(ours.meaning))


def compare_message(report: Report, api: Api, schema: Schema) -> None:
    """Compares one message of an API, name and versions first, then version by version."""
    message, direction = schema["name"], schema["type"]
    if message != f"{api.name}{direction.capitalize()}":
        report.add(message, Difference(f"API key {api.key} {direction}", "", "name", message, api.name))
    layout = api.request if direction == "request" else api.response
    for version in kafka.versions(schema):
        if version not in api.versions:
            missing = Difference(f"{api.name} {direction}", "", "versions", str(version), str(api.versions))
            report.add(message, missing)
            continue
        where = f"{api.name} v{version} {direction}"
        flexible = kafka.is_flexible(schema, version)
        if flexible != (version in api.flexible):
            report.add(message, Difference(where, "", "flexible", str(flexible), str(version in api.flexible)))
        report.layouts += 1
        ours = list(tables.rows(layout(version)))
        for found in differing(_renamed(report, message, kafka.rows(schema, version), ours), ours, where):
            report.add(message, found)


def _renamed(report: Report, message: str, theirs: list[Row], ours: list[Row]) -> list[Row]:
    """Gives Kafka's rows the names that the tables use where one name changed between releases."""
    wanted = {one.path: one for one in DELIBERATE if one.message == message and one.aspect == "name"}
    known = {row.path for row in ours}
    renamed = [row for row in theirs if row.path in wanted and row.path not in known]
    report.deliberate.update(wanted[row.path] for row in renamed)
    return [replace(row, path=wanted[row.path].table) if row in renamed else row for row in theirs]


def _compare_embedded(report: Report, schema: Schema) -> None:
    record = _EMBEDDED[schema["name"]]
    for version in kafka.versions(schema):
        where = f"{schema['name']} v{version}"
        report.layouts += 1
        ours = list(tables.rows(consumer_layout(record, version)))
        for found in differing(kafka.rows(schema, version), ours, where):
            report.add(schema["name"], found)


def _stem(schema: Schema) -> str:
    name: str = schema["name"]
    return name.removesuffix("Response").removesuffix("Request")
