"""Error texts: the broker's own words with the tenant's own names, and not a word about anybody else."""

from __future__ import annotations

import pytest

from klamm.tenancy.scrubbing import Scrubber

ID = "MkU3OEVBNTcwNTJENDM2Qg"
OTHERS = {"globex": "__vt_globex_", "hooli": "appl.", "initech": "Team-b_", "listed": ""}


def scrubbed(text: str, prefix: str = "__vt_acme_") -> str | None:
    """Gives what a tenant reads of a text."""
    return Scrubber(prefix, OTHERS, lambda: {"kafka-1", "localhost"}, ID).scrub(text)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("Topic '__vt_acme_orders' already exists.", "Topic 'orders' already exists."),
        ("__vt_acme_a, __vt_acme_b and [__vt_acme_c-0]", "a, b and [c-0]"),
        ("Group __vt_acme_ops not found.", "Group ops not found."),
        ("Group __vt_acme_ops:blue team not found.", "Group ops:blue team not found."),
        ("Unable to find partition __vt_acme_t:0", "Unable to find partition t:0"),
        ("Topic name is longer than 249 (__vt_acme_x)", "Topic name is longer than 249 (x)"),
        ("The topic has 3 partitions; 1 would not be an increase.",) * 2,
        ("Unknown topic config name: cleanup.policies",) * 2,
        ("Invalid value 1 for configuration segment.bytes: Value must be at least 1048576",) * 2,
        ("Only classic and/or consumer groups",) * 2,
    ],
)
def test_a_tenant_reads_what_the_broker_says_of_its_own_things(told: str, read: str) -> None:
    assert scrubbed(told) == read


@pytest.mark.parametrize(
    "name", ["__vt_acme_", "__vt_acme_orders", "__vt_globex_orders", "__vt_", "vt_acme_", "a__vt_acme_b", "acme", "_"]
)
def test_a_name_that_looks_like_a_prefix_stays_as_the_tenant_wrote_it(name: str) -> None:
    assert scrubbed(f"Topic '__vt_acme_{name}' already exists.") == f"Topic '{name}' already exists."


@pytest.mark.parametrize(
    "told",
    [
        "Topic '__vt_acme_a' collides with existing topic: __vt_globex_a",
        "Topic '__vt_acme_a' collides with existing topic: __vt.acme_a",
        "topic-__vt_acme_a",
        "policy of globex",
        "x.__vt_initech_a",
        "the topic appl.orders",
        "the topic appl_orders",
        "the group Team-b_x",
        "broker 1 at kafka-1",
        "connect to localhost failed",
        "node broker-7.internal:9092 is down",
        "node broker:9092",
        "node 10.0.0.7",
        "node [::1]:9092",
        "node fe80::1",
        "broker-7.kafka.svc.cluster.local",
        "denied for principal User:klamm",
        "User:CN=klamm is not authorised",
        "log dir /var/lib/kafka/__vt_acme_a-0",
        "log dir '/data'",
        f"cluster {ID}",
    ],
)
def test_a_text_that_may_name_something_foreign_is_not_read_at_all(told: str) -> None:
    assert scrubbed(told) is None


def test_without_a_prefix_nothing_tells_whose_a_name_is() -> None:
    assert scrubbed("Topic 'orders' already exists.", prefix="") is None


def test_a_prefix_of_another_form_is_cut_off_the_same_way() -> None:
    assert scrubbed("Topic 'shop.orders' already exists.", prefix="shop.") == "Topic 'orders' already exists."
    assert scrubbed("Topic 'shop.a' collides with existing topic: shop_a", prefix="shop.") is None


def test_a_text_is_judged_anew_when_another_host_becomes_known() -> None:
    hosts = [frozenset({"kafka-1"})]
    scrubber = Scrubber("__vt_acme_", OTHERS, lambda: hosts[0], ID)
    text = "kafka-2 is the leader of __vt_acme_orders"

    assert scrubber.scrub(text) == scrubber.scrub(text) == "kafka-2 is the leader of orders"
    hosts[0] |= {"kafka-2"}
    assert scrubber.scrub(text) is None
    assert scrubber.scrub("kafka-1 too") is None


def test_what_is_kept_of_texts_is_bounded() -> None:
    hosts = frozenset({"kafka-1"})
    scrubber = Scrubber("__vt_acme_", OTHERS, lambda: hosts, ID)
    for number in range(2000):
        assert scrubber.scrub(f"__vt_acme_{number}") == str(number)

    assert len(scrubber._found) <= 256
