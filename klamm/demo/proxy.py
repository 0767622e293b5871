"""Klamm itself as the demo runs it: a configuration in a temporary folder, and ``klamm run`` on it."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from klamm.demo.cluster import Cluster, DemoError

__all__ = ["TENANTS", "RunningProxy", "running_proxy"]

TENANTS = {"acme": "acme-secret", "globex": "globex-secret"}
"""The tenants of the demo, and the passwords of their users of the same names."""

_HOST = "127.0.0.1"
_ATTEMPTS = 50
_START_TIMEOUT = 15.0

_CONFIG = """\
proxy:
  listener_sets:
    - name: demo
      port_range:
        bind_host: {host}
        advertised_host: {host}
        bootstrap_port: {port}
        broker_port_range: {{start: {first}, end: {last}}}
        broker_id_base: {base}
upstream:
  bootstrap: [{bootstrap}]
tenants:
{tenants}"""

_TENANT = """\
  - name: {name}
    auth:
      credentials:
        - {{username: {name}, password_file: {name}.password}}
"""


@dataclass(frozen=True)
class RunningProxy:
    """A proxy that listens; ``log`` is where it writes."""

    bootstrap: str
    config: Path
    log: Path


@contextmanager
def running_proxy(cluster: Cluster, first_port: int) -> Iterator[RunningProxy]:
    """Runs Klamm in front of a cluster for as long as the context lasts; raises DemoError."""
    base, span = min(cluster.brokers), max(cluster.brokers) - min(cluster.brokers) + 1
    port = _free_ports(first_port, span + 1)
    with tempfile.TemporaryDirectory(prefix="klamm-demo-") as folder:
        config = _write_config(Path(folder), cluster, port, base, span)
        log = Path(folder) / "klamm.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "klamm", "run", "-c", str(config)]
            process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603 - our own command line
        try:
            _wait_until_listening(process, port, log)
            yield RunningProxy(f"{_HOST}:{port}", config, log)
        finally:
            process.terminate()
            process.wait()


def _write_config(folder: Path, cluster: Cluster, port: int, base: int, span: int) -> Path:
    for name, password in TENANTS.items():
        secret = folder / f"{name}.password"
        secret.touch(mode=0o600)
        secret.write_text(password, "utf-8")
    config = folder / "klamm.yaml"
    config.write_text(
        _CONFIG.format(
            host=_HOST,
            port=port,
            first=port + 1,
            last=port + span,
            base=base,
            bootstrap=", ".join(f'"{address}"' for address in cluster.brokers.values()),
            tenants="".join(_TENANT.format(name=name) for name in TENANTS),
        ),
        "utf-8",
    )
    return config


def _free_ports(first: int, count: int) -> int:
    """Gives the start of a run of free ports, the wanted one if possible."""
    for attempt in range(_ATTEMPTS):
        start = first + attempt * count
        if all(_is_free(port) for port in range(start, start + count)):
            return start
    raise DemoError(f"no {count} free ports in a row from {first} on; name another start with --port")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection((_HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise DemoError(f"Klamm did not start:\n{log.read_text('utf-8', 'replace')}")
