"""What a new release adds becomes a list of things to do, with the file to edit and the rules to write."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from klamm.wire import Versions
from protocol_tables import registry
from protocol_tables.api import Api
from tools.audit_tables.cli import RELEASES, main
from tools.audit_tables.news import checklist
from tools.audit_tables.schemas import find_jar, read_jar

NEWEST = RELEASES[-1]


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    """Read the newest release's schemas once."""
    return read_jar(find_jar(NEWEST))


def without(*keys: int, **newest: int) -> dict[int, Api]:
    """Give the tables as they were before some APIs and versions came."""
    apis = {key: api for key, api in registry.BY_KEY.items() if key not in keys}
    for name, version in newest.items():
        api = copy.copy(registry.named(name))
        api.versions = Versions(api.versions.min, version)
        apis[api.key] = api
    return apis


def test_nothing_is_to_do_for_a_release_that_the_tables_have(
    schemas: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert checklist(schemas, NEWEST) == []
    assert main(["--new", NEWEST]) == 0
    assert capsys.readouterr().out == f"{NEWEST}: the tables have every version of every API that it has\n"


def test_a_new_version_names_its_fields_its_file_and_its_rules(schemas: dict[str, Any]) -> None:
    lines = checklist(schemas, NEWEST, without(TxnOffsetCommit=5))
    assert lines[0] == "[ ] TxnOffsetCommit (28) version 6: edit protocol_tables/api_28_txn_offset_commit.py"
    assert '    new field: request topics[].topic_id: "topic_id" / Since(6, TopicId)' in lines
    assert "    gone field: request topics[].name: Only(..., up to 5)" in lines
    assert "    rule: request topics[].topic_id (TopicId)" in lines
    assert any(line.startswith("    Kafka on the request: Version 6 adds support for topic IDs") for line in lines)


def test_a_new_api_names_every_field_as_it_may_be_declared(schemas: dict[str, Any]) -> None:
    lines = checklist(schemas, NEWEST, without(93))
    assert lines[0] == (
        "[ ] new API StreamsGroupTopologyDescriptionUpdate (93), versions 0: "
        "write protocol_tables/api_93_streams_group_topology_description_update.py"
    )
    nodes = "topology_description.subtopologies[].nodes[]"
    assert f'    request {nodes}.sink_topic: "sink_topic" / Default(Nullable(TopicName), None)' in lines
    assert f"    rule: request {nodes}.source_topics[] (TopicName)" in lines
    assert '    response error_code: "error_code" / ErrorCode' in lines
    assert "    rule: response error_code (ErrorCode)" not in lines


def test_a_new_address_is_wanted_in_both_rules_files(schemas: dict[str, Any]) -> None:
    lines = checklist(schemas, NEWEST, without(Fetch=15))
    assert "[ ] an address: FetchResponse node_endpoints[].host in rewrite_rules/address_only.yaml too" in lines


def test_a_change_in_a_version_that_the_tables_have_is_told(schemas: dict[str, Any]) -> None:
    changed = {**schemas["HeartbeatRequest"], "fields": schemas["HeartbeatRequest"]["fields"][:-1]}
    lines = checklist({**schemas, "HeartbeatRequest": changed}, NEWEST)
    assert any("Heartbeat v4 request group_instance_id" in line and "(a version that" in line for line in lines)


def test_the_list_ends_with_what_no_schema_says(schemas: dict[str, Any]) -> None:
    lines = checklist(schemas, NEWEST, without(94))
    assert [line.split(":")[0] for line in lines[-3:-1]] == [
        "[ ] protocol_tables/errors.py",
        "[ ] tools/audit_tables/cli.py",
    ]
