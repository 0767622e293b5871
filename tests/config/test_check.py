"""What is wrong only between values: ports, ways in without a login, prefixes, names that mean two tenants."""

from pathlib import Path

import pytest

EVERY = "0.0.0.0"  # noqa: S104 - only ever written into a file here

TWO_TENANTS = """\
  - name: globex
    auth:
      credentials:
        - {username: globex, password_file: secrets/globex.password}
"""


def _second_listener(site, host: str, bootstrap: int, start: int, end: int, first_host: str = "127.0.0.1") -> str:
    text = site.good.replace("bind_host: 127.0.0.1", f"bind_host: '{first_host}'")
    second = f"""\
    - name: second
      port_range:
        bind_host: "{host}"
        advertised_host: localhost
        bootstrap_port: {bootstrap}
        broker_port_range: {{start: {start}, end: {end}}}
        broker_id_base: 1
upstream:
"""
    return text.replace("upstream:\n", second)


@pytest.mark.parametrize(
    ("ports", "problem"),
    [
        ((9094, 9100, 9102), (14, "bootstrap_port", "port 9094")),
        ((9092, 9100, 9102), (14, "bootstrap_port", "port 9092")),
        ((9099, 9095, 9097), (15, "broker_port_range", "port 9095")),
        ((9099, 9090, 9098), (15, "broker_port_range", "port 9092")),
        ((9099, 9094, 9098), (15, "broker_port_range", "ports 9094 to 9095")),
        ((9096, 9096, 9097), (15, "broker_port_range", "port 9096")),
    ],
)
def test_ports_that_meet_on_one_host_are_refused(site, ports, problem):
    line, _, path, text = site.only_problem(_second_listener(site, "127.0.0.1", *ports))

    assert (line, path.rpartition(".")[2]) == problem[:2]
    assert text.startswith(problem[2] + " on this host taken by proxy.listener_sets")


def test_the_bootstrap_port_inside_its_own_range_is_refused(site):
    *_, path, text = site.only_problem(site.good.replace("bootstrap_port: 9092", "bootstrap_port: 9095"))

    assert path.endswith("broker_port_range")
    assert "port 9095" in text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (EVERY, "127.0.0.1"),
        ("10.0.0.1", EVERY),
        ("::", "::1"),
        (EVERY, "proxy.example.com"),
        ("localhost", "127.0.0.1"),
        ("::1", "localhost"),
        ("Proxy", "proxy"),
    ],
)
def test_hosts_that_take_each_others_ports_are_one_host(site, first, second):
    problems = site.problems(_second_listener(site, second, 9092, 9093, 9095, first))

    assert [problem.path.rpartition(".")[2] for problem in problems] == ["bootstrap_port", "broker_port_range"]


@pytest.mark.parametrize(("first", "second"), [("127.0.0.1", "127.0.0.2"), (EVERY, "::1"), ("::", "127.0.0.1")])
def test_different_hosts_may_use_the_same_ports(site, first, second):
    assert len(site.load(_second_listener(site, second, 9092, 9093, 9095, first)).proxy.listener_sets) == 2


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("start: 9093, end: 9095", "start: 9095, end: 9093", "broker_port_range", "start 9095 is after end 9093"),
        ("broker_id_base: 1", "broker_id_base: 2147483647", "broker_id_base", "would pass 2147483647"),
        ("advertised_host: localhost", "advertised_host: 0.0.0.0", "advertised_host", "no client can connect"),
        ("advertised_host: localhost", "advertised_host: '::'", "advertised_host", "no client can connect"),
    ],
)
def test_a_listener_that_cannot_work_is_refused(site, old, new, path, reason):
    *_, found, text = site.only_problem(site.good.replace(old, new))

    assert found == f"proxy.listener_sets[0].port_range.{path}"
    assert reason in text


def test_two_listener_sets_with_one_name_are_refused(site):
    text = _second_listener(site, "127.0.0.1", 9192, 9193, 9195).replace("name: second", "name: main")
    *_, path, found = site.only_problem(text)

    assert path == "proxy.listener_sets[1].name"
    assert "taken by proxy.listener_sets[0].name" in found


def _anonymous(site, lines: str, host: str = "127.0.0.1") -> str:
    indented = "".join(f"      {line}\n" for line in lines.split("; "))
    text = site.good.replace("    - name: main\n", f"    - name: main\n{indented}")
    return text.replace("bind_host: 127.0.0.1", f"bind_host: '{host}'")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_an_anonymous_tenant_may_be_on_loopback(site, host):
    config = site.load(_anonymous(site, "security_protocol: PLAINTEXT; anonymous_tenant: acme", host))

    assert config.proxy.listener_sets[0].anonymous_tenant == "acme"
    assert config.warnings == ()


@pytest.mark.parametrize("host", [EVERY, "10.0.0.1", "::", "proxy.example.com", "localhost.example.com"])
def test_an_anonymous_tenant_elsewhere_needs_force(site, host):
    lines = "security_protocol: PLAINTEXT; anonymous_tenant: acme"
    *_, path, text = site.only_problem(_anonymous(site, lines, host))
    assert path == "proxy.listener_sets[0].port_range.bind_host"
    assert "set force_anonymous: true" in text

    (warning,) = site.load(_anonymous(site, lines + "; force_anonymous: true", host)).warnings
    assert warning.text == f"whoever reaches {host} is tenant acme"


@pytest.mark.parametrize(
    ("lines", "path", "reason"),
    [
        ("anonymous_tenant: acme", "anonymous_tenant", "only with security_protocol: PLAINTEXT"),
        ("security_protocol: PLAINTEXT", "security_protocol", "PLAINTEXT needs anonymous_tenant"),
        ("security_protocol: PLAINTEXT; anonymous_tenant: nobody", "anonymous_tenant", "the tenants: acme"),
        ("force_anonymous: true", "force_anonymous", "means nothing without anonymous_tenant"),
        ("security_protocol: plaintext", "security_protocol", "PLAINTEXT or SASL_PLAINTEXT would be right"),
        ("sasl_mechanisms: []", "sasl_mechanisms", "no mechanism"),
        ("sasl_mechanisms: [PLAIN, PLAIN]", "sasl_mechanisms[1]", "each may be there once"),
        ("sasl_mechanisms: [GSSAPI]", "sasl_mechanisms[0]", "PLAIN would be right"),
    ],
)
def test_a_way_in_is_a_login_or_a_named_tenant(site, lines, path, reason):
    *_, found, text = site.only_problem(_anonymous(site, lines))

    assert found == f"proxy.listener_sets[0].{path}"
    assert reason in text


@pytest.mark.parametrize(
    ("upstream", "path", "reason"),
    [
        ("security_protocol: SASL_PLAINTEXT", "upstream.security_protocol", "SASL_PLAINTEXT needs sasl"),
        ("sasl: {username: klamm, password_file: secrets/klamm.password}", "upstream.sasl", "set SASL_PLAINTEXT"),
    ],
)
def test_upstream_credentials_and_protocol_belong_together(site, upstream, path, reason):
    *_, found, text = site.only_problem(site.good.replace("upstream:", f"upstream:\n  {upstream}"))

    assert found == path
    assert reason in text


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("- name: globex", "- name: acme", "tenants[1].name", "taken by tenants[0].name"),
        ("username: globex", "username: acme", "tenants[1].auth.credentials[0].username", "taken by tenants[0]"),
        ("username: globex", 'username: "gl\\u00f6bex"', "tenants[1].auth.credentials[0].username", "printable ASCII"),
        ("- name: globex", "- name: -x", "tenants[1].name", "a letter or digit first"),
        ("- name: globex", "- name: a/b", "tenants[1].name", "is not a name"),
        ("- name: globex", "- name: " + "x" * 65, "tenants[1].name", "1 to 64"),
    ],
)
def test_no_two_tenants_can_be_mistaken_for_each_other(site, old, new, path, reason):
    *_, found, text = site.only_problem(site.good + TWO_TENANTS.replace(old, new))

    assert found == path
    assert reason in text


ALLOWED = "allowed_topics: [orders], allowed_groups: [g], allowed_transactional_ids: []"


@pytest.mark.parametrize(
    ("fields", "path", "reason"),
    [
        ("prefix: ''", "prefix", "add allowed_topics, allowed_groups, allowed_transactional_ids"),
        ("prefix: '', allowed_topics: [orders], allowed_groups: [g]", "prefix", "add allowed_transactional_ids"),
        ("prefix: 'a b'", "prefix", "is not a prefix"),
        ("prefix: " + "x" * 129, "prefix", "up to 128"),
        ("prefix:", "prefix", "empty; give text"),
        ("prefix: _", "prefix", "would reach Kafka's own topic __consumer_offsets"),
        ("prefix: __transaction_", "prefix", "would reach Kafka's own topic __transaction_state"),
        ("prefix: __, allowed_topics: [consumer_offsets]", "allowed_topics[0]", "which no tenant may reach"),
        ("allowed_topics: [a/b]", "allowed_topics[0]", "is not a topic name"),
        ("allowed_topics: [a, '..']", "allowed_topics[1]", "is not a topic name"),
        ("allowed_topics: [a, a]", "allowed_topics[1]", "each may be there once"),
        ("allowed_topics: [" + "x" * 240 + "]", "allowed_topics[0]", "with the prefix before it 239 fit"),
        ("allowed_topics:", "allowed_topics", "nothing where a list belongs"),
        ("allowed_groups: ['']", "allowed_groups[0]", "empty text"),
        (ALLOWED.replace("orders", "__consumer_offsets") + ", prefix: ''", "allowed_topics[0]", "Kafka's own topic"),
    ],
)
def test_a_namespace_reaches_only_its_own(site, fields, path, reason):
    text = site.good.replace(
        "  - name: acme\n    auth:", "  - {name: acme, " + fields + "}\n  - name: other\n    auth:"
    )
    *_, found, problem = site.only_problem(text)

    assert found == f"tenants[0].{path}"
    assert reason in problem


def test_an_empty_prefix_with_all_three_lists_is_allowed(site):
    lines = "".join(f"    {field}\n" for field in ["prefix: ''", *ALLOWED.split(", ")])
    (tenant,) = site.load(site.good.replace("  - name: acme\n", f"  - name: acme\n{lines}")).tenants

    assert (tenant.prefix, tenant.allowed_topics, tenant.allowed_transactional_ids) == ("", ("orders",), ())


@pytest.mark.parametrize(
    ("key", "reason"),
    [("proxy.listener_sets", "no listener set"), ("upstream.bootstrap", "no address"), ("tenants", "no tenant")],
)
def test_there_is_at_least_one_of_everything(site, key, reason):
    values = {"proxy.listener_sets": "[{name: x}]", "upstream.bootstrap": '["k:1"]', "tenants": "[{name: a}]"}
    values[key] = "[]"
    text = f"""\
proxy: {{listener_sets: {values["proxy.listener_sets"]}}}
upstream: {{bootstrap: {values["upstream.bootstrap"]}}}
tenants: {values["tenants"]}
"""
    problems = {problem.path: problem.text for problem in site.problems(text)}

    assert problems[key].startswith(reason)


def test_a_tenant_without_a_way_in_is_a_warning(site):
    (warning,) = site.load(site.good + "  - name: globex\n").warnings

    assert (warning.line, warning.path) == (17, "tenants[1]")
    assert "nobody can log in" in warning.text


def test_a_check_from_outside_speaks_at_its_place(site):
    def collisions(config):
        yield ("tenants", 1, "prefix"), f"collides with {config.tenants[0].name}"

    problems = site.problems(site.good + TWO_TENANTS, extra_checks=(collisions,))

    assert [(problem.line, problem.path, problem.text) for problem in problems] == [
        (17, "tenants[1].prefix", "collides with acme")
    ]


def test_a_check_from_outside_sees_whole_tenants_only_and_still_finds_the_right_one(site):
    seen = []

    def last(config):
        seen.extend(tenant.name for tenant in config.tenants)
        yield ("tenants", len(config.tenants) - 1, "name"), "the last"

    broken = site.good.replace("- name: acme", "- name: yes") + TWO_TENANTS
    problems = site.problems(broken, extra_checks=(last,))

    assert seen == ["globex"]
    assert [problem.path for problem in problems] == ["tenants[0].name", "tenants[1].name"]


def test_a_check_from_outside_is_left_out_when_what_it_needs_has_a_problem(site):
    def reads_the_profile(config):
        yield ("proxy", "profile"), Path(config.proxy.profile).read_text()

    def compares(config):
        yield ("proxy",), f"{config.proxy.profile.startswith(config.proxy.profile)}"

    def lengths(config):
        yield ("proxy",), "x".join([config.proxy.profile])

    text = site.good.replace("proxy:", "proxy:\n  profile: nowhere.yaml", 1)
    problems = site.problems(text, extra_checks=(reads_the_profile, compares, lengths))

    assert [problem.path for problem in problems] == ["proxy.profile"]


def test_an_error_inside_a_check_from_outside_is_not_hidden(site):
    def broken(config):
        raise TypeError("a bug")

    with pytest.raises(TypeError, match="a bug"):
        site.load(site.good, extra_checks=(broken,))
