"""Every key of the design that this version does not have is refused by its name, never as an unknown one."""

import pytest

from klamm.config.not_built import KEYS, TEXT, VALUES

# The whole of what the configuration is to offer; only the first listener set is built.
DESIGN = """\
proxy:
  profile: address_only
  listener_sets:
    - name: plaintext
      port_range:
        bind_host: 0.0.0.0
        advertised_host: proxy.example.com
        bootstrap_port: 9092
        broker_port_range: {start: 9093, end: 9095}
        broker_id_base: 1
    - name: tls
      security_protocol: SASL_SSL
      sasl_mechanisms: [PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER]
      tls: {cert: tls/server.crt, key: tls/server.key, client_ca: tls/ca.crt, client_auth: required}
      sni: {bind_host: 0.0.0.0, bind_port: 9443, bootstrap: kafka.example.com, broker: "b<$id>.kafka.example.com"}
    - name: offset
      port_offset: {hostname: proxy.example.com, base: 20000, max_broker_id: 400}
    - name: mutual
      security_protocol: SSL
      port_range:
        bind_host: 127.0.0.1
        advertised_host: localhost
        bootstrap_port: 19092
        broker_port_range: {start: 19093, end: 19095}
        broker_id_base: 1
  limits: {max_connections: 10000, frame: 100MiB}
upstream:
  bootstrap: ["kafka-1.internal:9092", "kafka-2.internal:9092"]
  security_protocol: SASL_SSL
  sasl: {mechanism: SCRAM-SHA-512, username: klamm, password_file: secrets/klamm.password}
  tls: {ca: tls/kafka-ca.crt, cert: tls/klamm.crt, key: tls/klamm.key, trust_server_certs: false}
  resolve: {"kafka-1.internal": 10.0.0.11, "*.internal": 10.0.0.10}
tenants:
  - name: acme
    prefix: "__vt_acme_"
    allowed_topics: [orders, billing, events, audit.log]
    permissions: {delete_topics: false, auto_create_topics: true, acls: false}
    limits: {connections: 200, in_flight: 64, produce_rate: 10MiB, fetch_rate: 20MiB}
    auth:
      credentials:
        - {username: acme, password_file: secrets/acme.password}
    upstream_credentials: {username: acme-svc, password_file: secrets/acme-upstream.password}
"""

EXPECTED = [
    (2, 12, "proxy.profile"),
    (12, 26, "proxy.listener_sets[1].security_protocol"),
    (13, 32, "proxy.listener_sets[1].sasl_mechanisms[1]"),
    (13, 47, "proxy.listener_sets[1].sasl_mechanisms[2]"),
    (13, 62, "proxy.listener_sets[1].sasl_mechanisms[3]"),
    (14, 7, "proxy.listener_sets[1].tls"),
    (15, 7, "proxy.listener_sets[1].sni"),
    (17, 7, "proxy.listener_sets[2].port_offset"),
    (19, 26, "proxy.listener_sets[3].security_protocol"),
    (29, 22, "upstream.security_protocol"),
    (30, 21, "upstream.sasl.mechanism"),
    (31, 3, "upstream.tls"),
    (32, 3, "upstream.resolve"),
    (37, 67, "tenants[0].permissions.acls"),
    (38, 5, "tenants[0].limits"),
    (42, 5, "tenants[0].upstream_credentials"),
]


def test_the_whole_design_is_refused_key_by_key_and_nothing_else_is_wrong(site):
    problems = site.problems(DESIGN)

    assert [(problem.line, problem.col, problem.path) for problem in problems] == EXPECTED
    assert all(TEXT in problem.text for problem in problems)


def _alone(site, path: str, value: str) -> str:
    """Put one key, and what its path needs, into a good configuration."""
    listener, tenant = "proxy.listener_sets.", "tenants."
    key = path.rpartition(".")[2]
    if path.startswith(listener):
        return site.good.replace("    - name: main\n", f"    - name: main\n      {key}: {value}\n")
    if path == "tenants.permissions.acls":
        return site.good.replace("  - name: acme\n", f"  - name: acme\n    permissions: {{{key}: {value}}}\n")
    if path.startswith(tenant):
        return site.good.replace("  - name: acme\n", f"  - name: acme\n    {key}: {value}\n")
    if path == "upstream.sasl.mechanism":
        sasl = f"{{{key}: {value}, username: klamm, password_file: secrets/klamm.password}}"
        return site.good.replace("upstream:\n", f"upstream:\n  security_protocol: SASL_PLAINTEXT\n  sasl: {sasl}\n")
    section = path.partition(".")[0]
    return site.good.replace(f"{section}:\n", f"{section}:\n  {key}: {value}\n", 1)


def _dotted(pattern: tuple[str | None, ...]) -> str:
    return ".".join(step for step in pattern if step is not None)


@pytest.mark.parametrize("path", [_dotted(key.pattern) for key in KEYS])
def test_each_key_alone_is_refused_by_name(site, path):
    *_, text = site.only_problem(_alone(site, path, "{any: thing}"))

    assert text.startswith(TEXT)


@pytest.mark.parametrize(
    ("path", "value"),
    [(_dotted(entry.pattern), value) for entry in VALUES for value in sorted(entry.values)],
)
def test_each_value_alone_is_refused_by_name(site, path, value):
    shown = f"[{value}]" if path.endswith("sasl_mechanisms") else value
    *_, text = site.only_problem(_alone(site, path, shown))

    assert text.startswith(f"{value} is {TEXT}; ")


def test_a_value_from_the_environment_is_refused_as_well(site):
    text = _alone(site, "upstream.security_protocol", "${PROTOCOL}")
    *_, found = site.only_problem(text, {"PROTOCOL": "SSL"})

    assert found.startswith(f"SSL is {TEXT}")
