"""The tables say what Kafka's own schemas say, and the audit that finds this out overlooks nothing."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from protocol_tables import registry
from tools.audit_tables import kafka, tables
from tools.audit_tables.cli import RELEASES, main
from tools.audit_tables.compare import audit, differing
from tools.audit_tables.deliberate import DELIBERATE
from tools.audit_tables.schemas import NoJar, find_jar, read_jar

NEWEST = RELEASES[-1]


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    """Read the newest release's schemas once."""
    return read_jar(find_jar(NEWEST))


@pytest.mark.parametrize("release", RELEASES)
def test_the_tables_say_what_kafka_says(release: str) -> None:
    report = audit(read_jar(find_jar(release)))
    assert [str(found) for found in report.differences] == []
    assert report.layouts > 500


def test_every_deliberate_difference_is_there_and_has_a_reason() -> None:
    met = {one for release in RELEASES for one in audit(read_jar(find_jar(release))).deliberate}
    assert met == set(DELIBERATE)
    assert all(one.reason for one in DELIBERATE)


def test_every_api_that_brokers_serve_has_a_table(schemas: dict[str, Any]) -> None:
    without = {key: api for key, api in registry.BY_KEY.items() if key not in (3, 94)}
    report = audit(schemas, without)
    assert [str(found) for found in report.differences] == [
        "API key 3 request: Kafka says table MetadataRequest, the table says table none",
        "API key 3 response: Kafka says table MetadataResponse, the table says table none",
        "API key 94 request: Kafka says table UnregisterControllerRequest, the table says table none",
        "API key 94 response: Kafka says table UnregisterControllerResponse, the table says table none",
    ]
    # Those that controllers serve alone, ZooKeeper's brokers served, or that left with ZooKeeper.
    assert not registry.BY_KEY.keys() & {4, 5, 6, 7, 52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73, 82}


def test_every_table_is_of_an_api_that_the_newest_kafka_has(schemas: dict[str, Any]) -> None:
    for api in registry.BY_KEY.values():
        assert schemas[f"{api.name}Request"]["apiKey"] == schemas[f"{api.name}Response"]["apiKey"] == api.key


def test_the_audit_sees_every_field_that_is_lost_added_moved_or_altered(schemas: dict[str, Any]) -> None:
    for api in registry.BY_KEY.values():
        for direction in ("request", "response"):
            theirs = kafka.rows(schemas[f"{api.name}{direction.capitalize()}"], api.versions.max)
            ours = list(tables.rows(getattr(api, direction)(api.versions.max)))
            for index, row in enumerate(ours):
                before, after = ours[:index], ours[index + 1 :]
                assert list(differing(theirs, before + after, "")), f"{api.name} without {row.path}"
                assert list(differing(theirs, [*ours, replace(row, path="more")], ""))
                for change in (
                    {"type": f"[]{row.type}"},
                    {"nullable": not row.nullable},
                    {"default": "changed"},
                    {"tag": 77},
                    {"compact": row.compact is not True},
                ):
                    altered = [*before, replace(row, **change), *after]
                    assert list(differing(theirs, altered, "")), f"{api.name} {row.path} {change}"
            for index in range(len(ours) - 1):
                swapped = [*ours[:index], ours[index + 1], ours[index], *ours[index + 2 :]]
                assert list(differing(theirs, swapped, "")), f"{api.name} with {ours[index].path} moved"


def test_the_audit_sees_a_name_that_is_declared_as_a_plain_string(schemas: dict[str, Any]) -> None:
    theirs = kafka.rows(schemas["MetadataRequest"], 9)
    ours = list(tables.rows(registry.named("Metadata").request(9)))
    plain = [replace(row, meaning="String") if row.meaning == "TopicName" else row for row in ours]
    (found,) = differing(theirs, plain, "Metadata v9 request")
    assert str(found) == (
        "Metadata v9 request topics[].name: Kafka says entityType topicName, the table says entityType String"
    )


def test_the_audit_sees_by_its_name_what_kafka_does_not_say(schemas: dict[str, Any]) -> None:
    theirs = kafka.rows(schemas["ShareGroupHeartbeatRequest"], 1)
    ours = list(tables.rows(registry.named("ShareGroupHeartbeat").request(1)))
    plain = [replace(row, meaning="String") if row.path == "member_id" else row for row in ours]
    (found,) = differing(theirs, plain, "ShareGroupHeartbeat v1 request")
    assert str(found) == (
        "ShareGroupHeartbeat v1 request member_id: Kafka says by its name MemberId, the table says by its name String"
    )


def edited_jar(folder: Path, message: str, changes: dict[str, Any]) -> Path:
    """Write a jar with one schema of the newest release, altered."""
    with zipfile.ZipFile(find_jar(NEWEST)) as jar:
        text = jar.read(f"common/message/{message}.json").decode()
    schema = json.loads("\n".join(line for line in text.splitlines() if not line.strip().startswith("//")))
    path = folder / "kafka-clients-edited.jar"
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr(f"common/message/{message}.json", json.dumps({**schema, **changes}))
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"validVersions": "0-14"}, "Metadata request: Kafka says versions 14, the table says versions 0-13"),
        ({"flexibleVersions": "8+"}, "Metadata v8 request: Kafka says flexible True, the table says flexible False"),
        (
            {"fields": []},
            "Metadata v4 request topics: Kafka says there is no such field, the table says []struct is here",
        ),
        ({"name": "MetaRequest"}, "API key 3 request: Kafka says name MetaRequest, the table says name Metadata"),
    ],
)
def test_the_command_says_what_differs_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], said: str
) -> None:
    assert main(["--jar", str(edited_jar(tmp_path, "MetadataRequest", changes))]) == 1
    assert said in capsys.readouterr().out.splitlines()


def test_an_unfinished_version_is_told_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unfinished = {"validVersions": "0-14", "latestVersionUnstable": True}
    assert main(["--jar", str(edited_jar(tmp_path, "MetadataRequest", unfinished))]) == 1
    assert "Kafka says versions 14" in capsys.readouterr().out


def test_the_command_is_content_with_the_newest_release(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--kafka", NEWEST]) == 0
    assert "0 differences" in capsys.readouterr().out


def test_a_deliberate_difference_that_is_gone_must_leave_the_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Only releases before 4.4 know the field by its old name.
    monkeypatch.setattr("tools.audit_tables.cli.RELEASES", (NEWEST,))
    assert main([]) == 1
    assert "TxnOffsetCommitRequest generation_id: no release differs in name any more" in capsys.readouterr().out


def test_a_file_that_is_no_kafka_clients_jar_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.jar"
    assert main(["--jar", str(wrong)]) == 2
    wrong.write_bytes(b"not a zip")
    assert main(["--jar", str(wrong)]) == 2
    assert main(["--new", str(wrong)]) == 2
    assert capsys.readouterr().err.count(f"{wrong} ") == 3


def test_a_release_that_cannot_be_had_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoJar, match="no mvn to fetch it: give --jar"):
        find_jar("0.0.1", repository=tmp_path, cache=tmp_path)
