"""Client's view beside broker's view, and the rule behind each difference."""

from klamm.observe.tap import Tap
from tests.inspect.helpers import METADATA_ANSWER, METADATA_REQUEST, answer, hex_lines, request, run
from tests.inspect.test_tap import CLIENT_ANSWER, bare, write_exchange


def line_with(text: str, shown: str) -> str:
    """Give the only line with a text."""
    (line,) = [line for line in shown.splitlines() if text in line]
    return line


def test_a_tap_shows_both_names_of_a_topic_and_the_rule(inspect, tmp_path):
    tap = Tap(tmp_path / "tap")
    write_exchange(tap)
    tap.close()
    shown = inspect("--diff", "--api", "Metadata", tmp_path / "tap")
    assert shown.status == 0
    asked, answered = shown.out.split("\n#")
    line = line_with('"__vt_acme_orders"', asked)
    assert 'name: "orders"' in line and line.rstrip().endswith("prefix") and "≠" in line
    line = line_with('"__vt_acme_orders"', answered)
    assert 'name: "orders"' in line and line.rstrip().endswith("strip_or_drop(keep_null)")
    assert line_with("name: strip_or_drop", answered).split() == ["≠", "[1]", "name:", "strip_or_drop(keep_null)"]
    assert "endpoint" not in line_with("throttle_time_ms", answered)


def test_what_klamm_would_do_to_a_request_is_shown_for_a_tenant(inspect):
    shown = inspect("--diff", "--tenant", "acme", METADATA_REQUEST.hex())
    assert shown.status == 0
    assert 'name: "orders"' in line_with('"__vt_acme_orders"', shown.out)


def test_request_and_answer_go_through_the_rewriter_together():
    shown = run(
        "--hex",
        "--diff",
        "--tenant",
        "acme",
        "--json",
        stdin=hex_lines((">", METADATA_REQUEST), ("<", METADATA_ANSWER)),
    )
    asked, answered = shown.objects
    assert asked["changes"] == [
        {"path": "topics[].name", "client": '"orders"', "broker": '"__vt_acme_orders"', "rule": "prefix"}
    ]
    assert answered["client"]["brokers"][0]["host"] == "klamm-1"
    assert [topic["name"] for topic in answered["client"]["topics"]] == ["orders"]
    rules = {change["path"]: change["rule"] for change in answered["changes"]}
    assert rules["brokers[].host"] == "endpoint(node_id)"
    assert rules["cluster_id"] == "cluster"


def test_a_request_that_goes_up_in_another_version_says_so(inspect, tmp_path):
    tap = Tap(tmp_path / "tap")
    upstream = request("Metadata", 4, 1, {"topics": None, "allow_auto_topic_creation": False})
    tap.request(1, "acme", bare(request("Metadata", 0, 1)), bare(upstream))
    tap.close()
    shown = inspect("--diff", tmp_path / "tap")
    assert "version 0 with the client, version 4 with the broker" in shown.out
    assert "another version" in line_with("allow_auto_topic_creation", shown.out)


def test_a_refused_request_shows_the_answer_it_gets(inspect):
    body = {"topics": [{"name": "bad/name"}], "timeout_ms": 1}
    shown = inspect("--diff", "--tenant", "acme", request("CreateTopics", 5, 1, body).hex())
    assert "Klamm refuses this and answers" in shown.out
    assert "17 INVALID_TOPIC_EXCEPTION" in shown.out


def test_what_is_answered_by_klamm_has_no_other_view(inspect):
    shown = inspect("--diff", "--tenant", "acme", request("ApiVersions", 3, 1).hex())
    assert "Klamm answers this itself" in shown.out


def test_a_foreign_name_in_a_direct_answer_is_a_leak_and_told(inspect):
    frame = answer("DeleteGroups", 2, 1, {"results": [{"group_id": "__vt_other_g"}]})
    shown = inspect("--diff", "--tenant", "acme", "--as", "DeleteGroups:2", frame.hex())
    assert "Klamm closes the connection" in shown.out


def test_one_view_without_the_other_is_shown_alone(inspect, tmp_path):
    tap = Tap(tmp_path / "tap")
    tap.request(1, "acme", bare(request("ApiVersions", 3, 1)))
    tap.response(1, "acme", 3, None, bare(CLIENT_ANSWER), 9)
    tap.close()
    shown = inspect("--diff", tmp_path / "tap")
    assert "between the client and Klamm only" in shown.out
    assert "seen at the broker's side only" in shown.out


def test_rules_that_do_not_exist_or_hold_are_told(inspect, tmp_path):
    assert "--rules nothing" in inspect("--diff", "--rules", "nothing", METADATA_REQUEST.hex()).err
    (tmp_path / "rules.yaml").write_text("profile: {unknown_tags: drop}\nMetadata: {versions: 0-9}\n")
    refused = inspect("--diff", "--rules", tmp_path / "rules.yaml", METADATA_REQUEST.hex())
    assert refused.status == 2
    assert "the rules do not say what happens to this API" in refused.err


def test_a_tenant_that_can_have_no_prefix_is_a_mistake_on_the_command_line(inspect):
    outcome = inspect("--diff", "--tenant", "a b", METADATA_REQUEST.hex())
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("klamm-inspect: --tenant a b: ")
