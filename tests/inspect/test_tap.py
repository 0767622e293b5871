"""The tap: what is written can be read again, and what must not be written is not there."""

import logging
import time
from pathlib import Path

import pytest

from klamm.observe.tap import MAGIC, Tap
from tests.inspect.helpers import METADATA_ANSWER, METADATA_REQUEST, answer, produce, request
from tests.inspect.test_records import RECORDS, batch, message

UPSTREAM_REQUEST = request("Metadata", 9, 7, {"topics": [{"name": "__vt_acme_orders"}]})
CLIENT_ANSWER = answer("Metadata", 9, 7, {"cluster_id": "own", "topics": [{"name": "orders"}]})
SECRET = b"correct horse battery staple"


def bare(frame: bytes) -> bytes:
    """Take the length off."""
    return frame[4:]


def write_exchange(tap: Tap, tenant: str = "acme", connection: int = 5) -> None:
    """Write one Metadata exchange, both views."""
    tap.request(connection, tenant, bare(METADATA_REQUEST), bare(UPSTREAM_REQUEST))
    tap.response(connection, tenant, 3, bare(CLIENT_ANSWER), bare(METADATA_ANSWER), 9)


def test_both_views_of_an_exchange_can_be_read_again(inspect, tmp_path):
    tap = Tap(tmp_path / "tap")
    write_exchange(tap)
    tap.close()
    lines = inspect("--json", "--context", tmp_path / "tap").objects
    assert [(line["view"], line["direction"]) for line in lines] == [
        ("client", "request"), ("broker", "request"), ("client", "response"), ("broker", "response"),
    ]  # fmt: skip
    assert all(line["tenant"] == "acme" and line["connection"] == "#5" for line in lines)
    assert abs(lines[0]["time"] - time.time()) < 60
    assert lines[3]["body"]["topics"][1]["name"] == "__vt_other_secret"
    assert inspect(tmp_path / "tap").status == 0


def test_only_chosen_tenants_and_apis_are_written(inspect, tmp_path):
    tap = Tap(tmp_path / "tap", tenants=["acme"], apis=["Metadata", 12])
    write_exchange(tap)
    write_exchange(tap, tenant="other")
    tap.request(5, "acme", bare(request("LeaveGroup", 1, 8)))
    tap.request(5, "acme", bare(request("Heartbeat", 1, 9)))
    assert tap.wants("acme", 3) and not tap.wants("acme", 13) and not tap.wants("other", 3)
    tap.close()
    found = {(line["tenant"], line["api"]) for line in inspect("--json", "--context", tmp_path / "tap").objects}
    assert found == {("acme", "Metadata"), ("acme", "Heartbeat")}


def test_an_api_that_does_not_exist_cannot_be_tapped(tmp_path):
    with pytest.raises(ValueError, match="no API is called 'Metadatum'"):
        Tap(tmp_path / "tap", apis=["Metadatum"])


@pytest.mark.parametrize("records", [False, True])
def test_credentials_are_never_written(inspect, tmp_path, records):
    tap = Tap(tmp_path / "tap", records=records)
    for version in (0, 1, 2):
        tap.request(1, "", bare(request("SaslAuthenticate", version, version, {"auth_bytes": SECRET})))
        reply = answer("SaslAuthenticate", version, version, {"auth_bytes": SECRET, "error_message": "x"})
        tap.response(1, "", 36, bare(reply), None, version)
    tap.token(1, "", SECRET)
    tap.token(1, "", SECRET, answer=True)
    tap.request(1, "", bare(request("SaslAuthenticate", 2, 9, {"auth_bytes": SECRET}))[:-3] + SECRET)
    tap.request(1, "", b"\0\x24\0\x63" + SECRET)  # a version that no table knows
    tap.request(1, "", b"\x63\x63\0\0" + bytes(4) + SECRET)  # nor this API
    tap.close()
    written = (tmp_path / "tap").read_bytes()
    assert SECRET not in written and SECRET[:5] not in written
    lines = inspect("--json", tmp_path / "tap").objects
    assert [line["api"] for line in lines[:7]] == ["SaslAuthenticate"] * 6 + [None]
    assert all(line["body"] is None for line in lines)


def test_records_are_blanked_unless_asked_for(inspect, tmp_path):
    data = batch(RECORDS, 2) + message(1, b"vvvvvvvvvv")
    fetched = answer("Fetch", 12, 2, {"responses": [{"topic": "orders", "partitions": [{"records": data}]}]})
    for name, records in (("blank", False), ("full", True)):
        tap = Tap(tmp_path / name, records=records)
        tap.request(1, "acme", bare(produce(9, 1, data)), bare(produce(9, 1, data, topic="__vt_acme_orders")))
        tap.response(1, "acme", 1, bare(fetched), bare(fetched), 12)
        tap.close()
    assert b"vvvvvvv" in (tmp_path / "full").read_bytes()
    assert b"vvvvvvv" not in (tmp_path / "blank").read_bytes()
    assert b"second" not in (tmp_path / "blank").read_bytes()
    shown = inspect(tmp_path / "blank")
    assert shown.status == 0
    assert "records_count: 2" in shown.out and 'name: "__vt_acme_orders"' in shown.out
    assert inspect(tmp_path / "full").out.count('value: "second"') == 4


def test_a_frame_that_cannot_be_read_is_blanked_as_a_whole(tmp_path):
    tap = Tap(tmp_path / "tap")
    tap.request(1, "acme", bare(produce(9, 1, b"vvvvvvvvvvvvvvvv"))[:-4])
    tap.close()
    assert b"vvvv" not in (tmp_path / "tap").read_bytes()


def test_full_files_are_put_aside_and_the_oldest_forgotten(inspect, tmp_path):
    tap = Tap(tmp_path / "tap", max_bytes=2000, keep=2)
    for number in range(100):
        tap.request(number, "acme", bare(request("Heartbeat", 4, number)))
    tap.close()
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["tap", "tap.1", "tap.2"]
    assert all(path.read_bytes().startswith(MAGIC) and path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    lines = inspect("--json", *(tmp_path / name for name in reversed(files))).objects
    numbers = [line["correlation_id"] for line in lines]
    assert numbers == list(range(numbers[0], 100))


def test_a_tap_from_before_is_put_aside_and_the_file_is_the_owners_alone(tmp_path):
    (tmp_path / "tap").write_bytes(b"what was there")
    Tap(tmp_path / "tap").close()
    assert (tmp_path / "tap.1").read_bytes() == b"what was there"
    assert (tmp_path / "tap").stat().st_mode & 0o777 == 0o600


def test_a_disk_that_fails_is_counted_and_logged_once(tmp_path, caplog):
    tap = Tap(tmp_path / "tap", max_bytes=100)
    (tmp_path / "tap").unlink()
    tmp_path.chmod(0o500)
    tap._file._path = Path("/proc/none/tap")
    with caplog.at_level(logging.ERROR):
        for number in range(50):
            tap.request(number, "acme", bare(METADATA_REQUEST))
        tap.close()
    tmp_path.chmod(0o700)
    assert tap.lost > 40
    assert len([record for record in caplog.records if "tap" in record.getMessage()]) == 1


def test_what_was_not_written_is_told_by_the_inspector(inspect, tmp_path):
    tap = Tap(tmp_path / "tap")
    tap.lost = 3
    tap.request(1, "acme", bare(METADATA_REQUEST))
    tap.close()
    shown = inspect("--list", tmp_path / "tap")
    assert "Klamm could not write 3 frames here" in shown.out
    assert shown.status == 1


def test_a_tap_cut_off_by_a_crash_is_read_as_far_as_it_goes(inspect, tmp_path):
    tap = Tap(tmp_path / "tap")
    write_exchange(tap)
    tap.close()
    data = (tmp_path / "tap").read_bytes()
    for cut in range(len(MAGIC), len(data), 7):
        (tmp_path / "cut").write_bytes(data[:cut])
        assert inspect("--list", tmp_path / "cut").status in (0, 1)


def test_a_growing_tap_is_followed_across_its_rotation(tmp_path):
    import subprocess
    import sys

    tap = Tap(tmp_path / "tap", max_bytes=400, keep=10)
    command = [sys.executable, "-m", "klamm.inspect.cli", "--follow", "--list", str(tmp_path / "tap")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        try:
            for number in range(20):
                tap.request(1, "acme", bare(request("Heartbeat", 4, number)))
                assert f"id={number} " in follower.stdout.readline()
        finally:
            follower.kill()
            tap.close()


def test_values_of_configs_that_may_be_secrets_are_never_written(inspect, tmp_path):
    configs = [
        {"name": "retention.ms", "value": "86400000"},
        {"name": "listener.name.x.sasl.jaas.config", "value": SECRET.decode()},
        {"name": "some.plugin.setting", "value": SECRET.decode()},
    ]
    keyed = [{"key": entry["name"], "value": entry["value"]} for entry in configs]
    streams = [{"repartition_source_topics": [{"name": "t", "topic_configs": keyed}]}]
    described = [{**entry, "synonyms": configs} for entry in configs]
    tap = Tap(tmp_path / "tap", records=True)
    sent = 0
    for version in (0, 1, 2):
        tap.request(1, "acme", bare(request("AlterConfigs", version, version, {"resources": [{"configs": configs}]})))
        sent += 1
    for api, version, body in (
        ("IncrementalAlterConfigs", 0, {"resources": [{"configs": configs}]}),
        ("IncrementalAlterConfigs", 1, {"resources": [{"configs": configs}]}),
        ("CreateTopics", 4, {"topics": [{"name": "t", "configs": configs}]}),
        ("CreateTopics", 7, {"topics": [{"name": "t", "configs": configs}]}),
        ("StreamsGroupHeartbeat", 0, {"topology": {"subtopologies": streams}}),
        ("StreamsGroupHeartbeat", 0, {"topology": None}),
    ):
        tap.request(1, "acme", bare(request(api, version, sent, body)))
        sent += 1
    reply = answer("DescribeConfigs", 4, sent, {"results": [{"configs": described}]})
    tap.response(1, "acme", 32, bare(reply), None, 4)
    tap.close()
    written = (tmp_path / "tap").read_bytes()
    assert SECRET[:6] not in written and SECRET[-6:] not in written
    assert written.count(b"86400000") == 3 + 2 + 2 + 1 + 4
    shown = inspect(tmp_path / "tap")
    assert shown.status == 0
    assert f"{len(SECRET)} bytes, not written by the tap" in shown.out
