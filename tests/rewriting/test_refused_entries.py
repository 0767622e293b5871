"""One bad name among good ones: it gets its own error where it stood, and the others get what they would have got."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

from klamm.rewriting import NoReply
from protocol_tables.api import Api
from protocol_tables.errors import stock_text
from tests.rewriting.driving import (
    ALLOWED,
    PREFIX,
    RULES,
    answered,
    ask,
    cases,
    forwarded,
    names_of,
    refused,
    session,
    upstream,
)

BAD = ("..", "good", "a b", "good", "..", "better", "")
"""Names as a client may mix them, with duplicates."""

BY_ID = (("Produce", 13), ("OffsetCommit", 10), ("TxnOffsetCommit", 6), ("DeleteTopics", 6))

BY_NAME = [
    (api, version)
    for api, version in ALLOWED
    for rule in [RULES.apis[api.name].refusal(version)]
    if rule.mode == "each" and rule.of[0] in ("topics[]", "topic_data[]") and api.name not in ("OffsetFetch", "Fetch")
    if (api.name, version) not in BY_ID
]
"""Versions that answer every topic asked for by its name under a list of topics."""


def listed(api: Api, version: int) -> tuple[str, str, str, str]:
    """Gives the names of the list and of its name field, in the request and in the answer."""
    copied = RULES.apis[api.name].refusal(version).copy
    source = next(path for path in copied if path.count("[]") == 1)
    (asked, key), (answer, target) = source.split("[]."), copied[source].split("[].")
    return asked, key, answer, target


@pytest.mark.parametrize(("api", "version"), cases(BY_NAME))
def test_good_entries_go_on_and_bad_ones_are_answered_where_they_stood(api: Api, version: int) -> None:
    asked, key, answer, target = listed(api, version)
    value: dict[str, Any] = {asked: [{key: name} for name in BAD], "group_id": "g", "transactional_id": "t", "acks": 1}

    forward = forwarded(api.name, version, value)
    echo = [{target: PREFIX + name} for name in ("good", "good", "better")]
    seen = answered(forward, {answer: echo})

    assert names_of(upstream(forward)[asked], key) == [entry[target] for entry in echo]
    assert names_of(seen[answer], target) == list(BAD)


@pytest.mark.parametrize(("api", "version"), cases(BY_NAME))
def test_when_no_good_entry_is_left_nobody_is_asked_for_everything(api: Api, version: int) -> None:
    asked, key, answer, target = listed(api, version)
    value: dict[str, Any] = {asked: [{key: ".."}, {key: ""}], "group_id": "g", "transactional_id": "t", "acks": 1}

    if api.name == "Metadata" and version > 0:
        forward = forwarded("Metadata", version, value)
        assert upstream(forward)["topics"] == []
        seen = answered(forward, {"brokers": [{"node_id": 1}], "topics": []})
        assert names_of(seen["brokers"], "node_id") == [1]
    else:
        seen = refused(api.name, version, value)

    assert names_of(seen[answer], target) == ["..", ""]


@pytest.mark.parametrize("version", [version for api, version in ALLOWED if api.name == "Metadata"])
def test_metadata_says_which_names_are_bad(version: int) -> None:
    forward = forwarded("Metadata", version, {"topics": [{"name": name} for name in BAD]})

    seen = answered(forward, {"topics": [{"name": f"{PREFIX}{name}", "error_code": 5} for name in ("good", "better")]})

    assert [(topic["name"], topic["error_code"]) for topic in seen["topics"]] == [
        ("..", 17),
        ("good", 5),
        ("a b", 17),
        # The broker answered the duplicate once.
        ("better", 5),
        ("..", 17),
        ("", 17),
    ]


@pytest.mark.parametrize("version", range(3, 13))
def test_a_refused_topic_is_answered_for_each_of_its_partitions(version: int) -> None:
    parts = [{"index": index, "records": b"r"} for index in (3, 0)]
    forward = forwarded(
        "Produce",
        version,
        {"acks": -1, "topic_data": [{"name": "fine", "partition_data": parts}, {"name": "", "partition_data": parts}]},
    )

    seen = answered(
        forward, {"responses": [{"name": f"{PREFIX}fine", "partition_responses": [{"index": 3, "base_offset": 12}]}]}
    )

    fine, bad = seen["responses"]
    assert [(part["index"], part["error_code"], part["base_offset"]) for part in fine["partition_responses"]] == [
        (3, 0, 12)
    ]
    assert [(part["index"], part["error_code"], part["base_offset"]) for part in bad["partition_responses"]] == [
        (3, 17, -1),
        (0, 17, -1),
    ]
    if version >= 8:
        assert bad["partition_responses"][0]["error_message"] == stock_text(17)
        assert fine["partition_responses"][0]["error_message"] is None


def test_a_fetch_keeps_the_order_of_what_was_asked() -> None:
    part = [{"partition": 2, "partition_max_bytes": 1}]
    forward = forwarded("Fetch", 12, {"topics": [{"topic": name, "partitions": part} for name in ("a", "..", "b")]})

    seen = answered(forward, {"responses": [{"topic": f"{PREFIX}a"}, {"topic": f"{PREFIX}b"}]})

    assert names_of(seen["responses"], "topic") == ["a", "..", "b"]
    assert seen["responses"][1]["partitions"][0]["error_code"] == 17
    assert seen["responses"][1]["partitions"][0]["high_watermark"] == -1
    assert seen["responses"][1]["partitions"][0]["partition_index"] == 2


@pytest.mark.parametrize("version", range(4))
def test_one_bad_partition_keeps_all_out_of_the_transaction(version: int) -> None:
    names = ("good", "..", "good", "a b")
    seen = refused(
        "AddPartitionsToTxn",
        version,
        {
            "v3_and_below_transactional_id": "t",
            "v3_and_below_topics": [{"name": name, "partitions": [1, 2]} for name in names],
        },
    )

    results = seen["results_by_topic_v3_and_below"]
    assert names_of(results) == list(names)
    for result, code in zip(results, (55, 17, 55, 17), strict=True):
        assert [tuple(part.values()) for part in result["results_by_partition"]] == [(1, code), (2, code)]


def test_a_bad_transactional_id_is_the_answer_for_every_partition() -> None:
    seen = refused(
        "AddPartitionsToTxn",
        3,
        {"v3_and_below_transactional_id": "", "v3_and_below_topics": [{"name": "..", "partitions": [1]}]},
    )

    assert seen["results_by_topic_v3_and_below"][0]["results_by_partition"] == [
        {"partition_index": 1, "partition_error_code": 42}
    ]


@pytest.mark.parametrize("version", [8, 9])
def test_groups_and_their_topics_are_refused_one_by_one(version: int) -> None:
    def topics(*names: str) -> list[dict[str, Any]]:
        return [{"name": name, "partition_indexes": [index]} for index, name in enumerate(names)]

    forward = forwarded(
        "OffsetFetch",
        version,
        {
            "groups": [
                {"group_id": "", "topics": None},
                {"group_id": "one", "topics": topics("..", "a", "")},
                {"group_id": "", "topics": topics("a")},
                {"group_id": "two", "topics": topics("a b")},
                {"group_id": "one", "topics": topics("b", "..")},
            ]
        },
    )
    sent = upstream(forward)["groups"]
    found = {"metadata": None, "committed_offset": 9, "partition_index": 1}
    seen = answered(
        forward,
        {
            "groups": [
                {"group_id": f"{PREFIX}one", "topics": [{"name": f"{PREFIX}a", "partitions": [found]}]},
                {"group_id": f"{PREFIX}two", "topics": []},
                {"group_id": f"{PREFIX}one", "topics": [{"name": f"{PREFIX}b", "partitions": []}]},
            ]
        },
    )["groups"]

    assert [(group["group_id"], names_of(group["topics"])) for group in sent] == [
        (f"{PREFIX}one", [f"{PREFIX}a"]),
        (f"{PREFIX}two", []),
        (f"{PREFIX}one", [f"{PREFIX}b"]),
    ]
    assert [(group["group_id"], group["error_code"], names_of(group["topics"])) for group in seen] == [
        ("", 24, []),
        ("one", 0, ["..", "a", ""]),
        ("", 24, ["a"]),
        ("two", 0, ["a b"]),
        ("one", 0, ["b", ".."]),
    ]
    assert [part["error_code"] for topic in seen[1]["topics"] for part in topic["partitions"]] == [17, 0, 17]
    assert seen[3]["topics"][0]["partitions"][0]["committed_offset"] == -1


def test_a_group_that_the_broker_left_out_still_gets_the_answers_for_its_bad_topics() -> None:
    group = {"group_id": "g", "topics": [{"name": "..", "partition_indexes": [1]}]}

    seen = answered(forwarded("OffsetFetch", 8, {"groups": [group]}), {"groups": []})["groups"]

    assert [(found["group_id"], names_of(found["topics"])) for found in seen] == [("g", [".."])]


def test_many_refusals_cost_no_more_than_their_number() -> None:
    def calls(many: int) -> int:
        bad = [{"name": "..", "partition_indexes": []}]
        forward = forwarded("OffsetFetch", 8, {"groups": [{"group_id": f"g{i}", "topics": bad} for i in range(many)]})
        counted = Counter[str]()
        sys.setprofile(lambda frame, event, argument: counted.update([event]))
        try:
            seen = answered(forward, {"groups": [{"group_id": f"{PREFIX}g{i}"} for i in range(many)]})
        finally:
            sys.setprofile(None)
        assert all(names_of(group["topics"]) == [".."] for group in seen["groups"])
        return counted.total()

    assert calls(800) < 5 * calls(200)


@pytest.mark.parametrize(
    ("name", "version", "value", "code"),
    [
        ("JoinGroup", 5, {"group_id": "", "protocol_type": "consumer"}, 24),
        ("SyncGroup", 3, {"group_id": ""}, 24),
        ("Heartbeat", 4, {"group_id": ""}, 24),
        ("LeaveGroup", 4, {"group_id": ""}, 24),
        ("InitProducerId", 4, {"transactional_id": ""}, 42),
        ("EndTxn", 3, {"transactional_id": ""}, 42),
        ("AddOffsetsToTxn", 3, {"transactional_id": "t", "group_id": ""}, 24),
        ("AddOffsetsToTxn", 3, {"transactional_id": "", "group_id": "g"}, 42),
        ("FindCoordinator", 3, {"key": "", "key_type": 0}, 24),
        ("FindCoordinator", 3, {"key": "", "key_type": 1}, 42),
        ("FindCoordinator", 3, {"key": "g:id:0", "key_type": 2}, 42),
    ],
)
def test_a_request_about_one_bad_thing_is_refused_whole(
    name: str, version: int, value: dict[str, Any], code: int
) -> None:
    assert refused(name, version, value)["error_code"] == code


def test_what_a_refused_request_was_about_stays_the_clients_business() -> None:
    topics = [{"name": "a", "partitions": [{"partition_index": 7, "committed_metadata": "m"}]}]
    commit = refused("OffsetCommit", 6, {"group_id": "", "topics": topics})
    txn = refused("TxnOffsetCommit", 3, {"transactional_id": "", "group_id": "g", "topics": topics})
    fetch = refused("OffsetFetch", 5, {"group_id": "", "topics": [{"name": "a", "partition_indexes": [7]}]})
    old = refused("OffsetFetch", 1, {"group_id": "", "topics": [{"name": "a", "partition_indexes": [7]}]})

    assert commit["topics"] == [{"name": "a", "partitions": [{"partition_index": 7, "error_code": 24}]}]
    assert txn["topics"] == [{"name": "a", "partitions": [{"partition_index": 7, "error_code": 42}]}]
    assert fetch["error_code"] == 24
    assert [entry["topics"][0]["partitions"][0]["error_code"] for entry in (fetch, old)] == [24, 24]


def test_a_silent_request_with_one_bad_topic_is_not_half_done() -> None:
    good = {"name": "good", "partition_data": []}
    bad = {"name": "..", "partition_data": []}

    assert isinstance(ask("Produce", 7, {"acks": 0, "topic_data": [good, bad]}), NoReply)
    assert forwarded("Produce", 7, {"acks": 0, "topic_data": [good]}).pending.expects_answer is False


def test_names_off_the_lists_are_refused_like_names_that_do_not_exist() -> None:
    connection = session(allowed_topics=["orders"])
    forward = forwarded("Metadata", 9, {"topics": [{"name": "secret"}, {"name": "orders"}]}, connection)

    seen = answered(forward, {"topics": [{"name": f"{PREFIX}orders"}]}, connection)

    assert [(topic["name"], topic["error_code"]) for topic in seen["topics"]] == [("secret", 3), ("orders", 0)]
