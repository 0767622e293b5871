"""A rules file with a hole does not load: no line of ours can be lost, and no field of the tables can be forgotten."""

from __future__ import annotations

from importlib.resources import files

import pytest

from klamm.rewriting import RuleError, load_rules
from klamm.rewriting.completeness import problems_of
from klamm.rewriting.paths import places
from klamm.rewriting.rules import RuleSet, parse_rules
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY, named
from protocol_tables.types import INERT
from tests.rewriting.driving import ALLOWED, RULES, cases

TEXT = files("rewrite_rules").joinpath("tenant_isolation.yaml").read_text("utf-8")
LINES = TEXT.splitlines()


def problems(text: str) -> list[str]:
    """Gives what keeps a rules file from being loaded."""
    try:
        return problems_of(parse_rules(text))
    except RuleError as error:
        return error.problems


def edited(*changes: tuple[str, str]) -> list[str]:
    """Gives what keeps our rules from being loaded after each text, which must be there once, became another."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return problems(text)


def within(name: str, old: str, new: str) -> list[str]:
    """Gives what is wrong with one API's rules after a text in them became another."""
    start = TEXT.index(f"\n{name}:") + 1
    end = TEXT.find("\n\n", start)
    section = TEXT[start:end]
    assert old in section
    found = problems(TEXT[:start] + section.replace(old, new, 1) + TEXT[end:])
    assert all(problem.startswith(f"{name}: ") for problem in found)
    return [problem.removeprefix(f"{name}: ") for problem in found]


def test_our_rules_load() -> None:
    assert problems(TEXT) == []
    assert isinstance(load_rules("tenant_isolation"), RuleSet)


def still_loads(text: str) -> bool:
    """Tells whether a text loads; an API that reads as in our rules is as sound as there, so the others are judged."""
    try:
        rules = parse_rules(text)
    except RuleError:
        return False
    changed = {name: api for name, api in rules.apis.items() if api != RULES.apis.get(name)}
    missing = RULES.apis.keys() - rules.apis.keys()
    found = problems_of(RuleSet(rules.keep_unknown_tags, changed))
    return not missing and all(problem.split(":")[0] not in changed for problem in found)


def test_no_line_of_our_rules_can_be_lost() -> None:
    loads = []
    for number, line in enumerate(LINES):
        if line.strip() and not line.strip().startswith("#"):
            without = "\n".join(LINES[:number] + LINES[number + 1 :])
            if still_loads(without):
                loads.append(f"line {number + 1}: {line}")

    assert still_loads(TEXT)
    assert loads == []


@pytest.mark.parametrize(("api", "version"), cases(ALLOWED))
def test_every_field_that_says_something_has_a_verb(api: Api, version: int) -> None:
    for direction, layout in (("request", api.request(version)), ("response", api.response(version))):
        ruled = RULES.apis[api.name].verbs[direction]
        for place in places(layout):
            inside = any(place.path.startswith((f"{path}.", f"{path}[")) for path in ruled)
            if place.kind not in INERT | {"list", "record"}:
                assert ruled.get(place.path) or inside, f"{direction} {place.path}"


@pytest.mark.parametrize("api", BY_KEY.values(), ids=lambda api: api.name)
def test_no_api_of_the_tables_can_be_left_out(api: Api) -> None:
    others = {name: rules for name, rules in RULES.apis.items() if name != api.name}

    assert problems_of(RuleSet(False, others)) == [f"{api.name}: the rules do not say what happens to this API"]


def test_an_api_that_the_tables_do_not_have_is_refused() -> None:
    found = problems(f"{TEXT}\nVote: {{versions: none, refuse: {{mode: whole, codes: error_code}}}}\n")

    assert found == ["Vote: the tables have no such API"]


def test_a_version_that_the_tables_do_not_have_is_refused() -> None:
    assert within("Heartbeat", "versions: 0-4", "versions: 0-5") == ["versions 0-5: the tables have 0-4"]
    assert within("DescribeCluster", "versions: 0-2", "versions: 0+") == ["versions 0+: the tables have 0-2"]


def test_allowing_one_more_version_needs_its_rules() -> None:
    found = within("FindCoordinator", "versions: 0-5", "versions: 0-6")
    assert found == []  # Version 6 has no field of its own: only what its keys may mean is new.

    found = within("ConsumerGroupHeartbeat", "versions: 0\n", "versions: 0-1\n")
    assert found == ["request subscribed_topic_regex: no rule for this Pattern"]


def test_a_rule_for_a_field_that_no_version_has_is_refused() -> None:
    assert within("Heartbeat", "    group_id: prefix\n", "    group_id: prefix\n    group: prefix\n") == [
        "request group: versions 0-4 have no such field"
    ]


def test_a_rule_for_a_field_that_only_denied_versions_have_is_refused() -> None:
    line = "    rack_id: pass\n"
    found = within("ConsumerGroupHeartbeat", line, f"{line}    subscribed_topic_regex: pass\n")

    assert found == ["request subscribed_topic_regex: versions 0 have no such field"]


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("ListOffsets", "topics[].partitions[].partition_index", "PartitionIndex"),
        ("ListOffsets", "topics[].partitions[].timestamp", "Timestamp"),
        ("OffsetForLeaderEpoch", "topics[].partitions[].leader_epoch", "Epoch"),
    ],
)
def test_a_rule_that_does_nothing_is_refused(name: str, path: str, kind: str) -> None:
    found = within(name, "    replica_id: force(-1)\n", f"    replica_id: force(-1)\n    {path}: pass\n")

    assert found == [f"request {path}: a {kind} needs no rule"]


def test_a_field_cannot_be_passed_with_everything_inside_it() -> None:
    whole = within("DescribeTopicPartitions", "    next_cursor: cursor_out\n", "    next_cursor: pass\n")
    listed = within("Heartbeat", "    member_id: pass\n", "    member_id: pass\n    '': pass\n")
    groups = within("ListGroups", "    groups[].group_id: strip_or_drop\n", "    groups: pass\n")

    assert whole == ["response next_cursor: pass does not work on a record"]
    assert listed == ["request : versions 0-4 have no such field"]
    assert "response groups: pass does not work on a list" in groups


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("Metadata", "{when_null: filter, when_emptied: forward}", "{when_emptied: forward}", "says when_null"),
        ("Metadata", "{when_null: filter, when_emptied: forward}", "{when_null: filter}", "says when_emptied"),
        ("Metadata", "{when_null: filter,", "{when_null: everything,", "says when_null: filter or pass"),
        ("Metadata", "when_emptied: forward}", "when_emptied: maybe}", "says when_emptied: answer or forward"),
        ("DescribeGroups", "{when_emptied: answer}", "{when_null: filter, when_emptied: answer}", "says when_null"),
        ("LeaveGroup", "    members[].reason: pass\n", "    members: {when_emptied: answer}\n", "says when_emptied"),
        ("OffsetFetch", "when_emptied: forward", "when_emptied: answer", "only a list that is in no other"),
        ("CreatePartitions", "{when_null: pass}", "{when_null: filter}", "nothing in the answer is left out"),
    ],
)
def test_a_list_says_what_null_and_emptiness_mean(name: str, old: str, new: str, problem: str) -> None:
    assert any(problem in text for text in within(name, old, new))


def test_what_a_list_means_is_a_matter_of_requests() -> None:
    found = within("ListGroups", "    groups[].group_type: pass\n", "    groups: {when_null: filter}\n")

    assert "response groups: when_null and when_emptied are for requests" in found


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("DeleteTopics", "- versions: 6\n", "- versions: 7\n", "version 6 has 0 refuse rules, one is needed"),
        ("DeleteTopics", "- versions: 6\n", "- versions: 5-6\n", "version 5 has 2 refuse rules, one is needed"),
        ("Heartbeat", "codes: error_code", "codes: error", "refuse: error is not in the answer"),
        ("Heartbeat", "codes: error_code", "codes: throttle_time_ms, fill: {hint: 1}", "hint is not in the answer"),
        ("ListOffsets", "of: topics[]", "of: topic[]", "refuse: topic[] is not in the request"),
        ("ListOffsets", '"topics[].name": "topics', '"topics[].names": "topics', "names is not in the request"),
        ("ListOffsets", '.name": "topics[].name"', '.name": "topics[].label"', "label is not in the answer"),
        ("ListOffsets", '.name": "topics[].name"', '.name": "throttle_time_ms"', "are not equally deep"),
        ("ListOffsets", "partitions[].error_code", "errors[].error_code", "no copied field leads into errors[]"),
        ("Fetch", "{versions: 13-18, mode: whole, codes: error_code}", "{versions: 13-18, mode: whole, codes: session}",
         "version 13 has no field for an error code"),
    ],
)  # fmt: skip
def test_every_version_can_be_refused_by_one_rule_that_fits(name: str, old: str, new: str, problem: str) -> None:
    assert any(problem in text for text in within(name, old, new))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("raise: {versions: 0-3,", "raise: {versions: 0-2,", "version 3 has no allow_auto_topic_creation"),
        ("raise: {versions: 0-3,", "raise: {versions: 0-4,", "version 4 has allow_auto_topic_creation"),
        ("to: 4,", "to: 14,", "raise: version 14 is none to raise a request to"),
        ("to: 4,", "to: 3,", "raise: version 3 is none to raise a request to"),
        ("unless: auto_create_topics", "unless: delete_topics", "raise: no field depends on 'delete_topics'"),
        ("empty_as_null: topics", "empty_as_null: topic", "raise: topic cannot be null in version 4"),
        ("when_permitted(auto_create_topics)", "pass", "raise: nothing depends on a permission"),
    ],
)
def test_requests_are_raised_where_they_must_and_nowhere_else(old: str, new: str, problem: str) -> None:
    assert any(text.startswith(problem) for text in within("Metadata", old, new))


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("ApiVersions", "local: api_versions", "local: sasl_handshake", "local: 'sasl_handshake' is not an answer"),
        ("SaslHandshake", "versions: 0-1", "versions: 0-2", "versions 0-2: the tables have 0-1"),
        ("SaslAuthenticate", "before_login: true", "before_login: true, response: {auth_bytes: pass}", "has no rules"),
        ("Heartbeat", "versions: 0-4\n", "versions: 0-4\n  before_login: true\n", "before_login: nothing may reach"),
        ("Heartbeat", "versions: 0-4\n", "versions: 0-4\n  local: api_versions\n", "'api_versions' is not an answer"),
    ],
)
def test_only_what_is_answered_here_passes_before_login(name: str, old: str, new: str, problem: str) -> None:
    if name == "Heartbeat":
        assert any(problem in text for text in within(name, old, new))
    else:
        line = next(line for line in LINES if line.startswith(f"{name}:"))
        assert any(problem in text for text in edited((line, line.replace(old, new))))


def test_the_tables_know_more_than_the_rules_allow() -> None:
    assert 5 in named("AddPartitionsToTxn").versions
    assert 5 not in RULES.apis["AddPartitionsToTxn"].versions
