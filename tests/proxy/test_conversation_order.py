"""READY: every answer reaches the request it belongs to, in order, or none does."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klamm.proxy.terms import Stage
from klamm.wire.headers import peek_request
from tests.proxy.playbook import Playbook
from tests.proxy.speech import CLIENT_ID, answer, ask, read_answer, read_question

BROKERS = [{"node_id": 1, "host": "kafka-1", "port": 9092, "rack": None}]

UPSTREAM_ID = b"acme." + CLIENT_ID


def metadata(correlation_id: int, *topics: str, version: int = 9) -> bytes:
    rows = [{"error_code": 0, "name": topic, "partitions": []} for topic in topics]
    return answer("Metadata", version, correlation_id, brokers=BROKERS, cluster_id="real", controller_id=1, topics=rows)


def all_topics(correlation_id: int) -> bytes:
    return ask("Metadata", 9, correlation_id, topics=None)


def denied(correlation_id: int) -> bytes:
    # What brokers say among themselves is refused to tenants for good.
    return ask("AddPartitionsToTxn", 4, correlation_id, transactions=[])


def produce(correlation_id: int, acks: int, topic: str = "orders") -> bytes:
    rows = [{"name": topic, "partition_data": [{"index": 0, "records": b"records"}]}]
    return ask("Produce", 9, correlation_id, transactional_id=None, acks=acks, timeout_ms=1000, topic_data=rows)


def test_requests_go_upstream_under_the_clients_own_correlation_id_and_a_client_id_of_the_tenant() -> None:
    book = Playbook.ready()
    book.client(ask("Metadata", 9, 77, topics=[{"name": "orders"}]))
    asked = read_question(book.to_broker()[0])
    assert (asked.name, asked.version, asked.correlation_id, asked.client_id) == ("Metadata", 9, 77, UPSTREAM_ID)
    assert [row["name"] for row in asked["topics"]] == ["__vt_acme_orders"]


def test_an_answer_comes_back_in_the_tenants_words() -> None:
    book = Playbook.ready()
    book.client(all_topics(5))
    book.broker(metadata(5, "__vt_acme_orders", "__vt_globex_orders", "__consumer_offsets"))
    (got,) = book.to_client()
    correlation_id, body = read_answer("Metadata", 9, got)
    assert correlation_id == 5
    assert [row["name"] for row in body["topics"]] == ["orders"]
    assert [(row["host"], row["port"]) for row in body["brokers"]] == [("klamm.example", 9093)]


@pytest.mark.parametrize("client_id", [None, b"", b"x" * 300, b"__admin_client", b"acme.x", b"\xff\x00"])
@pytest.mark.parametrize(("name", "version"), [("Metadata", 8), ("Metadata", 9)])
def test_any_client_id_arrives_with_the_tenants_name_before_it_and_none_as_none(
    client_id: bytes | None, name: str, version: int
) -> None:
    book = Playbook.ready()
    plain = ask(name, version, 7, topics=None)
    size = b"\xff\xff" if client_id is None else len(client_id).to_bytes(2)
    book.client(plain[:8] + size + (client_id or b"") + plain[10 + len(CLIENT_ID) :])
    expected = None if client_id is None else b"acme." + client_id
    assert read_question(book.to_broker()[0]).client_id == expected


def test_unknown_header_tags_are_not_forwarded() -> None:
    book = Playbook.ready()
    book.client(ask("Metadata", 9, 7, header_tags=b"\x01\x63\x03abc", topics=None), all_topics(8))
    tagged, plain = book.to_broker()
    assert tagged[8:] == plain[8:]
    book.broker(metadata(7), metadata(8))
    assert len(book.to_client()) == 2


def test_unknown_header_tags_of_a_broker_are_not_forwarded() -> None:
    book = Playbook.ready()
    book.client(all_topics(7), all_topics(8))
    plain = metadata(8, "__vt_acme_orders")
    book.broker(metadata(7, "__vt_acme_orders")[:4] + b"\x01\x00\x02xy" + plain[5:], plain)
    tagged, untagged = book.to_client()
    assert tagged[4:] == untagged[4:]


def test_a_request_may_go_upstream_in_another_version_and_is_answered_in_its_own() -> None:
    book = Playbook.ready(auto_create=False)
    book.client(ask("Metadata", 1, 7, topics=[{"name": "orders"}]))
    asked = read_question(book.to_broker()[0])
    assert (asked.version, asked.client_id, asked["allow_auto_topic_creation"]) == (4, UPSTREAM_ID, False)
    book.broker(metadata(7, "__vt_acme_orders", version=4))
    correlation_id, body = read_answer("Metadata", 1, book.to_client()[0])
    assert correlation_id == 7
    assert [row["name"] for row in body["topics"]] == ["orders"]
    assert "cluster_id" not in body


def test_answers_given_here_wait_for_those_before_them() -> None:
    book = Playbook.ready()
    book.client(all_topics(1), denied(2), denied(3), all_topics(4), denied(5))
    assert book.to_client() == []
    book.broker(metadata(1))
    assert [int.from_bytes(got[:4]) for got in book.to_client()] == [1, 2, 3]
    book.broker(metadata(4))
    assert [int.from_bytes(got[:4]) for got in book.to_client()] == [4, 5]


def test_an_answer_given_here_leaves_at_once_when_nothing_is_due() -> None:
    book = Playbook.ready()
    book.client(denied(2))
    correlation_id, body = read_answer("AddPartitionsToTxn", 4, book.to_client()[0])
    assert (correlation_id, body["error_code"]) == (2, 31)
    assert book.to_broker() == []
    assert book.count("klamm_denied_total") == 1


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(["forwarded", "denied", "acks=0"]), st.integers(0, 3)), max_size=20))
def test_any_mixture_is_answered_in_order_and_completely(steps: list[tuple[str, int]]) -> None:
    """Each step is one more request, after which the broker answers so many of those that are due."""
    book = Playbook.ready()
    speak = {"forwarded": all_topics, "denied": denied, "acks=0": lambda number: produce(number, 0)}
    got: list[bytes] = []
    due: list[int] = []
    for number, (kind, answered) in enumerate([*steps, ("denied", 20)]):
        book.client(speak[kind](number))
        due += [peek_request(it)[2] for it in book.to_broker() if peek_request(it)[0] == 3]
        book.broker(*map(metadata, due[:answered]))
        del due[:answered]
        got += book.to_client()
    silent = {number for number, (kind, _) in enumerate(steps) if kind == "acks=0"}
    assert [int.from_bytes(it[:4]) for it in got] == [
        number for number in range(len(steps) + 1) if number not in silent
    ]
    assert book.talk.idle


def test_a_request_without_an_answer_leaves_no_trace() -> None:
    book = Playbook.ready()
    book.client(produce(1, 0), all_topics(2), produce(3, 0))
    assert [peek_request(it)[2] for it in book.to_broker()] == [1, 2, 3]
    book.broker(metadata(2))
    assert len(book.to_client()) == 1
    assert book.talk.idle


def test_a_refused_request_without_an_answer_ends_the_connection() -> None:
    book = Playbook.ready(topics=frozenset({"orders"}))
    book.client(produce(1, 1), produce(2, 0, topic="not-listed"))
    assert book.cause == "error"
    assert [peek_request(it)[2] for it in book.to_broker()] == [1]
    assert book.count("klamm_denied_total") == 1


@pytest.mark.parametrize(
    "extra",
    [metadata(9, "__vt_acme_orders"), metadata(2), metadata(0), b"", b"\0\0\0", metadata(1)[:-2]],
    ids=["unasked", "the next one", "another", "empty", "short", "cut"],
)
def test_a_frame_that_is_not_the_oldest_requests_answer_ends_both_sides(extra: bytes) -> None:
    book = Playbook.ready()
    book.client(all_topics(1), all_topics(2))
    book.broker(extra, metadata(1), metadata(2))
    assert book.cause == "error"
    assert book.to_client() == []
    assert book.count("klamm_upstream_errors_total") == 1


def test_an_answer_with_bytes_too_many_ends_both_sides() -> None:
    book = Playbook.ready()
    book.client(ask("Heartbeat", 4, 1, group_id="g", generation_id=1, member_id="m"))
    book.broker(answer("Heartbeat", 4, 1) + b"\0")
    assert book.cause == "error"
    assert book.to_client() == []


def test_an_answer_before_any_request_ends_both_sides() -> None:
    book = Playbook.ready()
    book.broker(metadata(1))
    assert book.cause == "error"
    assert book.to_client() == []


def test_answers_before_a_bad_one_still_reach_the_client() -> None:
    book = Playbook.ready()
    book.client(all_topics(1), all_topics(2))
    book.broker(metadata(1), metadata(1))
    assert [int.from_bytes(got[:4]) for got in book.to_client()] == [1]
    assert book.cause == "error"


def test_an_answer_that_would_show_a_foreign_name_is_withheld_loudly() -> None:
    book = Playbook.ready()
    topics = [{"topic": "orders", "partitions": [{"partition": 0, "fetch_offset": 0}]}]
    book.client(ask("Fetch", 4, 1, replica_id=-1, max_wait_ms=1, min_bytes=1, topics=topics), all_topics(2))
    book.broker(answer("Fetch", 4, 1, responses=[{"topic": "__vt_globex_orders", "partitions": []}]), metadata(2))
    assert book.to_client() == []
    assert book.cause == "error"
    assert book.talk.ending is not None
    assert book.talk.ending.loud
    assert "globex" not in book.talk.ending.reason
    assert book.count("klamm_leaks_prevented_total") == 1


@pytest.mark.parametrize("frame", [b"\0\x63\0\0\0\0\0\1", b"\0\x03\0\x63\0\0\0\1", b"\x7f\xff\x7f\xff\0\0\0\1"])
def test_an_unknown_key_or_version_ends_the_connection_and_reaches_no_broker(frame: bytes) -> None:
    book = Playbook.ready()
    book.client(all_topics(1), frame, all_topics(2))
    assert len(book.to_broker()) == 1
    assert book.cause == "malformed"
    assert book.count("klamm_malformed_frames_total") == 1


@pytest.mark.parametrize(
    "frame",
    [
        ask("Heartbeat", 4, 1, group_id="g", generation_id=1, member_id="m") + b"\0",
        ask("Metadata", 9, 1, topics=None)[:-1],
        ask("Metadata", 9, 1, topics=None)[:9],
        ask("Metadata", 9, 1, topics=None)[:8] + b"\x80\0" + b"\0" * 40,
        ask("Metadata", 9, 1, topics=None)[:8] + b"\x7f\xff" + b"\0" * 40,
        ask("Metadata", 9, 1, header_tags=b"\xff\xff\xff\xff\x0f", topics=None),
        ask("Metadata", 9, 1, header_tags=b"\x01\x00\x7f", topics=None),
    ],
    ids=["long", "cut", "in the client id's size", "negative", "huge", "tag count", "tag size"],
)
def test_a_bad_request_ends_the_connection_and_reaches_no_broker(frame: bytes) -> None:
    book = Playbook.ready()
    book.client(frame)
    assert book.cause == "malformed"
    assert book.to_broker() == []


def test_no_more_requests_are_under_way_than_allowed() -> None:
    book = Playbook.ready(in_flight=4)
    book.client(*(all_topics(number) for number in range(10)))
    assert len(book.to_broker()) == 4
    assert len(book.talk.unread) == 6
    assert not book.talk.can_advance
    book.broker(metadata(0), metadata(1))
    assert [peek_request(it)[2] for it in book.to_broker()] == [4, 5]
    for number in range(2, 10):
        book.broker(metadata(number))
    assert book.talk.idle
    assert len(book.to_client()) == 10


def test_a_burst_of_requests_answered_here_is_taken_in_turns() -> None:
    book = Playbook.ready(in_flight=4)
    book.client(*(denied(number) for number in range(10)))
    assert len(book.to_client()) == 4
    assert book.talk.can_advance
    book.talk.advance()
    book.talk.advance()
    assert len(book.to_client()) == 6
    assert book.talk.idle


def test_nothing_is_taken_while_a_side_is_held_back() -> None:
    book = Playbook.ready()
    book.talk.held = True
    book.client(all_topics(1), denied(2))
    assert book.to_broker() == book.to_client() == []
    book.talk.held = False
    book.talk.advance()
    assert len(book.to_broker()) == 1
    assert book.talk.idle is False


def test_after_the_end_nothing_is_taken_from_either_side() -> None:
    book = Playbook.ready()
    book.client(all_topics(1), b"")
    book.to_broker()
    book.client(all_topics(2))
    book.broker(metadata(1))
    assert book.to_broker() == book.to_client() == []
    assert book.talk.stage is Stage.OVER


def test_a_request_that_grows_too_long_for_the_broker_is_not_sent() -> None:
    book = Playbook.ready()
    names = [{"name": f"{number:0240}"[:230]} for number in range(4500)]
    book.client(ask("Metadata", 9, 1, topics=names))
    assert book.cause == "malformed"
    assert book.to_broker() == []


def test_a_client_may_say_another_client_id_in_every_request() -> None:
    book = Playbook.ready()
    plain = ask("Metadata", 9, 7, topics=[])
    for number in [*range(40), 0]:
        said = b"client-%d" % number
        book.client(plain[:8] + len(said).to_bytes(2) + said + plain[10 + len(CLIENT_ID) :])
        assert read_question(book.to_broker()[0]).client_id == b"acme." + said
        book.broker(answer("Metadata", 9, 7))
    assert len(book.to_client()) == 41


def test_a_client_id_that_leaves_no_room_for_the_tenant_ends_the_conversation() -> None:
    book = Playbook.ready()
    plain, said = ask("Metadata", 9, 7, topics=[]), b"x" * 32767
    book.client(plain[:8] + len(said).to_bytes(2) + said + plain[10 + len(CLIENT_ID) :])

    assert book.cause == "malformed"
    assert not book.to_broker()
