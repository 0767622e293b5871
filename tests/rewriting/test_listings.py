"""A request for everything is a request for everything of the tenant's own, and nothing turns into one by accident."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rewriting.driving import ALLOWED, PREFIX, answered, forwarded, names_of, refused, session, upstream

EVERYBODYS = ("__consumer_offsets", "__transaction_state", "__vt_acme_a", "__vt_acme_", "__vt_globex_a", "a", "")


def versions(name: str) -> list[int]:
    """Gives the versions of an API that tenants may use."""
    return [version for api, version in ALLOWED if api.name == name]


@pytest.mark.parametrize("version", versions("Metadata"))
def test_all_topics_are_the_tenants(version: int) -> None:
    everything: list[Any] | None = [] if version == 0 else None
    forward = forwarded("Metadata", version, {"topics": everything})

    seen = answered(forward, {"topics": [{"name": name, "is_internal": True} for name in EVERYBODYS]})

    assert upstream(forward)["topics"] == everything
    assert names_of(seen["topics"]) == ["a"]
    assert seen["topics"][0].get("is_internal", False) is False


@pytest.mark.parametrize("version", versions("Metadata")[1:])
def test_no_topics_are_no_topics(version: int) -> None:
    assert upstream(forwarded("Metadata", version, {"topics": []}))["topics"] == []


@pytest.mark.parametrize("version", [10, 11, 12, 13])
def test_no_topic_is_asked_for_by_the_id_of_another_beside_an_own_name(version: int) -> None:
    topics = [{"name": "a", "topic_id": bytes(range(1, 17))}, {"name": "b", "topic_id": bytes(16)}]
    forward = forwarded("Metadata", version, {"topics": topics})

    assert upstream(forward)["topics"] == [{"name": f"{PREFIX}b", "topic_id": bytes(16)}]


@pytest.mark.parametrize("version", versions("ListGroups"))
def test_all_groups_are_the_tenants(version: int) -> None:
    forward = forwarded("ListGroups", version, {"states_filter": ["Stable"], "types_filter": ["classic"]})

    seen = answered(forward, {"groups": [{"group_id": group_id} for group_id in EVERYBODYS]})

    assert names_of(seen["groups"], "group_id") == ["a"]
    assert upstream(forward).get("states_filter", ["Stable"]) == ["Stable"]


@pytest.mark.parametrize("version", versions("ListTransactions"))
def test_all_transactions_are_the_tenants(version: int) -> None:
    forward = forwarded("ListTransactions", version, {})

    seen = answered(forward, {"transaction_states": [{"transactional_id": name} for name in EVERYBODYS]})

    assert names_of(seen["transaction_states"], "transactional_id") == ["a"]


def test_a_transaction_shows_none_of_kafkas_own_topics() -> None:
    forward = forwarded("DescribeTransactions", 0, {"transactional_ids": ["copier"]})
    topics = [{"topic": name, "partitions": [0]} for name in EVERYBODYS]

    seen = answered(forward, {"transaction_states": [{"transactional_id": f"{PREFIX}copier", "topics": topics}]})

    assert names_of(seen["transaction_states"][0]["topics"], "topic") == ["a"]


@pytest.mark.parametrize("version", range(2, 8))
def test_all_offsets_of_a_group_are_asked_for_and_shown_with_own_names(version: int) -> None:
    forward = forwarded("OffsetFetch", version, {"group_id": "g", "topics": None})

    seen = answered(forward, {"topics": [{"name": name} for name in EVERYBODYS]})

    assert upstream(forward)["group_id"] == f"{PREFIX}g"
    assert upstream(forward)["topics"] is None
    assert names_of(seen["topics"]) == ["a"]


@pytest.mark.parametrize("version", [8, 9])
def test_all_offsets_of_several_groups_likewise(version: int) -> None:
    forward = forwarded("OffsetFetch", version, {"groups": [{"group_id": "g", "topics": None}]})
    topics = [{"name": name} for name in EVERYBODYS]

    seen = answered(forward, {"groups": [{"group_id": f"{PREFIX}g", "topics": topics}]})

    assert upstream(forward)["groups"][0]["topics"] is None
    assert names_of(seen["groups"][0]["topics"]) == ["a"]


@pytest.mark.parametrize("version", range(8))
def test_offsets_of_bad_topics_never_become_offsets_of_all(version: int) -> None:
    topics = [{"name": "..", "partition_indexes": [0]}]

    seen = refused("OffsetFetch", version, {"group_id": "g", "topics": topics})

    assert names_of(seen["topics"]) == [".."]
    assert seen.get("error_code", 0) == 0


def test_bad_topics_of_one_group_stay_a_list_of_none() -> None:
    group = {"group_id": "g", "topics": [{"name": "..", "partition_indexes": [0]}]}

    assert upstream(forwarded("OffsetFetch", 8, {"groups": [group]}))["groups"][0]["topics"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DescribeTopicPartitions", {"topics": [{"name": ".."}]}),
        ("DescribeConfigs", {"resources": [{"resource_type": 4, "resource_name": ""}]}),
        ("DescribeGroups", {"groups": [""]}),
        ("ConsumerGroupDescribe", {"group_ids": [""]}),
        ("FindCoordinator", {"coordinator_keys": [""]}),
        ("OffsetFetch", {"groups": [{"group_id": "", "topics": None}]}),
        ("DeleteTopics", {"topics": [{"name": "orders", "topic_id": bytes(16)}]}),
        ("DeleteGroups", {"groups_names": [""]}),
    ],
)
def test_a_list_that_refusals_have_emptied_goes_no_further(name: str, value: dict[str, Any]) -> None:
    assert refused(name, max(versions(name)), value)


def test_a_metadata_request_that_cannot_say_none_goes_no_further() -> None:
    seen = refused("Metadata", 0, {"topics": [{"name": ".."}, {"name": "a b"}]})

    assert [(topic["name"], topic["error_code"]) for topic in seen["topics"]] == [("..", 17), ("a b", 17)]


class TestPages:
    """DescribeTopicPartitions walks over the whole cluster in the order of names, a page at a time."""

    def test_the_first_page_starts_where_the_tenants_topics_start(self) -> None:
        sent = upstream(forwarded("DescribeTopicPartitions", 0, {"topics": [], "response_partition_limit": 9}))

        assert sent["cursor"] == {"topic_name": PREFIX, "partition_index": 0}
        assert sent["response_partition_limit"] == 9

    def test_topics_asked_for_by_name_need_no_start(self) -> None:
        sent = upstream(forwarded("DescribeTopicPartitions", 0, {"topics": [{"name": "a"}]}))

        assert sent["cursor"] is None

    def test_the_next_page_starts_at_an_own_topic(self) -> None:
        cursor = {"topic_name": "m", "partition_index": 4}

        sent = upstream(forwarded("DescribeTopicPartitions", 0, {"topics": [], "cursor": cursor}))

        assert sent["cursor"] == {"topic_name": f"{PREFIX}m", "partition_index": 4}

    def test_a_cursor_cannot_be_put_into_another_namespace(self) -> None:
        cursor = {"topic_name": "__vt_globex_a", "partition_index": -3}

        sent = upstream(forwarded("DescribeTopicPartitions", 0, {"topics": [], "cursor": cursor}))

        assert sent["cursor"]["topic_name"] == f"{PREFIX}__vt_globex_a"

    @pytest.mark.parametrize("name", ["", "..", "a b"])
    def test_a_cursor_at_no_possible_topic_asks_nobody(self, name: str) -> None:
        value = {"topics": [{"name": "a"}], "cursor": {"topic_name": name, "partition_index": 0}}

        seen = refused("DescribeTopicPartitions", 0, value)

        assert names_of(seen["topics"], "error_code") == [17]
        assert seen["next_cursor"] is None

    def test_own_topics_are_shown_and_a_page_of_the_neighbours_is_the_end(self) -> None:
        forward = forwarded("DescribeTopicPartitions", 0, {"topics": []})
        foreign = {"topic_name": "__vt_globex_a", "partition_index": 0}

        seen = answered(forward, {"topics": [{"name": name} for name in (*EVERYBODYS, None)], "next_cursor": foreign})

        assert names_of(seen["topics"]) == ["a"]
        assert seen["next_cursor"] is None

    def test_the_next_cursor_is_shown_by_the_tenants_name(self) -> None:
        forward = forwarded("DescribeTopicPartitions", 0, {"topics": []})
        own = {"topic_name": f"{PREFIX}z", "partition_index": 2}

        assert answered(forward, {"next_cursor": own})["next_cursor"] == {"topic_name": "z", "partition_index": 2}
        assert answered(forward, {"next_cursor": None})["next_cursor"] is None


@pytest.mark.parametrize("version", versions("DescribeConfigs")[1:])
def test_the_brokers_own_settings_are_not_among_the_synonyms(version: int) -> None:
    forward = forwarded(
        "DescribeConfigs",
        version,
        {"resources": [{"resource_type": 2, "resource_name": "a"}], "include_synonyms": True},
    )
    synonyms = [{"name": f"from-{source}", "value": "v", "source": source} for source in (1, 2, 3, 4, 5, 6)]
    config = {"name": "retention.ms", "value": "v", "synonyms": synonyms}

    seen = answered(forward, {"results": [{"resource_type": 2, "resource_name": f"{PREFIX}a", "configs": [config]}]})

    assert names_of(seen["results"][0]["configs"][0]["synonyms"], "source") == [1, 5, 6]


def test_a_described_group_shows_neither_hosts_nor_foreign_topics() -> None:
    connection = session()
    forward = forwarded("ConsumerGroupDescribe", 1, {"group_ids": ["g"]}, connection)
    parts = [{"topic_name": name, "partitions": [0]} for name in EVERYBODYS]
    member = {
        "client_host": "/10.9.8.7",
        "subscribed_topic_names": [f"{PREFIX}a"],
        "subscribed_topic_regex": "__vt_acme_.*",
        "assignment": {"topic_partitions": parts},
        "target_assignment": {"topic_partitions": parts},
    }

    seen = answered(forward, {"groups": [{"group_id": f"{PREFIX}g", "members": [member]}]})["groups"][0]["members"][0]

    assert seen["client_host"] == "/0.0.0.0"
    assert seen["subscribed_topic_names"] == ["a"]
    assert seen["subscribed_topic_regex"] is None
    assert names_of(seen["assignment"]["topic_partitions"], "topic_name") == ["a"]
    assert names_of(seen["target_assignment"]["topic_partitions"], "topic_name") == ["a"]
