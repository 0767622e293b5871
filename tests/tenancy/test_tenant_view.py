"""One tenant's view: whatever it asks for stays in its namespace, whatever it is shown came from there."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from klamm.rewriting.errors import Refused
from klamm.rewriting.view import View
from klamm.tenancy.namespace import Namespace, collisions
from klamm.tenancy.tenant import Permissions, Tenant
from klamm.tenancy.view import TenantView, virtual_cluster_id

UPSTREAM_ID = "MkU3OEVBNTcwNTJENDM2Qg"
KINDS = ("topic", "group", "transactional_id")


def view(name: str = "acme", prefix: str | None = None, *lists: set[str] | None, **permissions: bool) -> TenantView:
    """Returns the view of a tenant whose prefix is the default one unless it is given."""
    allowed = [None if names is None else frozenset(names) for names in lists]
    namespace = Namespace(f"__vt_{name}_" if prefix is None else prefix, *allowed)
    return TenantView(Tenant(name, namespace, Permissions(**permissions)), {1: ("proxy", 9093)}, UPSTREAM_ID)


def to_upstream(tenant: TenantView, kind: str, name: str) -> str:
    """Returns the upstream name of one of the three kinds."""
    mapped: str = getattr(tenant, f"{kind}_to_upstream")(name)
    return mapped


def to_tenant(tenant: TenantView, kind: str, name: str) -> str | None:
    """Returns the tenant's name of one of the three kinds, or None."""
    mapped: str | None = getattr(tenant, f"{kind}_to_tenant")(name)
    return mapped


def refusal(call: Callable[[str], str], name: str) -> int:
    """Returns the code with which a name is refused; fails if it passes."""
    with pytest.raises(Refused) as caught:
        call(name)
    return caught.value.code


def test_it_answers_every_question_the_rules_may_ask() -> None:
    asked = {name: inspect.signature(value) for name, value in vars(View).items() if inspect.isfunction(value)}
    asked = {name: signature for name, signature in asked.items() if not name.startswith("_")}

    assert len(asked) == 15
    assert {name: inspect.signature(getattr(TenantView, name)) for name in asked} == asked
    assert view().first_topic == "__vt_acme_"


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_goes_up_with_the_prefix_and_comes_back_without(kind: str) -> None:
    assert to_upstream(view(), kind, "orders") == "__vt_acme_orders"
    assert to_tenant(view(), kind, "__vt_acme_orders") == "orders"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    ["", "orders", "__vt_globex_orders", "__vt_acme", "__vt_acme_", "__VT_ACME_orders", " __vt_acme_x", "x__vt_acme_y"],
)
def test_whatever_lacks_the_prefix_or_a_name_behind_it_is_foreign(kind: str, name: str) -> None:
    assert to_tenant(view(), kind, name) is None


@pytest.mark.parametrize("rest", [".", "..", "a b", "a/b", "ä", "a\n", "a" * 240])
def test_a_topic_that_klamm_cannot_have_made_is_foreign_though_the_prefix_fits(rest: str) -> None:
    assert view().topic_to_tenant(f"__vt_acme_{rest}") is None


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "a" * 240])
def test_a_bad_topic_name_gets_17(name: str) -> None:
    assert refusal(view().topic_to_upstream, name) == 17
    assert refusal(view("acme", None, {"orders"}).topic_to_upstream, name) == 17


def test_an_empty_group_gets_24_and_an_empty_transactional_id_42() -> None:
    for tenant in (view(), view("acme", None, set(), set(), set())):
        assert refusal(tenant.group_to_upstream, "") == 24
        assert refusal(tenant.transactional_id_to_upstream, "") == 42


@pytest.mark.parametrize(("kind", "code"), [("topic", 3), ("group", 30), ("transactional_id", 53)])
@pytest.mark.parametrize("prefix", [None, ""])
def test_a_name_off_the_list_is_refused_as_kafka_would_and_never_shown(
    kind: str, code: int, prefix: str | None
) -> None:
    tenant = view("acme", prefix, {"orders"}, {"orders"}, {"orders"})

    assert to_tenant(tenant, kind, to_upstream(tenant, kind, "orders")) == "orders"
    assert refusal(getattr(tenant, f"{kind}_to_upstream"), "billing") == code
    assert to_tenant(tenant, kind, f"{tenant.first_topic}billing") is None


@pytest.mark.parametrize("topic", ["__consumer_offsets", "__transaction_state"])
def test_kafkas_own_topics_are_a_tenants_own_harmless_ones_or_nothing(topic: str) -> None:
    assert view().topic_to_upstream(topic) == f"__vt_acme_{topic}"
    assert view().topic_to_tenant(topic) is None
    assert refusal(view("acme", "", {"orders"}, set(), set()).topic_to_upstream, topic) == 3


def test_a_name_that_already_has_the_prefix_gets_it_again() -> None:
    assert view().topic_to_upstream("__vt_acme_orders") == "__vt_acme___vt_acme_orders"
    assert view().topic_to_upstream("__vt_globex_orders") == "__vt_acme___vt_globex_orders"


def test_a_topic_inside_the_consumer_protocol_is_prefixed_without_questions() -> None:
    assert view("acme", None, {"orders"}).payload_topic_to_upstream("a b") == "__vt_acme_a b"


def test_permissions_answer_to_the_words_of_the_rules_only() -> None:
    assert view().permits("auto_create_topics")
    assert not view().permits("delete_topics")
    assert view(delete_topics=True).permits("delete_topics")
    assert not view(auto_create_topics=False).permits("auto_create_topics")
    with pytest.raises(ValueError, match="'delete_topic', which does not exist"):
        view().permits("delete_topic")


def test_a_node_without_a_route_has_no_endpoint() -> None:
    assert view().endpoint(1) == ("proxy", 9093)
    assert view().endpoint(2) is None
    assert view().endpoint(-1) is None


def test_endpoints_follow_the_topology_as_it_is_when_asked() -> None:
    nodes: dict[int, tuple[str, int]] = {}
    tenant = Tenant("acme", Namespace("__vt_acme_"))
    views = [TenantView(tenant, nodes), TenantView(tenant, lambda node_id: nodes.get(node_id))]

    assert [each.endpoint(7) for each in views] == [None, None]
    nodes[7] = ("proxy", 9099)
    assert [each.endpoint(7) for each in views] == [("proxy", 9099)] * 2


def test_each_tenant_has_a_cluster_id_of_its_own_that_outlives_a_restart() -> None:
    assert view("acme").cluster_id(UPSTREAM_ID) == "EqfwE38KOKapvravtnCPtw"
    assert view("globex").cluster_id(UPSTREAM_ID) == view("globex").cluster_id(UPSTREAM_ID)
    ids = {view(name).cluster_id(upstream) for name in ("acme", "globex") for upstream in (UPSTREAM_ID, "other")}
    assert len(ids | {UPSTREAM_ID, "other"}) == 6


def test_the_cluster_id_is_the_same_whether_or_not_it_was_known_beforehand() -> None:
    late = TenantView(Tenant("acme", Namespace("__vt_acme_")), {})

    assert late.cluster_id(UPSTREAM_ID) == view().cluster_id(UPSTREAM_ID)


def test_no_cluster_id_stays_none() -> None:
    assert view().cluster_id(None) is None
    assert TenantView(Tenant("acme", Namespace("__vt_acme_")), {}).cluster_id(None) is None


@given(
    upstream=st.text(st.characters(exclude_categories=["Cs"])), tenant=st.text(min_size=1, max_size=9, alphabet="ab_")
)
def test_a_cluster_id_looks_like_kafkas(upstream: str, tenant: str) -> None:
    made = virtual_cluster_id(upstream, tenant)

    assert len(made) == 22
    assert not made.startswith("-")
    assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(f"{made}==")).decode() == f"{made}=="


def test_authorized_operations_are_the_tenants_and_not_klamms() -> None:
    read, write, create, delete, alter, describe = (1 << code for code in (3, 4, 5, 6, 7, 8))
    configs = 1 << 10 | 1 << 11

    assert view().authorized_operations("topic") == read | write | create | alter | describe | configs
    assert view(delete_topics=True).authorized_operations("topic") == 0b1101_1111_1000
    assert view().authorized_operations("group") == read | delete | describe
    assert view().authorized_operations("cluster") == create | describe | 1 << 12


# A small alphabet, so that prefixes and names meet as often as they can.
prefixes = st.text("ab._-", max_size=3)
words = st.text("ab._-", max_size=4)
lists = st.none() | st.sets(
    st.text("ab._-", min_size=1, max_size=3).filter(lambda name: name not in (".", "..")), max_size=3
)


@st.composite
def tenants(draw: st.DrawFn) -> tuple[TenantView, TenantView]:
    """Draws two tenants that a configuration may hold together."""
    made = []
    for name in ("one", "two"):
        prefix = draw(prefixes)
        chosen = [draw(lists if prefix else lists.filter(lambda names: names is not None)) for _ in KINDS]
        made.append(view(name, prefix, *chosen))
    assume(not collisions({each.tenant.name: each.tenant.namespace for each in made}))
    return made[0], made[1]


@given(pair=tenants(), kind=st.sampled_from(KINDS), ours=words, theirs=words)
def test_two_tenants_never_share_an_upstream_name(
    pair: tuple[TenantView, TenantView], kind: str, ours: str, theirs: str
) -> None:
    one, two = pair
    try:
        up = to_upstream(one, kind, ours)
    except Refused:
        return
    assert to_tenant(one, kind, up) == ours
    assert to_tenant(two, kind, up) is None
    try:
        assert to_upstream(two, kind, theirs) != up
    except Refused:
        return


@given(pair=tenants(), kind=st.sampled_from(KINDS), upstream=words)
def test_no_upstream_name_is_shown_to_two_tenants(
    pair: tuple[TenantView, TenantView], kind: str, upstream: str
) -> None:
    assert None in [to_tenant(each, kind, upstream) for each in pair]


@given(pair=tenants(), kind=st.sampled_from(KINDS), upstream=words)
def test_what_a_tenant_is_shown_it_may_ask_for_and_reaches(
    pair: tuple[TenantView, TenantView], kind: str, upstream: str
) -> None:
    shown = to_tenant(pair[0], kind, upstream)

    assert shown is None or to_upstream(pair[0], kind, shown) == upstream


@given(kind=st.sampled_from(KINDS), name=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_either_is_refused_or_comes_back_as_it_was(kind: str, name: str) -> None:
    try:
        up = to_upstream(view(), kind, name)
    except Refused:
        return
    assert up == f"__vt_acme_{name}"
    assert to_tenant(view(), kind, up) == name
    assert to_tenant(view("globex"), kind, up) is None
