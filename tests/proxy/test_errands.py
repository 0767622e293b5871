"""A request that names a topic nobody knows waits for Klamm's own question; the client sees nothing of that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proxy.playbook import Playbook
from tests.proxy.speech import CLIENT_ID, answer, ask, read_answer, read_question

OWN, FOREIGN = b"\x01" * 16, b"\x02" * 16
PART = [{"index": 0, "records": b"r"}]


def produce(correlation_id: int, *topic_ids: bytes, acks: int = -1) -> bytes:
    topics = [{"topic_id": topic_id, "partition_data": PART} for topic_id in topic_ids]
    return ask("Produce", 13, correlation_id, acks=acks, topic_data=topics)


def told(correlation_id: int, **names: str | None) -> bytes:
    topics: list[dict[str, Any]] = [
        {"topic_id": OWN if key == "own" else FOREIGN, "name": name, "error_code": 0 if name else 100}
        for key, name in names.items()
    ]
    return answer("Metadata", 12, correlation_id, topics=topics)


def codes(payload: bytes) -> list[int]:
    _, body = read_answer("Produce", 13, payload)
    return [topic["partition_responses"][0]["error_code"] for topic in body["responses"]]


def test_an_unknown_id_is_looked_up_and_the_request_goes_on_when_it_is_the_tenants() -> None:
    book = Playbook.ready()
    book.client(produce(7, OWN))
    (question,) = map(read_question, book.to_broker())
    assert (question.name, question.version, question.client_id) == ("Metadata", 12, CLIENT_ID)
    assert [topic["topic_id"] for topic in question["topics"]] == [OWN]

    book.broker(told(7, own="__vt_acme_orders"))

    assert book.to_client() == []
    (sent,) = map(read_question, book.to_broker())
    assert (sent.name, sent["topic_data"][0]["topic_id"]) == ("Produce", OWN)
    book.client(produce(8, OWN))
    assert [read_question(it).name for it in book.to_broker()] == ["Produce"]


@pytest.mark.parametrize("name", ["__vt_globex_orders", "orders", "__consumer_offsets", None])
def test_records_for_an_id_that_is_not_the_tenants_never_reach_the_broker(name: str | None) -> None:
    book = Playbook.ready()
    book.client(produce(7, FOREIGN))
    book.to_broker()

    book.broker(told(7, foreign=name))

    assert book.to_broker() == []
    (seen,) = book.to_client()
    assert codes(seen) == [100]
    book.client(produce(8, FOREIGN))
    assert [codes(it) for it in book.to_client()] == [[100]]
    assert book.to_broker() == []


def test_later_requests_wait_and_earlier_ones_do_not() -> None:
    book = Playbook.ready()
    book.client(ask("Metadata", 9, 1, topics=None), produce(2, OWN), ask("Metadata", 9, 3, topics=None))
    assert [read_question(it).version for it in book.to_broker()] == [9, 12]

    book.broker(answer("Metadata", 9, 1))
    assert [int.from_bytes(it[:4]) for it in book.to_client()] == [1]
    book.broker(told(2, own="__vt_acme_orders"))

    assert [read_question(it).name for it in book.to_broker()] == ["Produce", "Metadata"]
    book.broker(answer("Produce", 13, 2), answer("Metadata", 9, 3))
    assert [int.from_bytes(it[:4]) for it in book.to_client()] == [2, 3]


def test_an_answer_given_here_waits_for_the_question_before_it() -> None:
    book = Playbook.ready()
    book.client(produce(1, FOREIGN), ask("ApiVersions", 0, 2))
    book.to_broker()
    assert book.to_client() == []

    book.broker(told(1, foreign=None))

    assert [int.from_bytes(it[:4]) for it in book.to_client()] == [1, 2]


def test_a_broker_that_answers_something_else_ends_the_conversation() -> None:
    for wrong in (told(9, own="__vt_acme_orders"), b"\0\0\0\7", b""):
        book = Playbook.ready()
        book.client(produce(7, OWN))
        book.to_broker()

        book.broker(wrong)

        assert book.cause == "error"
        assert book.to_broker() == []


def test_records_that_await_no_answer_are_decided_first_too() -> None:
    book = Playbook.ready()
    book.client(produce(7, FOREIGN, acks=0))
    assert [read_question(it).name for it in book.to_broker()] == ["Metadata"]

    book.broker(told(7, foreign="__vt_globex_orders"))

    assert book.to_broker() == []
    assert book.cause == "error"


def test_a_request_is_counted_once_however_long_it_waits() -> None:
    book = Playbook.ready()
    book.client(produce(7, OWN))
    book.broker(told(7, own="__vt_acme_orders"))

    assert book.count("klamm_topic_id_lookups_total") == 1
    assert book.count("klamm_requests_total") == 1
