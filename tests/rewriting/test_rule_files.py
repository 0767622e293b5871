"""A rules file that is wrong is refused before any client comes, with every mistake in it on a line of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from klamm.rewriting import RuleError, load_rules
from klamm.rewriting.actions import VERBS, make_action
from klamm.rewriting.completeness import problems_of
from klamm.rewriting.rules import RuleSet, parse_rules
from klamm.wire import Versions
from tests.rewriting.driving import RULES

HEAD = "profile: {unknown_tags: drop}\n"
WHOLE = "refuse: {mode: whole, codes: error_code}"


def unread(text: str) -> list[str]:
    """Gives the problems with which a text is no rules file."""
    with pytest.raises(RuleError) as caught:
        parse_rules(text)
    assert str(caught.value).splitlines() == caught.value.problems
    return caught.value.problems


def wrong(name: str, direction: str, path: str, *verbs: str) -> list[str]:
    """Gives the problems of our rules when a field has these verbs."""
    ours = RULES.apis[name]
    fields = {**ours.verbs, direction: {**ours.verbs[direction], path: verbs}}
    return problems_of(RuleSet(False, {**RULES.apis, name: replace(ours, verbs=fields)}))


@pytest.mark.parametrize(
    "text",
    ["", "- a\n", "Metadata: {versions: none}\n", "profile: {}\n", "profile: {unknown_tags: lose}\n", "profile: x"],
)
def test_a_file_starts_by_saying_what_happens_to_unknown_tags(text: str) -> None:
    (problem,) = unread(text)

    assert problem.startswith("the file starts with `profile: {unknown_tags: drop}` (or keep)")


@pytest.mark.parametrize(
    "text", ["profile: {", "profile: [}\n", "a: b: c\n", "\tprofile: x\n", "x: !!python/name:os.x\n"]
)
def test_what_is_no_yaml_is_one_problem_on_one_line(text: str) -> None:
    (problem,) = unread(text)

    assert problem.startswith("not YAML: ")
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{HEAD}Fetch: {{versions: none}}\nFetch: {{versions: none}}\n", "line 3: Fetch is given twice"),
        (f"{HEAD}profile: {{unknown_tags: keep}}\n", "line 2: profile is given twice"),
        (f"{HEAD}Fetch:\n  versions: 0\n  versions: 1\n", "line 4: versions is given twice"),
        (f"{HEAD}Fetch:\n  request:\n    a: pass\n    b: pass\n    a: force(0)\n", "line 6: a is given twice"),
        (f"{HEAD}Fetch: {{refuse: {{codes: a, codes: b}}}}\n", "line 2: codes is given twice"),
        (f"{HEAD}? [Fetch]\n: {{versions: none}}\n", "line 2: a key is a word, not a list or mapping"),
    ],
)
def test_nothing_is_said_twice(text: str, problem: str) -> None:
    assert unread(text) == [problem]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "says nothing; not even which versions"),
        ("[]", "says nothing; not even which versions"),
        ("{}", "versions is missing"),
        ("{versions: some}", "invalid literal for int() with base 10: 'some'"),
        ("{versions: {allowed: 0-3}}", "versions is a range, or {allowed: range, trailing_bytes: drop}"),
        ("{versions: {allowed: 0-3, trailing_bytes: keep}}", "versions is a range, or {allowed: range, trailing"),
        ("{versions: none, answer: {}}", "unknown key answer; known are before_login, local, raise, refuse,"),
        ("{versions: 0, request: {topics: {when_full: pass}}}", "unknown key when_full; known are when_emptied,"),
        ("{versions: none, refuse: {mode: whole}}", "codes is missing"),
        ("{versions: none, refuse: {codes: error_code}}", "mode is missing"),
        ("{versions: none, refuse: {mode: some, codes: error_code}}", "mode 'some' is not whole, each or all_or"),
        ("{versions: none, refuse: {mode: each, codes: error_code}}", "refuse mode each says of, if only to say none"),
        (
            "{versions: none, refuse: {mode: each, codes: c, of: topics, copy: {}, fill: {}, deny: 1, recode: {}}}",
            "refuse mode each is of the entries of a list: of: topics[]",
        ),
        (
            "{versions: none, refuse: {mode: each, codes: c, of: [], copy: {}, fill: {}, deny: 1, recode: {}}}",
            "refuse mode each is of the entries of a list: of: topics[]",
        ),
        (
            "{versions: none, refuse: {mode: all_or_nothing, codes: c}}",
            "refuse mode all_or_nothing, and no other, says",
        ),
        ("{versions: none, refuse: {mode: all_or_nothing(0), codes: c}}", "refuse mode all_or_nothing, and no other,"),
        ("{versions: none, refuse: {mode: whole(55), codes: c}}", "refuse mode all_or_nothing, and no other, says"),
        ("{versions: none, refuse: {mode: whole, codes: c, why: d}}", "unknown key why; known are codes, copy, deny,"),
        ("{versions: none, refuse: {mode: whole, codes: c, deny: no}}", "deny: False is no error code"),
        ("{versions: none, refuse: {mode: whole, codes: c, recode: {3: x}}}", "recode: 'x' is no error code"),
        ("{versions: 0, raise: {versions: 0, to: 1}}", "unless is missing"),
    ],
)
def test_a_mistake_is_named_with_its_api(body: str, problem: str) -> None:
    (found,) = unread(f"{HEAD}Fetch: {body}\n")

    assert found.startswith(f"Fetch: {problem}")


def test_all_mistakes_are_told_at_once_one_a_line(tmp_path: Path) -> None:
    lines = ["Fetch: {}", "Produce: {versions: x}", "Heartbeat: {versions: 0, what: 1}", f"SyncGroup: {{{WHOLE}}}"]
    path = tmp_path / "rules.yaml"
    path.write_text(HEAD + "\n".join(lines))
    with pytest.raises(RuleError) as caught:
        load_rules(path)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [line.split(":")[0] for line in lines]

    path.write_text(f"{HEAD}Heartbeat: {{versions: 0, request: {{group_id: strip, x: pass}}, response: {{y: z}}}}")
    with pytest.raises(RuleError) as caught:
        load_rules(path)
    found = [line for line in str(caught.value).splitlines() if line.startswith("Heartbeat")]
    assert found == sorted(found)
    assert [line.split(": ", 1)[1] for line in found] == [
        "request group_id: strip does not work in a request",
        "request member_id: no rule for this MemberId",
        "request x: versions 0 have no such field",
        "response y: versions 0 have no such field",
        *[f"version {version} has 0 refuse rules, one is needed" for version in range(5)],
    ]
    assert len(caught.value.problems) > 60  # Every API that is missing, too.


@pytest.mark.parametrize("name", ["no_such_rules", "../secrets"])
def test_rules_that_are_not_there_are_a_rule_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"profile: \xe4")
    for source in (name, tmp_path / "nothing.yaml", tmp_path / "latin.yaml"):
        with pytest.raises(RuleError, match="cannot be read"):
            load_rules(source)


@pytest.mark.parametrize(
    ("name", "direction", "path", "verbs", "problem"),
    [
        ("Heartbeat", "request", "group_id", ["prefixed"], "'prefixed' is no verb; verbs are authorized_ops, carry,"),
        ("Heartbeat", "request", "group_id", ["prefix("], "'prefix(' is no verb"),
        ("Heartbeat", "request", "group_id", ["prefix; pass"], "'prefix; pass' is no verb"),
        ("Heartbeat", "request", "group_id", [], "no verb"),
        ("Heartbeat", "request", "group_id", ["prefix(1)"], "prefix does not take 1 arguments"),
        ("Heartbeat", "request", "member_id", ["force"], "force does not take 0 arguments"),
        ("Heartbeat", "request", "member_id", ["force(a, b)"], "force does not take 2 arguments"),
        ("Heartbeat", "request", "group_id", ["strip"], "strip does not work in a request"),
        ("ListGroups", "response", "groups[].group_id", ["prefix"], "prefix does not work in a response"),
        ("Heartbeat", "request", "member_id", ["prefix"], "prefix does not work on a MemberId"),
        ("Fetch", "request", "replica_id", ["node"], "node does not work on a ReplicaId"),
        ("Produce", "request", "timeout_ms", ["silent_when(0)"], "silent_when does not work on a Duration"),
        ("Produce", "request", "acks", ["silent_when(none)"], "invalid literal for int()"),
        ("Produce", "request", "acks", ["when_permitted(delete_topics)"], "when_permitted does not work on a Acks"),
        ("DescribeTopicPartitions", "request", "cursor", ["pass"], "pass does not work on a record"),
        ("DescribeTopicPartitions", "request", "cursor", ["cursor_in(topic)"], "cursor_in(topic) finds no field topic"),
        ("ListGroups", "response", "groups[]", ["pass"], "pass does not work on a record"),
        ("DeleteTopics", "request", "topic_names[]", ["permitted(delete, 73)"], "'delete' is no permission"),
        (
            "DeleteTopics",
            "request",
            "topic_names[]",
            ["permitted(delete_topics)"],
            "permitted does not take 1 arguments",
        ),
        ("Fetch", "request", "session_id", ["force(no)"], "force(no) gives what this FetchSessionId cannot hold"),
        ("Fetch", "request", "session_id", ["force(99999999999)"], "gives what this FetchSessionId cannot hold"),
        ("Heartbeat", "request", "member_id", ["force(null)"], "force(null) gives what this MemberId cannot hold"),
        ("DescribeCluster", "request", "include_fenced_brokers", ["force(flase)"], "this Boolean cannot hold"),
        ("Metadata", "request", "topics[].topic_id", ["force(0)"], "force(0) gives what this TopicId cannot hold"),
        ("Metadata", "response", "brokers[].host", ["endpoint(broker_id)"], "finds no field broker_id around it"),
        ("DescribeGroups", "response", "groups[].error_message", ["stock_text(error)"], "finds no field error around"),
        ("FindCoordinator", "response", "node_id", ["routable_node(error, 15)"], "finds no field error around it"),
        ("FindCoordinator", "response", "coordinators[].key", ["strip_by(key_kind)"], "finds no field key_kind around"),
        ("SyncGroup", "response", "assignment", ["payload_strip(kind)"], "finds no field kind around it, and none is"),
        ("CreateTopics", "response", "topics[].configs[].config_source", ["drop_when"], "does not take 0 arguments"),
    ],
)
def test_a_verb_that_does_not_fit_its_field_is_refused(
    name: str, direction: str, path: str, verbs: list[str], problem: str
) -> None:
    found = wrong(name, direction, path, *verbs)

    assert any(text.startswith(f"{name}: {direction} {path}: ") and problem in text for text in found)


def test_a_name_that_nothing_carries_is_missed_when_its_carrier_goes() -> None:
    found = wrong("FindCoordinator", "request", "key_type", "pass")

    problem = "strip_by(key_type) finds no field key_type around it, and none is carried"
    assert found == [f"FindCoordinator: response coordinators[].key: {problem}"]


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_no_verb_takes_just_anything(verb: str) -> None:
    with pytest.raises(ValueError, match="does not take"):
        make_action(f"{verb}({', '.join('abcdefghijklmnopqrst')})", _kind(verb), _direction(verb))


def _kind(verb: str) -> str:
    return min(VERBS[verb].kinds, default="String")


def _direction(verb: str) -> str:
    return min(VERBS[verb].directions)


def test_a_range_of_versions_that_is_none_allows_nothing() -> None:
    assert list(Versions.parse("none")) == []
    assert list(parse_rules(f"{HEAD}Fetch: {{versions: none, {WHOLE}}}").apis["Fetch"].versions) == []
