"""The command line: filters, forms of output, exit status, help."""

import pytest

from klamm import __version__
from klamm.inspect.cli import main
from protocol_tables.registry import BY_KEY
from tests.inspect.captures import Conversation, pcap
from tests.inspect.helpers import METADATA_ANSWER, METADATA_REQUEST, answer, request, run


@pytest.fixture
def capture(tmp_path):
    """Make a capture with three exchanges of two clients."""
    talk = Conversation().open().send(METADATA_REQUEST).answer(METADATA_ANSWER)
    talk.send(request("Heartbeat", 3, 1, client=b"console-1")).answer(answer("Heartbeat", 3, 1, {"error_code": 27}))
    talk.send(request("Heartbeat", 4, 2, client=b"console-2")).answer(answer("Heartbeat", 4, 2))
    path = tmp_path / "capture.pcap"
    path.write_bytes(pcap(talk.packets))
    return path


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        ((), [7, 7, 1, 1, 2, 2]),
        (("--api", "heartbeat"), [1, 1, 2, 2]),
        (("--api", "3"), [7, 7]),
        (("--api", "Heartbeat,Metadata", "--version", "4"), [2, 2]),
        (("--version", "4+"), [7, 7, 2, 2]),
        (("--client-id", "console-*"), [1, 1, 2, 2]),
        (("--errors",), [1]),
        (("--error", "27"), [1]),
        (("--error", "REBALANCE_IN_PROGRESS"), [1]),
        (("--error", "25"), []),
    ],
)
def test_filters_keep_what_they_name(inspect, capture, flags, kept):
    outcome = inspect("--json", *flags, capture)
    assert [line["correlation_id"] for line in outcome.objects] == kept
    assert outcome.status == 0
    listed = inspect("--list", *flags, capture)
    assert len(listed.out.splitlines()) == len(kept)


def test_the_list_has_a_line_per_frame_and_links_answers_to_requests(inspect, capture):
    lines = inspect("--list", capture).out.splitlines()
    assert lines[1].split()[5:] == ["<", "Metadata", "v9", "response", "id=7", "test", "130", "bytes", "re", "#1"]


def test_the_list_names_errors_where_they_were_looked_for(inspect, capture):
    assert "[27 REBALANCE_IN_PROGRESS]" in inspect("--list", "--errors", capture).out


def test_status_2_and_a_hint_for_a_mistake_on_the_command_line(inspect, capture):
    for flags, hint in (
        (("--api", "Metadat"), "did you mean Metadata"),
        (("--version", "newest"), "write 12, 9+ or 3-7"),
        (("--error", "OOPS"), "no error code"),
        (("--port", "kafka"), "numbers from 1 to 65535"),
        (("--as", "Metadata:99"), "has the versions"),
        (("--max-batch-bytes", "lots"), "no size"),
    ):
        outcome = inspect(*flags, capture)
        assert (outcome.status, hint in outcome.err) == (2, True), outcome


def test_version_alone_is_the_programs(inspect):
    assert inspect("--version").out == f"klamm-inspect {__version__}\n"


def test_help_teaches_by_example(inspect):
    shown = inspect("--help").out
    for word in ("tcpdump", "--diff", "hex lines", "Exit status", "klamm-inspect api Metadata --version 12"):
        assert word in shown


def test_a_reader_that_has_seen_enough_is_no_error(capture):
    import subprocess
    import sys

    command = f"{sys.executable} -m klamm.inspect.cli {' '.join([str(capture)] * 200)} | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_there_are_no_colours_but_on_a_terminal(inspect, capture):
    assert "\x1b" not in inspect(capture).out + inspect("--list", capture).out + run("api", "Metadata").out


def test_the_list_does_not_read_bodies(inspect, tmp_path, monkeypatch):
    broken = METADATA_REQUEST[:-5] + b"\xff" * 5
    path = tmp_path / "frames"
    path.write_bytes(broken)
    assert inspect("--list", path).status == 0
    assert inspect(path).status == 1


def test_start_up_loads_no_more_than_is_needed():
    import subprocess
    import sys

    code = "import sys, klamm.inspect.cli as c; c.main(['--version']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert not {"rich", "construct", "yaml", "dpkt", "cramjam", "protocol_tables"} & set(done.stdout.split())
    code = code.replace("'--version'", "'--list', '00' * 20")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert not {"rich", "yaml", "dpkt", "cramjam"} & set(done.stdout.split())


@pytest.mark.parametrize("key", sorted(BY_KEY))
def test_every_api_has_a_page_in_every_version(inspect, key):
    api = BY_KEY[key]
    whole = inspect("api", api.name)
    assert whole.status == 0
    assert whole.out.startswith(f"{api.name} (api key {key}), version")
    assert f" {api.versions}, flexible" in whole.out.splitlines()[0]
    for version in {api.versions.min, api.versions.max}:
        page = inspect("api", str(key), "--version", version)
        assert page.status == 0
        for name in (*api.request(version).fields, *api.response(version).fields):
            assert f" {name} " in page.out


def test_the_pages_show_types_tags_defaults_and_rules(inspect):
    page = inspect("api", "Metadata", "--width", "150").out
    for line in (
        "cluster_id TopicName nullable 2+ default null cluster",
        "allow_auto_topic_creation AutoCreate (boolean) 4+ default true when_permitted(auto_create_topics)",
        "name TopicName (string) nullable 10+ prefix",
        "isr_nodes list of NodeId (int32) each: node",
    ):
        words = line.split()
        assert any(all(word in shown for word in words if word != "TopicName") for shown in page.splitlines()), line
    assert "tag 0" in inspect("api", "Produce", "--version", "12").out


def test_the_list_of_apis_says_what_the_rules_allow(inspect):
    shown = inspect("api").out
    assert all(api.name in shown for api in BY_KEY.values())
    assert "answered by Klamm itself" in shown


def test_an_unknown_api_or_version_has_no_page(inspect):
    assert "did you mean" in inspect("api", "meta").err
    assert "has the versions" in inspect("api", "Metadata", "--version", "99").err
    assert main(["api", "nothing"]) == 2
