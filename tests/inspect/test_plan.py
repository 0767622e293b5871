"""`klamm-inspect plan`: the generated code, or why there is none."""

from klamm.rewriting import Rewriter, load_rules
from protocol_tables.registry import named


def test_the_plan_is_the_one_that_the_proxy_runs(inspect):
    for rules in ("tenant_isolation", "address_only"):
        route = Rewriter(load_rules(rules)).lookup(named("Metadata").key, 9)
        assert route is not None and route.request_plan is not None and route.response_plan is not None
        assert inspect("plan", "metadata", "request", 9, "--rules", rules).out == route.request_plan.text
        assert inspect("plan", "3", "response", "9", "--rules", rules).out == route.response_plan.text


def test_without_a_version_it_is_the_newest_that_is_allowed(inspect):
    newest = Rewriter(load_rules("tenant_isolation")).advertised[named("Metadata").key][1]
    assert inspect("plan", "Metadata", "request").out.startswith(f"# Metadata request v{newest}\ndef plan(")


def test_where_there_is_no_plan_the_reason_is_told(inspect):
    for words, reason in (
        (("ConsumerGroupHeartbeat", "response", 1), "refused by the rules, which allow 0"),
        (("ElectLeaders", "request"), "refused by the rules, which allow none"),
        (("ApiVersions", "request", 3), "answered by Klamm itself"),
        (("Metadata", "request", 2), "goes upstream as v4 unless the tenant may auto_create_topics"),
    ):
        outcome = inspect("plan", *words)
        assert (outcome.status, reason in outcome.out) == (0, True), outcome


def test_a_mistake_gives_status_2_and_says_what_is_right(inspect):
    for words, hint in (
        (("Metadata", "request", 99), "has the versions"),
        (("Metadata", "request", "new"), "has the versions"),
        (("Metadat", "request"), "did you mean Metadata"),
        (("Metadata", "request", 9, "--rules", "nothing"), "--rules nothing"),
        (("Metadata", "sideways", 9), "invalid choice"),
    ):
        outcome = inspect("plan", *words)
        assert (outcome.status, hint in outcome.err) == (2, True), outcome
