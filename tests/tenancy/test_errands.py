"""Errands: what is asked of the broker before a request is decided, how much of it, and what is made of the answers."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.rewriting import TopicIds
from klamm.tenancy.errands import MAX_IDS, Errand, LookUps, look_up
from klamm.tenancy.namespace import Namespace
from klamm.tenancy.tenant import Tenant
from klamm.tenancy.view import TenantView


def an_id(number: int) -> bytes:
    """Gives the id of a topic."""
    return (number + 2).to_bytes(16, "big")


def view(allowed: frozenset[str] | None = None) -> TenantView:
    """Gives acme's view."""
    return TenantView(Tenant("acme", Namespace("__vt_acme_", allowed)), {})


def run(errand: Errand, names: dict[bytes, str | None]) -> list[int]:
    """Answers an errand as a broker would that has these topics, and gives how many ids each question had."""
    asked = []
    answer: dict[str, Any] | None = None
    while True:
        try:
            question = next(errand) if answer is None else errand.send(answer)
        except StopIteration:
            return asked
        assert question.body["allow_auto_topic_creation"] is False
        topic_ids = [topic["topic_id"] for topic in question.body["topics"]]
        asked.append(len(topic_ids))
        answer = {"topics": [{"topic_id": it, "name": names.get(it)} for it in topic_ids]}


def test_an_id_is_the_tenants_when_its_name_is() -> None:
    known = TopicIds()
    names = {an_id(0): "__vt_acme_orders", an_id(1): "__vt_globex_orders", an_id(2): None, an_id(3): "__vt_acme_"}

    run(look_up(names, known, view(), LookUps()), names)

    assert [known.owns(an_id(number)) for number in range(4)] == [True, False, False, False]


def test_an_id_off_the_list_is_not_the_tenants() -> None:
    known = TopicIds()
    names: dict[bytes, str | None] = {an_id(0): "__vt_acme_orders", an_id(1): "__vt_acme_other"}

    run(look_up(names, known, view(frozenset({"orders"})), LookUps()), names)

    assert [known.owns(an_id(number)) for number in range(2)] == [True, False]


def test_an_id_that_the_broker_says_nothing_about_is_not_the_tenants() -> None:
    known = TopicIds()
    errand = look_up([an_id(0)], known, view(), LookUps())
    next(errand)

    with pytest.raises(StopIteration):
        errand.send({"topics": [{"topic_id": an_id(7), "name": "__vt_acme_orders"}]})

    assert known.owns(an_id(0)) is False
    assert known.owns(an_id(7)) is None


def test_many_ids_are_asked_for_in_parts_and_no_more_than_may_be() -> None:
    asked = run(look_up([an_id(number) for number in range(MAX_IDS + 700)], TopicIds(), view(), LookUps()), {})

    assert asked == [500] * (MAX_IDS // 500)


def test_a_tenant_that_asks_and_asks_is_told_to_wait_whatever_it_asks_for() -> None:
    now = 0.0
    allowance = LookUps(lambda: now)

    granted = [allowance.take(MAX_IDS) for _ in range(3)]
    now = 1.0

    assert granted == [MAX_IDS, MAX_IDS, 0]
    assert allowance.take(MAX_IDS) == 500
    assert not run(look_up([an_id(0)], TopicIds(), view(), allowance), {})
