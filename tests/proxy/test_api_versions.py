"""ApiVersions: what a port offers, to whom, and in words every client can read."""

from typing import Any

import pytest

from klamm.proxy.cluster import Broker, Features, Snapshot, intersection
from klamm.proxy.offers import Offers
from klamm.tenancy.view import virtual_cluster_id
from tests.proxy.playbook import CLUSTER_ID, EVERYTHING, OWN_APIS, Playbook, cluster
from tests.proxy.speech import ask, read_answer

SOFTWARE = {"client_software_name": "apache-kafka-java", "client_software_version": "4.4.0"}
VIRTUAL = virtual_cluster_id(CLUSTER_ID, "acme")


def offered(book: Playbook, version: int = 0, **body: Any) -> dict[str, Any]:
    book.client(ask("ApiVersions", version, 1, **(SOFTWARE if version >= 3 else {}) | body))
    (got,) = book.to_client()
    return read_answer("ApiVersions", version, got)[1]


def ranges(body: dict[str, Any]) -> dict[int, tuple[int, int]]:
    return {row["api_key"]: (row["min_version"], row["max_version"]) for row in body["api_keys"]}


def snapshot(*versions: dict[int, tuple[int, int]]) -> Snapshot:
    brokers = {number: Broker(number, f"kafka-{number}", 9092, it) for number, it in enumerate(versions, 1)}
    return Snapshot(CLUSTER_ID, brokers)


@pytest.mark.parametrize("version", range(6))
def test_every_version_is_answered_before_login(version: int) -> None:
    body = offered(Playbook(snapshot=cluster(1)), version)
    assert body["error_code"] == 0
    assert ranges(body)[18] == (0, 5)
    assert ranges(body)[3] == (0, 13)
    assert {17, 36} <= ranges(body).keys()


def test_refused_apis_are_not_offered() -> None:
    body = ranges(offered(Playbook(snapshot=cluster(1))))
    assert not {4, 5, 6, 7, 27, 58, 67, 71, 72, 80} & body.keys()


def test_a_port_offers_what_its_own_broker_has_and_the_rules_allow() -> None:
    old, new = {3: (0, 5), 1: (4, 11), 99: (0, 1)}, {3: (4, 99), 1: (4, 99), 0: (3, 99)}
    assert ranges(offered(Playbook(snapshot=snapshot(old, new), node_id=1)))[3] == (0, 5)
    on_new = ranges(offered(Playbook(snapshot=snapshot(old, new), node_id=2)))
    assert (on_new[3], on_new[1], on_new[0]) == ((4, 13), (4, 18), (3, 13))
    assert 99 not in on_new


def test_the_bootstrap_port_offers_what_all_brokers_have() -> None:
    body = ranges(offered(Playbook(snapshot=snapshot({3: (0, 5), 1: (4, 11)}, {3: (4, 99)}), node_id=None)))
    assert body[3] == (4, 5)
    assert 1 not in body


def test_ranges_that_do_not_meet_are_left_out() -> None:
    assert intersection([{1: (0, 3), 2: (0, 9)}, {1: (4, 5), 2: (2, 4)}]) == {2: (2, 4)}
    assert intersection([]) == {}


def test_produce_is_shown_from_0_where_the_broker_does_so() -> None:
    assert ranges(offered(Playbook(snapshot=snapshot({0: (0, 13)}))))[0] == (0, 13)


def test_a_broker_that_was_never_asked_counts_for_nothing() -> None:
    known = snapshot({3: (0, 5)}, {})
    assert ranges(offered(Playbook(snapshot=known, node_id=None)))[3] == (0, 5)
    offers = Offers(EVERYTHING, OWN_APIS)
    assert offers.for_node(known, 2) is None
    assert offers.for_node(known, 3) is None
    assert offers.for_node(None, None) is None


def test_only_features_whose_apis_are_offered_are_shown() -> None:
    body = offered(Playbook(snapshot=cluster(1)), 4)
    assert body["supported_features"] == [{"name": "transaction.version", "min_version": 0, "max_version": 2}]
    assert body["finalized_features"] == [
        {"name": "transaction.version", "max_version_level": 2, "min_version_level": 2}
    ]
    assert body["finalized_features_epoch"] == 17
    assert body["zk_migration_ready"] is False


@pytest.mark.parametrize(("offers", "shown"), [({68: (0, 1)}, True), ({69: (0, 1)}, False), ({68: (1, 1)}, False)])
def test_the_new_group_protocol_is_shown_with_its_api(offers: dict[int, tuple[int, int]], shown: bool) -> None:
    features = Features({"group.version": (0, 1)}, 1, {"group.version": (1, 1)})
    broker = Broker(1, "kafka", 9092, offers, features)
    body = offered(Playbook(snapshot=Snapshot(CLUSTER_ID, {1: broker})), 4)
    assert [it["name"] for it in body["supported_features"]] == ["group.version"] * shown
    assert [it["name"] for it in body["finalized_features"]] == ["group.version"] * shown


def test_version_3_hides_features_whose_lowest_level_is_0() -> None:
    body = offered(Playbook(snapshot=cluster(1)), 3)
    assert body["supported_features"] == []
    assert len(body["finalized_features"]) == 1


def test_features_are_cut_to_what_all_brokers_support() -> None:
    def broker(node_id: int, epoch: int, high: int) -> Broker:
        features = Features({"transaction.version": (0, high)}, epoch, {"transaction.version": (1, 1)})
        return Broker(node_id, "kafka", 9092, EVERYTHING, features)

    known = Snapshot(CLUSTER_ID, {1: broker(1, 5, 2), 2: broker(2, 9, 1)})
    body = offered(Playbook(snapshot=known, node_id=None), 4)
    assert body["supported_features"][0]["max_version"] == 1
    assert body["finalized_features_epoch"] == 9


@pytest.mark.parametrize("header", [b"", b"\0\4test", b"\0\4test\0", b"\xff" * 40])
@pytest.mark.parametrize("version", [6, 99, 32767, -1])
def test_a_version_of_the_future_is_told_ours_in_a_v0_body(version: int, header: bytes) -> None:
    book = Playbook(snapshot=cluster(1))
    book.client(b"\0\x12" + version.to_bytes(2, signed=True) + b"\0\0\0\x2a" + header)
    (got,) = book.to_client()
    correlation_id, body = read_answer("ApiVersions", 0, got)
    assert correlation_id == 42
    assert body == {"error_code": 35, "api_keys": [{"api_key": 18, "min_version": 0, "max_version": 5}]}
    assert offered(book, 5)["error_code"] == 0


def test_a_version_of_the_future_is_answered_even_while_the_cluster_is_not_known() -> None:
    book = Playbook()
    book.client(b"\0\x12\0\x63\0\0\0\1")
    assert len(book.to_client()) == 1


@pytest.mark.parametrize("bad", ["", " ", "-a", "a-", "a b", "a\n", "é", "a" * 20 + "_"])
@pytest.mark.parametrize("field", ["client_software_name", "client_software_version"])
def test_software_names_that_kafka_refuses_get_42(field: str, bad: str) -> None:
    book = Playbook(snapshot=cluster(1))
    body = offered(book, 3, **{field: bad})
    assert (body["error_code"], body["api_keys"]) == (42, [])
    assert book.cause is None


@pytest.mark.parametrize("claim", [{"cluster_id": "x"}, {"node_id": 1}])
def test_cluster_and_node_come_together_or_not_at_all(claim: dict[str, Any]) -> None:
    assert offered(Playbook(snapshot=cluster(1)), 5, **claim)["error_code"] == 42


def test_cluster_and_node_are_not_checked_before_login() -> None:
    assert offered(Playbook(snapshot=cluster(1)), 5, cluster_id="x", node_id=9)["error_code"] == 0


@pytest.mark.parametrize(
    ("cluster_id", "node_id", "error"),
    [
        (VIRTUAL, 1, 0),
        (None, -1, 0),
        (VIRTUAL, 2, 129),
        (CLUSTER_ID, 1, 129),
        ("", 1, 129),
        (virtual_cluster_id(CLUSTER_ID, "globex"), 1, 129),
    ],
    ids=["right", "none", "other node", "real cluster", "empty", "other tenant's cluster"],
)
def test_after_login_they_are_compared_with_the_tenants_cluster(cluster_id: str, node_id: int, error: int) -> None:
    book = Playbook.ready()
    assert offered(book, 5, cluster_id=cluster_id, node_id=node_id)["error_code"] == error
    assert book.to_broker() == []


def test_the_bootstrap_port_takes_any_node_of_the_tenants_cluster() -> None:
    book = Playbook.ready(node_id=None)
    assert offered(book, 5, cluster_id=VIRTUAL, node_id=9)["error_code"] == 0
    assert offered(book, 5, cluster_id="other", node_id=9)["error_code"] == 129


def test_api_versions_waits_until_the_cluster_is_known_and_keeps_its_place() -> None:
    book = Playbook()
    book.client(ask("ApiVersions", 0, 1), ask("SaslHandshake", 1, 2, mechanism="PLAIN"))
    assert book.to_client() == []
    assert book.talk.wants_cluster
    assert not book.talk.can_advance
    book.snapshot = cluster(1)
    book.talk.advance()
    assert [int.from_bytes(got[:4]) for got in book.to_client()] == [1, 2]
    assert not book.talk.wants_cluster
