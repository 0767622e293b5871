"""The demo from beginning to end."""

from __future__ import annotations

import signal
import time

from klamm.demo.checks import check_isolation
from klamm.demo.cluster import Cluster, DemoError, embedded_cluster, real_cluster
from klamm.demo.proxy import TENANTS, running_proxy
from klamm.demo.screen import Screen
from klamm.demo.tenant import GROUP, TOPIC, use_as_tenant
from klamm.demo.truth import ask_broker

__all__ = ["run_demo"]

_HELD, _BROKEN, _NO_CLUSTER = 0, 1, 69


def run_demo(*, upstream: str | None, once: bool, first_port: int) -> int:
    """Shows two tenants on one cluster; gives 0 if the isolation held, 1 if not, 69 if there is no cluster."""
    screen = Screen()
    try:
        screen.step(f"looking for the cluster at {upstream}" if upstream else "starting an embedded broker")
        cluster = real_cluster(upstream) if upstream else embedded_cluster()
        screen.step(f"the cluster has {len(cluster.brokers)} brokers: {', '.join(cluster.brokers.values())}")
        return _show(cluster, screen, once=once, first_port=first_port)
    except DemoError as error:
        screen.failure(str(error))
        return _NO_CLUSTER


def _show(cluster: Cluster, screen: Screen, *, once: bool, first_port: int) -> int:
    run = f"{time.time():.0f}"
    with running_proxy(cluster, first_port) as proxy:
        screen.step(f"klamm listens at {proxy.bootstrap}, for the tenants {' and '.join(TENANTS)}")
        screen.step(f"both publish to {TOPIC!r} and read it back in group {GROUP!r}")
        lists_groups = not cluster.embedded
        reports = [
            use_as_tenant(name, password, proxy.bootstrap, run, lists_groups=lists_groups)
            for name, password in TENANTS.items()
        ]
        broker = ask_broker(cluster, list(TENANTS))
        checks = check_isolation(reports, broker, list(cluster.brokers.values()))
        screen.views(reports, broker, cluster)
        screen.checks(checks)
        held = all(check.kept for check in checks)
        if not held:
            screen.failure("The isolation did not hold.")
        if not once:
            screen.invitation(proxy)
            _wait_for_interrupt()
    return _HELD if held else _BROKEN


def _wait_for_interrupt() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        return
