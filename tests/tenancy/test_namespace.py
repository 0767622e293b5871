"""No two tenants can ever mean the same name upstream, and a configuration in which they could does not load."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from klamm.tenancy.namespace import KAFKAS_OWN_TOPICS, Namespace, NamespaceError, collisions

NONE: frozenset[str] = frozenset()


def bare(topics: Iterable[str] = (), groups: Iterable[str] = (), ids: Iterable[str] = ()) -> Namespace:
    """Returns a namespace without a prefix."""
    return Namespace("", frozenset(topics), frozenset(groups), frozenset(ids))


def clash(*prefixes: str) -> list[str]:
    """Returns the collisions of tenants t0, t1, ... with these prefixes."""
    return collisions({f"t{number}": Namespace(prefix) for number, prefix in enumerate(prefixes)})


def test_default_prefixes_of_ordinary_tenants_live_together() -> None:
    assert collisions({name: Namespace(f"__vt_{name}_") for name in ("acme", "globex", "initech", "acme2")}) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("__vt_a_", "__vt_a_b_"),  # tenants `a` and `a_b`: topic `b_x` of one is topic `x` of the other
        ("a-", "a-b-"),
        ("appl.", "appl."),
        ("appl.", "appl.eu."),
        ("appl.", "appl_"),  # brokers take '.' and '_' for one
        ("a.b.", "a_b_"),
        ("a_", "a.b_"),
        ("__vt_a_", "__vt_a_."),
        ("x", "xylophone-"),
    ],
)
def test_a_prefix_that_begins_another_is_refused_whoever_comes_first(first: str, second: str) -> None:
    for order in itertools.permutations((first, second)):
        (problem,) = clash(*order)
        assert "'t0'" in problem
        assert "'t1'" in problem
        assert repr(first) in problem
        assert repr(second) in problem
        assert "another prefix" in problem


@pytest.mark.parametrize(("first", "second"), [("a-", "a_"), ("ab_", "a_"), ("A_", "a_"), ("a-b.", "a.b-")])
def test_prefixes_that_differ_early_live_together(first: str, second: str) -> None:
    assert clash(first, second) == []


def test_every_colliding_pair_is_told() -> None:
    problems = clash("a_", "a_b_", "a_b_c_", "z_", "a.")

    assert len(problems) == 6  # all pairs of a_, a., a_b_ and a_b_c_
    assert not [problem for problem in problems if "'t3'" in problem]


def test_two_tenants_without_a_prefix_collide() -> None:
    (problem,) = collisions({"acme": bare({"a"}), "globex": bare({"b"})})

    assert "'acme'" in problem
    assert "'globex'" in problem
    assert "empty prefix" in problem


def test_a_tenant_without_a_prefix_lives_beside_prefixes_its_lists_avoid() -> None:
    old = bare({"orders", "app", "app-1"}, {"payments"}, {"tx"})

    assert collisions({"old": old, "acme": Namespace("__vt_acme_"), "appl": Namespace("appl.")}) == []


@pytest.mark.parametrize(
    ("namespace", "key"),
    [
        (bare(topics={"appl.orders"}), "allowed_topics"),
        (bare(topics={"appl_orders"}), "allowed_topics"),
        (bare(topics={"appl."}), "allowed_topics"),
        (bare(groups={"appl.payments"}), "allowed_groups"),
        (bare(ids={"appl.tx"}), "allowed_transactional_ids"),
    ],
)
def test_a_listed_name_inside_another_tenants_prefix_is_refused(namespace: Namespace, key: str) -> None:
    (problem,) = collisions({"old": namespace, "new": Namespace("appl.")})

    assert "'old'" in problem
    assert "'new'" in problem
    assert key in problem


def test_groups_are_compared_letter_by_letter() -> None:
    assert collisions({"old": bare(groups={"appl_payments"}), "new": Namespace("appl.")}) == []


@pytest.mark.parametrize("prefix", ["_", "__", "__c", "__consumer_", "..consumer.", "__transaction", "__share_group_"])
def test_no_prefix_reaches_kafkas_own_topics(prefix: str) -> None:
    problems = clash(prefix)

    assert problems
    assert all("Kafka's own topic" in problem for problem in problems)


@pytest.mark.parametrize("topic", [*KAFKAS_OWN_TOPICS, "__consumer.offsets"])
def test_no_list_reaches_kafkas_own_topics(topic: str) -> None:
    (problem,) = collisions({"old": bare({topic, "orders"})})

    assert "Kafka's own topic" in problem


@pytest.mark.parametrize("lists", list(itertools.product([None, NONE], repeat=3))[:-1])
def test_without_a_prefix_all_three_lists_are_needed(lists: tuple[frozenset[str] | None, ...]) -> None:
    with pytest.raises(NamespaceError) as caught:
        Namespace("", *lists)

    assert len(caught.value.problems) == lists.count(None)


@pytest.mark.parametrize("prefix", ["a b", "a/", "ä_", "a\n", "\0", "a*", "a" * 249])
def test_a_prefix_that_no_topic_can_carry_is_refused(prefix: str) -> None:
    with pytest.raises(NamespaceError, match="prefix"):
        Namespace(prefix)


@pytest.mark.parametrize("topic", ["", ".", "..", "a b", "a" * 240])
def test_a_listed_topic_that_kafka_would_refuse_is_refused(topic: str) -> None:
    with pytest.raises(NamespaceError, match="allowed_topics"):
        Namespace("__vt_acme_", frozenset({topic, "orders"}))


def test_an_empty_group_cannot_be_listed() -> None:
    with pytest.raises(NamespaceError, match="allowed_groups"):
        Namespace("__vt_acme_", None, frozenset({""}))


def test_all_problems_of_a_namespace_are_told_at_once() -> None:
    with pytest.raises(NamespaceError) as caught:
        Namespace("", frozenset({"", "a b"}), None, None)

    assert len(caught.value.problems) == len(str(caught.value).splitlines()) == 4


def test_thousands_of_tenants_are_compared_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in comparisons: a pass over all pairs of 5,000 tenants would need twelve million."""
    compared = itertools.count()

    class Counted(str):
        __slots__ = ()

        def startswith(self, *given: object) -> bool:
            next(compared)
            return super().startswith(*given)

    monkeypatch.setattr("klamm.tenancy.namespace._folded", lambda name: Counted(name.replace(".", "_")))

    assert collisions({f"tenant{number}": Namespace(f"__vt_{number:05}_") for number in range(5000)}) == []
    assert next(compared) < 20_000


prefixes = st.text("ab._-", min_size=1, max_size=4)
names = st.text("ab._-", max_size=5)


@given(first=prefixes, second=prefixes, ours=names, theirs=names)
def test_tenants_that_load_together_never_meet_in_a_name(first: str, second: str, ours: str, theirs: str) -> None:
    assume(not clash(first, second))

    assert (first + ours).replace(".", "_") != (second + theirs).replace(".", "_")


@given(first=prefixes, second=prefixes)
def test_the_answer_does_not_depend_on_the_order_of_the_file(first: str, second: str) -> None:
    assert bool(clash(first, second)) == bool(clash(second, first))


@given(st.lists(prefixes, max_size=8))
def test_the_sorted_pass_finds_what_comparing_all_pairs_finds(given: list[str]) -> None:
    folded = [prefix.replace(".", "_") for prefix in given]
    pairs = [
        pair for pair in itertools.combinations(folded, 2) if pair[0].startswith(pair[1]) or pair[1].startswith(pair[0])
    ]
    between = [problem for problem in clash(*given) if problem.startswith("tenants")]

    assert len(between) == len(pairs)
