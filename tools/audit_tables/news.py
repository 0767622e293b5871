"""What a release adds beyond the tables, as a checklist: which file to edit, what to declare, which rules to write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from protocol_tables import registry
from protocol_tables.api import Api
from protocol_tables.types import INERT
from tools.audit_tables import kafka
from tools.audit_tables.compare import MEANINGS, audit, on_broker_listener
from tools.audit_tables.names import named_meanings
from tools.audit_tables.rows import Row
from tools.audit_tables.schemas import COMMENTS, Schema

__all__ = ["checklist"]

_RULES = "rewrite_rules/tenant_isolation.yaml"
_ADDRESSES = "rewrite_rules/address_only.yaml"
_TYPES = {"bool": "Boolean", "bytes": "Bytes", "records": "Records", "string": "String", "float64": "Float64"}


def checklist(schemas: Mapping[str, Schema], release: str, apis: Mapping[int, Api] = registry.BY_KEY) -> list[str]:
    """Gives the lines to work through; an empty list when the tables have all that the release has."""
    lines: list[str] = []
    for name, schema in sorted(schemas.items(), key=lambda item: item[1].get("apiKey", -1)):
        if schema["type"] != "request" or not on_broker_listener(schemas, schema):
            continue
        stem = name.removesuffix("Request")
        pair = [schema] + [schemas[f"{stem}Response"]] * (f"{stem}Response" in schemas)
        api = apis.get(schema["apiKey"])
        if api is None:
            lines += _new_api(stem, pair)
        else:
            lines += _new_versions(api, pair)
    changed = [found for found in audit(schemas, apis).differences if found.aspect not in ("table", "versions")]
    lines += [f"[ ] {found} (a version that the tables have)" for found in changed]
    return [*lines, *_afterwards(release)] if lines else []


def _new_api(stem: str, pair: list[Schema]) -> Iterator[str]:
    key, versions = pair[0]["apiKey"], kafka.versions(pair[0])
    yield f"[ ] new API {stem} ({key}), versions {_span(versions)}: write {_file(key, stem)}"
    flexible = f'flexible="{pair[0].get("flexibleVersions", "none")}"'
    yield f'    key={key}, name="{stem}", versions="{_span(versions)}", {flexible}'
    for schema in pair:
        yield from _said(schema, versions)
        for row in kafka.rows(schema, versions[-1]):
            yield f"    {_declaration(schema, row)}"
    yield f"[ ] {stem} in {_RULES}: refused (versions: none) until every field below has a rule"
    codes = [row.path for row in kafka.rows(pair[-1], versions[-1]) if row.path.endswith("error_code")]
    yield f"    refuse: error codes are at {', '.join(codes) or 'no place'}"
    yield from _rules_for(pair, versions[-1], known=frozenset())


def _new_versions(api: Api, pair: list[Schema]) -> Iterator[str]:
    added = [version for version in kafka.versions(pair[0]) if version > api.versions.max]
    for version in added:
        unfinished = " (not stable in this release)" if _is_unfinished(pair[0], version) else ""
        yield f"[ ] {api.name} ({api.key}) version {version}{unfinished}: edit {_file(api.key, api.name)}"
        yield f'    versions="{api.versions.min}-{version}", and a line in the docstring: what v{version} brings'
        known = set()
        for schema in pair:
            yield from _said(schema, range(version, version + 1))
            before = {row.path: row for row in kafka.rows(schema, version - 1)}
            known |= {(schema["type"], path) for path in before}
            yield from _changes(schema, version, before)
        yield f"[ ] {api.name} {version} in {_RULES}: raise versions: once its fields are looked at; refuse: covers it"
        yield from _rules_for(pair, version, frozenset(known))


def _changes(schema: Schema, version: int, before: Mapping[str, Row]) -> Iterator[str]:
    now = {row.path: row for row in kafka.rows(schema, version)}
    for path, row in now.items():
        if path not in before:
            yield f"    new field: {_declaration(schema, row, since=version)}"
        elif replace(row, compact=None) != replace(before[path], compact=None):
            yield f"    changed field: {schema['type']} {path}: {_told(before[path])} before, now {_told(row)}"
    for path in before:
        if path not in now:
            yield f"    gone field: {schema['type']} {path}: Only(..., up to {version - 1})"
    if kafka.is_flexible(schema, version) and not kafka.is_flexible(schema, version - 1):
        yield f'    flexible="{version}+"'


def _rules_for(pair: list[Schema], version: int, known: frozenset[tuple[str, str]]) -> Iterator[str]:
    for schema in pair:
        for row in kafka.rows(schema, version):
            kind = _kind(row)
            if (schema["type"], row.path) in known or row.type.endswith("struct") or kind in INERT:
                continue
            entries = "[]" if row.type.startswith("[]") else ""
            yield f"    rule: {schema['type']} {row.path}{entries} ({kind})"
            if schema["type"] == "response" and kind in ("Host", "Port"):
                yield f"[ ] an address: {schema['name']} {row.path} in {_ADDRESSES} too"


def _declaration(schema: Schema, row: Row, since: int | None = None) -> str:
    kind = "Record(...)" if row.type.endswith("struct") else _kind(row)
    written = f"Array({kind})" if row.type.startswith("[]") else kind
    if row.nullable:
        written = f'Array({kind}, nullable="...")' if row.type.startswith("[]") else f"Nullable({written})"
    if row.default not in (None, 0, False, "", b"", bytes(16), "struct") and row.default != []:
        written = f"Default({written}, {row.default!r})"
    elif row.default is None and row.nullable:
        written = f"Default({written}, None)"
    if row.tag is not None:
        written = f"Tagged({row.tag}, {written})"
    if since is not None:
        written = f"Since({since}, {written})"
    return f'{schema["type"]} {row.path}: "{row.path.rpartition(".")[2]}" / {written}'


def _kind(row: Row) -> str:
    """Gives the kind that a field most likely is; a plain type asks the maintainer to find a better one."""
    if row.meaning in MEANINGS:
        return sorted(MEANINGS[row.meaning])[0]
    named = list(named_meanings(row.path, row.type))
    plain = row.type.removeprefix("[]")
    return named[0] if named else _TYPES.get(plain, plain.replace("uint", "UInt").replace("int", "Int").capitalize())


def _told(row: Row) -> str:
    return f"{row.type}{' or null' if row.nullable else ''}, default {row.default!r}, tag {row.tag}"


def _said(schema: Schema, versions: range) -> Iterator[str]:
    """Gives what Kafka's own comments say of the versions."""
    for line in schema.get(COMMENTS, ()):
        if any(re.search(rf"\bversions? {version}(?![.\d+])", line, re.IGNORECASE) for version in versions):
            yield f"    Kafka on the {schema['type']}: {line}"


def _is_unfinished(schema: Schema, version: int) -> bool:
    return bool(schema.get("latestVersionUnstable")) and version == kafka.versions(schema)[-1]


def _file(key: int, name: str) -> str:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return f"protocol_tables/api_{key:02d}_{snake}.py"


def _span(versions: range) -> str:
    return str(versions[0]) if len(versions) == 1 else f"{versions[0]}-{versions[-1]}"


def _afterwards(release: str) -> list[str]:
    return [
        "[ ] protocol_tables/errors.py: error codes are not in the schemas; compare with the release's Errors enum",
        f"[ ] tools/audit_tables/cli.py: add {release!r} to RELEASES; then `python -m tools.audit_tables` says 0",
        "[ ] `python -m conformance`, and klamm check, which loads both rules files",
    ]
