"""Fetch sessions: good on the connection that opened them, and nowhere else; what is refused is refused each time."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.rewriting import Session
from tests.rewriting.driving import OWN_ID, PREFIX, answered, forwarded, names_of, refused, session, upstream

NOT_FOUND = 70
NUMBER = 4711
VERSIONS = range(7, 19)
BY_ID = range(13, 19)
FOREIGN = bytes(range(1, 17))


def fetch(session_id: int, epoch: int, *topics: str | bytes, forgotten: tuple[bytes, ...] = ()) -> dict[str, Any]:
    """Gives a request; topics are names, or ids."""
    listed = [
        {("topic_id" if isinstance(it, bytes) else "topic"): it, "partitions": [{"partition": 0}]} for it in topics
    ]
    left = [{"topic_id": it, "partitions": [0]} for it in forgotten]
    return {"session_id": session_id, "session_epoch": epoch, "topics": listed, "forgotten_topics_data": left}


def opened(version: int) -> Session:
    """Gives a connection on which a session has been opened."""
    tenant = session()
    own: str | bytes = OWN_ID if version in BY_ID else "own"
    answered(forwarded("Fetch", version, fetch(0, 0, own), tenant), {"session_id": NUMBER}, tenant)
    return tenant


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_goes_on_where_it_was_opened(version: int) -> None:
    tenant = opened(version)

    forward = forwarded("Fetch", version, fetch(NUMBER, 1), tenant)
    seen = answered(forward, {"session_id": NUMBER}, tenant)

    assert (upstream(forward)["session_id"], upstream(forward)["session_epoch"]) == (NUMBER, 1)
    assert seen["session_id"] == NUMBER


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("own", [True, False])
def test_a_guessed_session_is_not_found_whoever_has_it(version: int, own: bool) -> None:
    other = opened(version).for_connection() if own else session()

    seen = refused("Fetch", version, fetch(NUMBER, 1), other)

    assert (seen["error_code"], seen["session_id"], seen["responses"]) == (NOT_FOUND, 0, [])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("epoch", [0, -1])
def test_nobodys_session_is_closed_by_a_guess(version: int, epoch: int) -> None:
    sent = upstream(forwarded("Fetch", version, fetch(NUMBER, epoch), session()))

    assert (sent["session_id"], sent["session_epoch"]) == (0, epoch)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("epoch", [0, -1])
def test_an_own_session_is_closed(version: int, epoch: int) -> None:
    sent = upstream(forwarded("Fetch", version, fetch(NUMBER, epoch), opened(version)))

    assert (sent["session_id"], sent["session_epoch"]) == (NUMBER, epoch)


@pytest.mark.parametrize("version", range(7, 13))
def test_as_long_as_a_name_is_refused_there_is_no_session_and_its_error_comes_each_time(version: int) -> None:
    tenant = session()
    for _ in range(2):
        forward = forwarded("Fetch", version, fetch(0, 0, "..", "own"), tenant)
        seen = answered(forward, {"responses": [{"topic": f"{PREFIX}own"}]}, tenant)

        assert upstream(forward)["session_epoch"] == -1
        assert names_of(seen["responses"], "topic") == ["..", "own"]
        assert seen["responses"][0]["partitions"][0]["error_code"] == 17
        assert (seen["error_code"], seen["session_id"]) == (0, 0)


@pytest.mark.parametrize("version", range(7, 13))
def test_a_name_that_is_refused_in_a_session_ends_it(version: int) -> None:
    tenant = opened(version)

    assert refused("Fetch", version, fetch(NUMBER, 1, ".."), tenant)["error_code"] == NOT_FOUND
    assert upstream(forwarded("Fetch", version, fetch(NUMBER, 0, "own", ".."), tenant))["session_epoch"] == -1


@pytest.mark.parametrize("version", BY_ID)
def test_a_foreign_id_stays_in_a_session_and_is_forgotten_under_what_stands_for_it(version: int) -> None:
    tenant = session()
    forward = forwarded("Fetch", version, fetch(0, 0, FOREIGN, OWN_ID), tenant)
    made = upstream(forward)["topics"][0]["topic_id"]
    answered(forward, {"session_id": NUMBER}, tenant)

    more = forwarded("Fetch", version, fetch(NUMBER, 1), tenant)
    error = [{"partition_index": 0, "error_code": 100}]
    seen = answered(more, {"session_id": NUMBER, "responses": [{"topic_id": made, "partitions": error}]}, tenant)
    last = forwarded("Fetch", version, fetch(NUMBER, 2, forgotten=(FOREIGN, OWN_ID)), tenant)

    assert names_of(seen["responses"], "topic_id") == [FOREIGN]
    assert names_of(upstream(last)["forgotten_topics_data"], "topic_id") == [made, OWN_ID]


@pytest.mark.parametrize("version", BY_ID)
def test_a_session_with_a_stand_in_for_what_is_the_tenants_after_all_is_opened_anew(version: int) -> None:
    tenant = session()
    answered(forwarded("Fetch", version, fetch(0, 0, FOREIGN), tenant), {"session_id": NUMBER}, tenant)
    tenant.topic_ids.learn(FOREIGN)

    assert refused("Fetch", version, fetch(NUMBER, 1), tenant)["error_code"] == NOT_FOUND

    sent = upstream(forwarded("Fetch", version, fetch(NUMBER, 0, FOREIGN), tenant))
    assert (sent["session_id"], names_of(sent["topics"], "topic_id")) == (NUMBER, [FOREIGN])
    answered(forwarded("Fetch", version, fetch(0, 0, FOREIGN), tenant), {"session_id": NUMBER + 1}, tenant)
    assert upstream(forwarded("Fetch", version, fetch(NUMBER + 1, 1), tenant))["session_id"] == NUMBER + 1


def test_a_connection_has_so_many_sessions_and_no_more() -> None:
    tenant = session()
    for number in range(1, 100):
        answered(forwarded("Fetch", 13, fetch(0, 0), tenant), {"session_id": number}, tenant)

    assert list(tenant.connection.fetch_sessions) == list(range(36, 100))
