"""What a configuration file gives, and that every mistake in it is named at its place, all at once."""

from pathlib import Path

import pytest

from klamm.config import Address, ConfigError, SecurityProtocol, load

PRODUCT_PAGE = """\
proxy:
  listener_sets:
    - name: plaintext
      port_range:
        bind_host: "0.0.0.0"
        advertised_host: "proxy.example.com"
        bootstrap_port: 9092
        broker_port_range: { start: 9093, end: 9095 }
        broker_id_base: 1
upstream:
  bootstrap:
    - "kafka-1.internal:9092"
    - "kafka-2.internal:9092"
    - "kafka-3.internal:9092"
tenants:
  - name: acme
    allowed_topics: [orders, billing, events, audit.log]
    auth:
      credentials:
        - username: acme
          password_file: "secrets/acme.password"
  - name: globex
    allowed_topics: [orders, users]
    auth:
      credentials:
        - username: globex
          password_file: "secrets/globex.password"
"""

TEN_MISTAKES = """\
proxy:
  listener_sets:
    - name: main
      port_rnge: 1
      port_range:
        bind_host: 127.0.0.1
        advertised_host: localhost
        bootstrap_port: 9094
        broker_port_range: {start: 9093, end: 9095}
        broker_id_base: 010
  limits: {login_timeout: 10, frame: 100MiB, frame: 200MiB}
upstream:
  bootstrap: ["${KLAMM_UPSTREAM}"]
  tls: {ca: ca.crt}
tenants:
  - name: no
    auth:
      credentials:
        - {username: acme, password_file: secrets/missing.password}
        - {username: globex, password_file: secrets/globex.password}
  - name: globex
    auth:
      credentials:
        - {username: globex, password_file: secrets/globex.password}
"""


def test_the_product_page_loads(site):
    config = site.load(PRODUCT_PAGE)

    (listener,) = config.proxy.listener_sets
    assert (listener.name, listener.security_protocol) == ("plaintext", SecurityProtocol.SASL_PLAINTEXT)
    assert (listener.port_range.bind_host, listener.port_range.advertised_host) == ("0.0.0.0", "proxy.example.com")  # noqa: S104
    assert (listener.port_range.bootstrap_port, listener.port_range.broker_id_base) == (9092, 1)
    assert (listener.port_range.broker_port_range.start, listener.port_range.broker_port_range.end) == (9093, 9095)
    assert config.upstream.bootstrap == tuple((f"kafka-{n}.internal", 9092) for n in (1, 2, 3))
    assert config.upstream.security_protocol == SecurityProtocol.PLAINTEXT
    acme, globex = config.tenants
    assert acme.allowed_topics == ("orders", "billing", "events", "audit.log")
    assert (acme.prefix, globex.prefix) == ("__vt_acme_", "__vt_globex_")
    assert acme.auth.credentials[0].username == "acme"
    assert acme.auth.credentials[0].password.reveal() == "acme-secret"
    assert config.warnings == ()


def test_defaults_are_the_documented_ones(site):
    config = site.load(site.good)

    limits = config.proxy.limits
    assert (limits.frame, limits.upstream_frame, limits.login_frame) == (100 << 20, 128 << 20, 512 << 10)
    assert (limits.sasl_token, limits.buffered_total, limits.write_high_water) == (64 << 10, 512 << 20, 256 << 10)
    assert (limits.max_connections, limits.in_flight) == (10_000, 64)
    assert (limits.connect_timeout, limits.login_timeout, limits.idle_timeout) == (10, 10, 600)
    assert (limits.auth_failure_delay, limits.shutdown_timeout) == (0.2, 25)
    assert config.proxy.profile == "tenant_isolation"
    assert config.tenants[0].permissions.delete_topics is False
    assert config.tenants[0].permissions.auto_create_topics is True
    assert config.tenants[0].allowed_topics is config.tenants[0].allowed_groups is None
    assert config.file == site.file


def test_ten_mistakes_are_ten_positions(site):
    """One or two mistakes of every step: keys, environment, not built yet, files, types, and across values."""
    found = [(problem.line, problem.col, problem.path) for problem in site.problems(TEN_MISTAKES)]

    assert found == [
        (4, 7, "proxy.listener_sets[0].port_rnge"),
        (9, 28, "proxy.listener_sets[0].port_range.broker_port_range"),
        (10, 25, "proxy.listener_sets[0].port_range.broker_id_base"),
        (11, 27, "proxy.limits.login_timeout"),
        (11, 46, "proxy.limits.frame"),
        (13, 15, "upstream.bootstrap[0]"),
        (14, 3, "upstream.tls"),
        (16, 11, "tenants[0].name"),
        (19, 43, "tenants[0].auth.credentials[0].password_file"),
        (24, 22, "tenants[1].auth.credentials[0].username"),
    ]


def test_a_problem_reads_file_line_column_path_and_advice(site):
    (problem,) = site.problems(site.good.replace("9092\n", "99999\n"))

    path = "proxy.listener_sets[0].port_range.bootstrap_port"
    assert str(problem) == f"{site.file}:7:25: {path}: 99999 is out of range; a port is 1 to 65535"


def test_the_error_is_all_problems_one_a_line(site):
    site.file.write_text(TEN_MISTAKES)

    with pytest.raises(ConfigError) as caught:
        load(site.file)

    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "place", "advice"),
    [
        ("- name: acme", "- name: yes", (13, 11), 'quote this: "yes"'),
        ("- name: acme", "- name: 2026-11-24", (13, 11), 'quote this: "2026-11-24"'),
        ("- name: acme", "- name: 12:30:45", (13, 11), 'quote this: "12:30:45"'),
        ("- name: acme", "- name: 'a b'", (13, 11), "is not a name"),
        ("- name: acme", "- name:", (13, 10), "empty; give text"),
        ("- name: acme", "- name: [acme]", (13, 11), "a list where text belongs"),
        ("bootstrap_port: 9092", "bootstrap_port: '9092'", (7, 25), "write 9092 without quotes"),
        ("bootstrap_port: 9092", "bootstrap_port: 1:30", (7, 25), "not a decimal whole number"),
        ("bootstrap_port: 9092", "bootstrap_port: 0", (7, 25), "a port is 1 to 65535"),
        ("bootstrap_port: 9092", "bootstrap_port: 9_092", (7, 25), "not a decimal whole number"),
        ("bootstrap_port: 9092", "bootstrap_port: " + "9" * 5000, (7, 25), "not a decimal whole number"),
        ("broker_id_base: 1", "broker_id_base: -1", (9, 25), "a broker id is 0 to 2147483647"),
        ('["kafka:9092"]', "kafka:9092", (11, 14), "a single value where a list belongs"),
        ('["kafka:9092"]', "[]", (11, 14), "no address"),
        ('["kafka:9092"]', '["kafka:9092", "kafka:9092"]', (11, 29), "taken by upstream.bootstrap[0]"),
        ('["kafka:9092"]', "[kafka]", (11, 15), "write host:port"),
        ('["kafka:9092"]', '["::1:9092"]', (11, 15), "write [address]:port for IPv6"),
        ('["kafka:9092"]', '["kafka:0"]', (11, 15), "a port is 1 to 65535"),
        ('["kafka:9092"]', '["1.2.3:9092"]', (11, 15), "neither a host name nor an IP address"),
        ("{start: 9093, end: 9095}", "[9093, 9095]", (8, 28), "a list where a block of keys belongs: start, end"),
        ("{start: 9093, end: 9095}", "{start: 9093}", (8, 28), "missing"),
        ("bind_host: 127.0.0.1", "bind_host: '[::1]'", (5, 20), "write the bare host"),
        ("advertised_host: localhost", "advertised_host: 'localhost:9092'", (6, 26), "a port is a key of its own"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(site, old, new, place, advice):
    line, column, _, text = site.only_problem(site.good.replace(old, new, 1))

    assert (line, column) == place
    assert advice in text


@pytest.mark.parametrize(
    ("limit", "advice"),
    [
        ("login_timeout: 10", "write a duration as 10s or 200ms"),
        ("login_timeout: 10 s", "not a duration"),
        ("login_timeout: 1m1h", "the largest first"),
        ("login_timeout: 0s", "give it some time"),
        ("frame: 104857600", "write a size as 100MiB or 512KiB"),
        ("frame: 100MB", "write a whole number with B, KiB, MiB or GiB"),
        ("frame: 2GiB", "out of range"),
        ("frame: 0B", "out of range"),
        ("login_frame: 101MiB", "is more than frame"),
        ("in_flight: 0", "a count is 1 to 1000000"),
        ("in_flight: 64MiB", "not a decimal whole number"),
    ],
)
def test_limits_carry_their_unit_and_fit_each_other(site, limit, advice):
    key = limit.partition(":")[0]
    _, _, path, text = site.only_problem(site.good.replace("upstream:", f"  limits: {{{limit}}}\nupstream:"))

    assert path == f"proxy.limits.{key}"
    assert advice in text


def test_limits_are_read_in_their_units(site):
    text = "  limits: {idle_timeout: 1h30m, auth_failure_delay: 0s, frame: 1MiB, buffered_total: 4GiB}\nupstream:"
    limits = site.load(site.good.replace("upstream:", text)).proxy.limits

    assert (limits.idle_timeout, limits.auth_failure_delay) == (5400, 0)
    assert (limits.frame, limits.buffered_total) == (1 << 20, 4 << 30)


def test_an_unknown_key_is_refused_with_the_nearest_known_one(site):
    *_, path, text = site.only_problem(site.good.replace("tenants:", "tenant_defaults: 1\ntenants:"))
    assert (path, text) == ("tenant_defaults", "unknown key; did you mean tenants?")

    *_, text = site.only_problem(site.good.replace("tenants:", "warnings: []\ntenants:"))
    assert text == "unknown key; the keys here are proxy, upstream, tenants"


def test_ipv6_addresses_have_brackets_only_beside_a_port(site):
    text = site.good.replace("kafka:9092", "[::1]:9092").replace("bind_host: 127.0.0.1", "bind_host: '::1'")
    config = site.load(text)

    assert config.upstream.bootstrap == (Address("::1", 9092),)
    assert str(config.upstream.bootstrap[0]) == "[::1]:9092"
    assert config.proxy.listener_sets[0].port_range.bind_host == "::1"


def test_a_rules_file_is_found_beside_the_configuration(site):
    config = site.load(site.good.replace("proxy:", "proxy:\n  profile: rules.yaml", 1))

    assert config.proxy.profile == str(site.directory / "rules.yaml")


@pytest.mark.parametrize(
    ("profile", "advice"),
    [
        ("tenant-isolation", "write tenant_isolation, or the path of a rules file"),
        ("nowhere.yaml", "there is no file"),
        ("../rules.yaml", "leads out of the configuration's directory"),
    ],
)
def test_a_profile_that_is_not_there_is_refused(site, profile, advice):
    line, column, _, text = site.only_problem(site.good.replace("proxy:", f"proxy:\n  profile: {profile}", 1))

    assert (line, column) == (2, 12)
    assert advice in text


def test_a_file_that_cannot_be_read_is_a_problem_like_any_other(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml:1:1: cannot read the file: No such file"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(ConfigError, match="cannot read the file: Is a directory"):
        load(tmp_path)
