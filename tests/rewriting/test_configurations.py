"""Configurations: a tenant writes the keys that are its own affair, on its own topics and groups, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.rewriting import Refused
from klamm.rewriting.config_keys import config_keys, parse_config_keys, writable_keys
from klamm.rewriting.patterns import matches
from tests.rewriting.driving import PREFIX, answered, forwarded, names_of, refused, session, upstream

TOPIC, GROUP, BROKER = 2, 32, 4
DEAD_LETTERS = "errors.deadletterqueue.topic.name"
WRITING = [("AlterConfigs", 0), ("AlterConfigs", 1), ("AlterConfigs", 2)]
WRITING += [("IncrementalAlterConfigs", 0), ("IncrementalAlterConfigs", 1)]


def resource(kind: int, name: str, **configs: str | None) -> dict[str, Any]:
    """Gives a resource with configs; a `__` in a key stands for a dot."""
    entries = [{"name": key.replace("__", "."), "value": value} for key, value in configs.items()]
    return {"resource_type": kind, "resource_name": name, "configs": entries}


@pytest.mark.parametrize(("api", "version"), WRITING)
def test_own_keys_of_own_topics_and_groups_are_written(api: str, version: int) -> None:
    resources = [
        resource(TOPIC, "orders", retention__ms="60000"),
        resource(GROUP, "payments", consumer__session__timeout__ms="45000"),
    ]

    sent = upstream_of(api, version, resources)

    assert names_of(sent["resources"], "resource_name") == [f"{PREFIX}orders", f"{PREFIX}payments"]
    assert [entry["configs"][0]["value"] for entry in sent["resources"]] == ["60000", "45000"]


@pytest.mark.parametrize(("api", "version"), WRITING)
@pytest.mark.parametrize(
    ("kind", "key", "value", "code"),
    [
        (TOPIC, "leader.replication.throttled.replicas", "0:1", 44),
        (TOPIC, "follower.replication.throttled.replicas", "*", 44),
        (TOPIC, "remote.storage.enable", "true", 44),
        (TOPIC, "preallocate", "true", 44),
        (TOPIC, "preallocate", None, 44),
        (TOPIC, "no.such.key", "1", 40),
        (TOPIC, "log.dirs", "/", 40),
        (TOPIC, "consumer.session.timeout.ms", "1", 40),
        (TOPIC, "segment.bytes", "1000", 44),
        (TOPIC, "flush.messages", "1", 44),
        (TOPIC, "flush.messages", "\x01" + "1", 40),
        (TOPIC, "flush.messages", "1_000_000", 40),
        (GROUP, "retention.ms", "1", 40),
        (GROUP, "no.such.key", "1", 40),
        (GROUP, DEAD_LETTERS, "a/b", 40),
        (BROKER, "log.retention.ms", "1", 31),
        (8, "kafka.server", "DEBUG", 31),
        (16, "interval.ms", "1", 31),
        (0, "retention.ms", "1", 31),
        (-1, "retention.ms", "1", 31),
    ],
)
def test_any_other_key_is_refused_and_its_neighbours_are_not(
    api: str, version: int, kind: int, key: str, value: str | None, code: int
) -> None:
    bad = resource(kind, "7") | {"configs": [{"name": "retention.ms", "value": "9"}, {"name": key, "value": value}]}
    good = resource(TOPIC, "orders", retention__ms="60000")

    forward = forwarded(api, version, {"resources": [good, bad]})
    answer = {"error_code": 0, "resource_type": TOPIC, "resource_name": f"{PREFIX}orders"}
    seen = answered(forward, {"responses": [answer]})

    assert forward.body.count(b"__vt_") == 1
    assert names_of(seen["responses"], "error_code") == [0, code]
    assert names_of(seen["responses"], "resource_name") == ["orders", "7"]
    alone = refused(api, version, {"resources": [bad]})
    assert names_of(alone["responses"], "resource_type") == [kind]


@pytest.mark.parametrize("version", [0, 1, 2])
def test_replacing_a_configuration_leaves_the_operators_keys_alone(version: int) -> None:
    (sent,) = upstream_of("AlterConfigs", version, [resource(TOPIC, "orders", retention__ms="60000")])["resources"]

    assert sent["configs"][0] == {"name": "retention.ms", "config_operation": 0, "value": "60000"}
    removed = {entry["name"] for entry in sent["configs"][1:]}
    assert removed == set(writable_keys("topic")) - {"retention.ms"}
    assert {entry["config_operation"] for entry in sent["configs"][1:]} == {1}


def test_a_validation_only_stays_one() -> None:
    forward = forwarded("AlterConfigs", 2, {"resources": [resource(TOPIC, "orders")], "validate_only": True})

    assert forward.pending.upstream.api.name == "IncrementalAlterConfigs"
    assert forward.pending.upstream.request_layout.parse(forward.body)["validate_only"] is True


@pytest.mark.parametrize("version", range(8))
def test_topics_are_created_under_the_same_policy(version: int) -> None:
    def created(**configs: str) -> dict[str, Any]:
        told = resource(TOPIC, "", **configs)["configs"]
        return {"topics": [{"name": "a", "num_partitions": 1, "replication_factor": 1, "configs": told}]}

    assert upstream(forwarded("CreateTopics", version, created(cleanup__policy="compact")))["topics"]
    for code, configs in ((44, {"preallocate": "true"}), (40, {"no__such": "1"}), (44, {"flush__ms": "1"})):
        assert names_of(refused("CreateTopics", version, created(**configs))["topics"], "error_code") == [code]


def test_the_topic_for_dead_letters_is_the_tenants_own() -> None:
    entry = {"name": DEAD_LETTERS, "config_operation": 0, "value": "lost"}
    (sent,) = upstream_of("IncrementalAlterConfigs", 1, [resource(GROUP, "g") | {"configs": [entry]}])["resources"]
    assert sent["configs"][0]["value"] == f"{PREFIX}lost"

    for stored, shown in ((f"{PREFIX}lost", "lost"), ("__vt_globex_lost", ""), ("dlq.x", ""), ("", ""), (None, None)):
        assert shown_value(DEAD_LETTERS, stored, GROUP) == (shown, shown)


def test_values_that_name_brokers_are_shown_as_empty() -> None:
    for side in ("leader", "follower"):
        assert shown_value(f"{side}.replication.throttled.replicas", "0:101,1:102", TOPIC) == ("", "")
    assert shown_value("retention.ms", "60000", TOPIC) == ("60000", "60000")


def shown_value(key: str, stored: str | None, kind: int) -> tuple[Any, Any]:
    """Gives a value and its synonym as the tenant reads them."""
    forward = forwarded("DescribeConfigs", 4, {"resources": [{"resource_type": kind, "resource_name": "a"}]})
    synonyms = [{"name": key, "value": stored, "source": 1}]
    configs = [{"name": key, "value": stored, "synonyms": synonyms}]
    result = {"resource_type": kind, "resource_name": f"{PREFIX}a", "configs": configs}
    (seen,) = answered(forward, {"results": [result]})["results"][0]["configs"]
    return seen["value"], seen["synonyms"][0]["value"]


def upstream_of(api: str, version: int, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Gives the request that the broker gets, by the API that it goes up as."""
    return upstream(forwarded(api, version, {"resources": resources}))


def test_only_own_topics_and_groups_are_listed_as_configurable() -> None:
    forward = forwarded("ListConfigResources", 1, {"resource_types": [2, 4, 8, 16, 32]})
    names = (f"{PREFIX}a", "__vt_globex_a", "a", "1", "", PREFIX)
    everything = [{"resource_name": name, "resource_type": kind} for name in names for kind in (2, 4, 8, 16, 32, 0)]

    seen = answered(forward, {"config_resources": everything})["config_resources"]

    assert [(entry["resource_name"], entry["resource_type"]) for entry in seen] == [("a", 2), ("a", 32)]


IDS = ("orders", "orders-2", "pay", "a.b")


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        (None, list(IDS)),
        ("", list(IDS)),
        (".*", list(IDS)),
        ("orders", ["orders"]),
        ("orders.*|pay", ["orders", "orders-2", "pay"]),
        ("^pay$", ["pay"]),
        (r"\Qa.b\E", ["a.b"]),
        ("(?i)PAY", ["pay"]),
        ("__vt_acme_.*", []),
        (".*globex.*", []),
    ],
)
def test_a_pattern_of_transactional_ids_sees_names_as_the_tenant_does(pattern: str | None, shown: list[str]) -> None:
    tenant = session()
    forward = forwarded("ListTransactions", 2, {"transactional_id_pattern": pattern}, tenant)
    names = [f"{PREFIX}{name}" for name in IDS] + ["__vt_globex_orders", "orders"]

    seen = answered(forward, {"transaction_states": [{"transactional_id": name} for name in names]}, tenant)

    assert upstream(forward)["transactional_id_pattern"] is None
    assert names_of(seen["transaction_states"], "transactional_id") == shown


@pytest.mark.parametrize("pattern", ["(", "a)|(.*", "[", "*", r"(?=a)", r"\1", "a{2,1}", "\udcff"])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    assert refused("ListTransactions", 2, {"transactional_id_pattern": pattern})["error_code"] == 128


def test_no_pattern_takes_for_ever() -> None:
    assert not matches("(a*)*b", "a" * 30_000)
    with pytest.raises(Refused):
        matches("(((a{1000}){1000}){1000})", "a")


def test_the_list_of_keys_says_only_what_it_can() -> None:
    assert config_keys("topic")["retention.ms"].is_writable
    for text in ("[]", "topic: {}", "topic: {a: some}\ngroup: {}", "topic: {a: at_least(x)}\ngroup: {}"):
        with pytest.raises(ValueError, match=r"section|none of"):
            parse_config_keys(text)
