"""Klamm in front of a cluster with everything that watches it, and the tenants that use it."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from conformance.recorded import read_recorded
from tests.clients.leaks import leaks
from tests.clients.network_watch import NetworkWatch
from tests.kafka import KAFKA_4, Cluster
from tests.kafka.settings import SASL_PASSWORD, SASL_USERNAME
from tests.proxy_process import RUNNING, KlammProcess, free_block, listener_set, secret_file, tenant
from tests.recorder import Recorder

__all__ = ["Access", "Front", "Tenant", "at_once"]

BACK = "127.0.0.1"
ADVERTISED = "127.0.0.2"
BROKERS = 3
PER_SET = BROKERS + 1

T = TypeVar("T")


@dataclass(frozen=True)
class Access:
    """How a client reaches its cluster; without a user name there is no login."""

    bootstrap: str
    username: str = ""
    password: str = ""


@dataclass(frozen=True)
class Tenant:
    """One tenant as the tests play it.

    `marker` is in all its data and in every name that it does not share on purpose, and nobody else knows it.
    """

    name: str
    access: Access
    marker: str

    def own(self, name: str) -> str:
        """Return a name that only this tenant uses."""
        return f"{name}.{self.marker}"

    def values(self, count: int, what: str = "value") -> list[str]:
        """Return message values that differ from all others of all tenants."""
        run = uuid.uuid4().hex[:8]
        return [f"{what} {number} of {self.marker} in {run}" for number in range(count)]


def check_recording(tap: Path) -> None:
    """Hold all that clients and brokers said against the tables: every frame reads to its last byte.

    Raises:
        AssertionError: a frame does not, or there are too few kinds of them for this to say anything.
    """
    reading = read_recorded(tap)
    assert not reading.problems, "\n".join(reading.problems[:20])
    print(f"{reading.read} recorded frames of {len(reading.messages)} kinds read to the last byte")  # noqa: T201
    assert len(reading.messages) > 1


@dataclass
class Front:
    """One Klamm, the recorder at its advertised address, and the watch over the brokers' ports."""

    cluster: Cluster
    folder: Path
    klamm: KlammProcess = field(init=False)
    recorder: Recorder = field(init=False)
    watch: NetworkWatch = field(init=False)
    tenants: dict[str, Tenant] = field(init=False)
    tap: Path | None = field(init=False)

    def __post_init__(self) -> None:
        first = free_block(3 * PER_SET, [BACK, ADVERTISED])
        anonymous = {name: first + (1 + at) * PER_SET for at, name in enumerate(("acme", "globex"))}
        self.ports = {name: range(port, port + PER_SET) for name, port in {"": first, **anonymous}.items()}
        # One of the releases is tapped, so that the other runs as it does without a tap.
        self.tap = self.folder / "frames.tap" if self.cluster.release == KAFKA_4 else None
        self.klamm = KlammProcess(self.folder, self._settings(), ("--tap", str(self.tap)) if self.tap else ())
        owners = {port: name for name, ports in self.ports.items() for port in ports if name}
        self.recorder = Recorder(range(first, first + 3 * PER_SET), front=ADVERTISED, back=BACK, owners=owners)
        # Several Klamms may run at once, one a front; all of them may go to the brokers.
        self.watch = NetworkWatch(self.cluster.bootstrap, lambda: RUNNING)
        # The names are the tenants' own, their passwords and markers say nothing about them.
        self.tenants = {
            name: Tenant(name, Access(f"{ADVERTISED}:{first}", name, password(name)), uuid.uuid4().hex[:12])
            for name in ("acme", "globex", "initech", "hooli")
        }

    def start(self) -> None:
        """Start all of it."""
        self.klamm.start()
        self.recorder.start()
        self.watch.start()

    def stop(self) -> None:
        """Stop all of it; Klamm must go without complaint."""
        self.watch.stop()
        try:
            status = self.klamm.stop()
        finally:
            self.recorder.stop()
        assert status == 0, f"Klamm ended with {status}:\n{self.klamm.log_tail()}"
        if self.tap is not None and self.tap.exists():
            check_recording(self.tap)

    @property
    def pair(self) -> tuple[Tenant, Tenant]:
        """Return the two tenants that use the same names."""
        return self.tenants["acme"], self.tenants["globex"]

    def anonymous(self, name: str) -> Tenant:
        """Return acme or globex as it comes in without a login."""
        known = self.tenants[name]
        return Tenant(name, Access(f"{ADVERTISED}:{self.ports[name][0]}"), known.marker)

    def addresses(self, anonymous: str = "") -> set[str]:
        """Return the addresses that clients of a listener set may know: those of its brokers, and for bootstrapping."""
        return {f"{ADVERTISED}:{port}" for port in self.ports[anonymous]}

    def check(self) -> None:
        """Look through all that clients have received and all connections seen so far.

        Raises:
            AssertionError: a client was shown what it may not see, or was connected to a broker itself.
        """
        ports = frozenset(port for ports in self.ports.values() for port in ports)
        found = leaks(self.recorder.tapes, list(self.tenants.values()), ADVERTISED, ports)
        assert not found, "\n".join(found)
        assert not self.watch.intruders, f"connected to a broker past Klamm: {sorted(self.watch.intruders)}"
        strangers = self.peers_logged() - {tape.relay for tape in self.recorder.tapes}
        assert not strangers, f"connected to Klamm past the recorder: {strangers}"

    def peers_logged(self) -> set[str]:
        """Return the addresses from which, by Klamm's log, clients came."""
        return set(re.findall(r"peer=(\S+)", self.klamm.log()))

    def _settings(self) -> dict[str, Any]:
        def listening(name: str, tenant_name: str, **more: Any) -> dict[str, Any]:
            first = self.ports[tenant_name][0]
            return listener_set(name, first, brokers=BROKERS, advertised=ADVERTISED, **more)

        sets = [listening("login", "")]
        for name in ("acme", "globex"):
            sets.append(listening(f"as-{name}", name, security_protocol="PLAINTEXT", anonymous_tenant=name))
        upstream: dict[str, Any] = {"bootstrap": self.cluster.bootstrap.split(",")}
        if self.cluster.sasl:
            file = secret_file(self.folder, "upstream", SASL_PASSWORD)
            sasl = {"mechanism": "PLAIN", "username": SASL_USERNAME, "password_file": file}
            upstream |= {"security_protocol": "SASL_PLAINTEXT", "sasl": sasl}
        special: dict[str, dict[str, Any]] = {
            "acme": {},
            "globex": {},
            "initech": {"allowed_topics": ["welcome"]},
            "hooli": {"permissions": {"auto_create_topics": False}},
        }
        tenants = [tenant(name, self.folder, password(name), **more) for name, more in special.items()]
        # A slow answer to a wrong password is tested elsewhere; here clients try several times.
        limits = {"shutdown_timeout": "10s", "auth_failure_delay": "50ms"}
        return {"proxy": {"listener_sets": sets, "limits": limits}, "upstream": upstream, "tenants": tenants}


def password(name: str) -> str:
    """Return the password of a tenant's user."""
    return f"pw-{name[::-1]}"


def at_once(tenants: tuple[Tenant, ...], act: Callable[[Tenant], T]) -> list[T]:
    """Let several tenants do the same at the same time and return what came of it, in their order."""
    with ThreadPoolExecutor(len(tenants)) as pool:
        return list(pool.map(act, tenants))
