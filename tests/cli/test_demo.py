"""The demo: it shows the isolation on the embedded broker, and would say so if it were broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from klamm.demo.checks import check_isolation
from klamm.demo.tenant import TenantReport
from klamm.demo.truth import BrokerReport
from tests.kafka import KAFKA_4, KafkaCluster

BROKERS = ["10.0.0.1:9092"]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the demo to its end."""
    command = [sys.executable, "-m", "klamm", "demo", "--once", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_isolation_is_shown_on_the_embedded_broker() -> None:
    result = demo("--port", "21092")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "__vt_acme_orders" in result.stdout
    assert "__vt_globex_orders" in result.stdout
    assert "✗" not in result.stdout
    assert "\x1b" not in result.stdout


def test_the_isolation_is_shown_on_a_real_cluster_with_its_groups(tmp_path: Path) -> None:
    cluster = KafkaCluster(KAFKA_4, brokers=1, sasl=False, folder=tmp_path)
    cluster.start()
    try:
        # Twice: what an earlier demo left behind harms nothing.
        results = [demo("--port", "22092", "--upstream", cluster.bootstrap) for _ in range(2)]
    finally:
        cluster.stop()
    for result in results:
        assert result.returncode == 0, result.stdout + result.stderr
        assert "acme sees its group as 'payments-svc'" in result.stdout


def test_a_cluster_that_is_not_there_is_named() -> None:
    result = demo("--upstream", "127.0.0.1:1")
    assert result.returncode == 69
    assert "127.0.0.1:1" in result.stdout


def reports() -> tuple[list[TenantReport], BrokerReport]:
    """Gives what a demo sees in which every promise is kept."""
    tenants = [
        TenantReport(name, [f"{name} order 1"], [f"{name} order 1"], ["orders"], ["127.0.0.1:9093"], {0: 1}, None)
        for name in ("acme", "globex")
    ]
    committed = {"__vt_acme_payments-svc": {0: 1}, "__vt_globex_payments-svc": {0: 1}, "payments-svc": {}}
    return tenants, BrokerReport(["__vt_acme_orders", "__vt_globex_orders"], {}, committed, None)


def test_kept_promises_are_seen_as_kept() -> None:
    tenants, broker = reports()
    assert all(check.kept for check in check_isolation(tenants, broker, BROKERS))


@pytest.mark.parametrize(
    "harm",
    [
        lambda tenants, broker: tenants[0].received.append("globex order 1"),
        lambda tenants, broker: tenants[0].received.clear(),
        lambda tenants, broker: tenants[1].topics.append("__vt_acme_orders"),
        lambda tenants, broker: tenants[1].brokers.extend(BROKERS),
        lambda tenants, broker: broker.topics.remove("__vt_acme_orders"),
        lambda tenants, broker: broker.committed["payments-svc"].update({0: 1}),
        lambda tenants, broker: broker.committed["__vt_acme_payments-svc"].clear(),
    ],
)
def test_a_broken_promise_is_seen_as_broken(harm: object) -> None:
    tenants, broker = reports()
    harm(tenants, broker)  # type: ignore[operator]
    assert not all(check.kept for check in check_isolation(tenants, broker, BROKERS))
