"""What is measured side by side: the bare broker, HAProxy, Klamm, and others that a file names."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ports import free_block
from tests.proxy_process import KlammProcess, listener_set, tenant
from tools.bench.cluster import BROKER_ID, BenchCluster, upstream_login
from tools.bench.frames import login_frames
from tools.bench.names import TENANT
from tools.bench.workloads import Door

__all__ = ["BASE", "DIRECT", "KLAMM", "Entrance", "Haproxy", "Klamm", "Program", "Target", "Unavailable", "programs"]

DIRECT, BASE, KLAMM = "direct", "haproxy", "klamm"
PASSWORD = "bench-secret"  # noqa: S105 - of a cluster that lives as long as the bench
_HOST = "127.0.0.1"
_START_SECONDS = 30
_STOP_SECONDS = 30

_HAPROXY = """\
global
    nbthread 1
    maxconn 8000
defaults
    mode tcp
    maxconn 8000
    timeout connect 5s
    timeout client 10m
    timeout server 10m
listen plain
    bind {host}:{plain}
    server broker {host}:{broker}
listen login
    bind {host}:{login}
    server broker {host}:{broker_login}
"""


class Unavailable(Exception):
    """Says why a target cannot take part; the others go on without it."""


@dataclass(frozen=True)
class Entrance:
    """Where clients of a target connect, how they log in there, and the process that then works for them."""

    address: str
    login: tuple[bytes, ...] = field(default=(), repr=False)
    pid: int = 0
    """0: nobody's CPU is read."""


@dataclass
class Target:
    """One column. The bare broker is the plainest: nothing to start, nothing between."""

    name: str
    cluster: BenchCluster
    folder: Path
    tenant_names: bool = False
    """Whether clients call topics as a tenant does; else as they are stored."""

    def start(self) -> None:
        """Starts what is to be started; raises Unavailable."""

    def stop(self) -> None:
        """Ends it."""

    @property
    def pids(self) -> list[int]:
        """The processes that belong to it."""
        return []

    @property
    def version(self) -> str:
        """What it says about itself, where it says something."""
        return ""

    def entrance(self, door: Door) -> Entrance | None:
        """Gives the way in for a kind of workload, None where the target has none."""
        if door is Door.LOGIN:
            return Entrance(f"{_HOST}:{self.cluster.sasl_port}", tuple(login_frames(*upstream_login())))
        return Entrance(f"{_HOST}:{self.cluster.port}")


@dataclass
class Started(Target):
    """A target that is one process of its own."""

    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pids(self) -> list[int]:
        """See `Target.pids`."""
        return [] if self.process is None else [self.process.pid]

    def stop(self) -> None:
        """See `Target.stop`."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def spawn(self, command: Sequence[str], ports: Sequence[int]) -> None:
        """Starts a command and returns when all its ports are open; raises Unavailable."""
        if shutil.which(command[0]) is None:
            raise Unavailable(f"{self.name}: there is no {command[0]} on this machine")
        log = self.folder / f"{self.name}.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(  # noqa: S603 - what the user has asked to be measured
                list(command), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + _START_SECONDS
        while not all(_is_open(port) for port in ports):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                told = "\n".join(log.read_text("utf-8", "replace").splitlines()[-10:])
                raise Unavailable(f"{self.name} did not open its ports:\n{told}")
            time.sleep(0.05)


@dataclass
class Haproxy(Started):
    """HAProxy in TCP mode with one thread: what everything else is compared with."""

    plain: int = 0
    login: int = 0

    def start(self) -> None:
        """See `Target.start`."""
        self.plain = free_block(2)
        self.login = self.plain + 1
        config = self.folder / "haproxy.cfg"
        ports = {"plain": self.plain, "login": self.login}
        upstream = {"broker": self.cluster.port, "broker_login": self.cluster.sasl_port}
        config.write_text(_HAPROXY.format(host=_HOST, **ports, **upstream), "utf-8")
        program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise Unavailable("haproxy is not installed (Debian: apt-get install haproxy): there will be no ratios")
        self.spawn([program, "-db", "-f", str(config)], [self.plain, self.login])

    def entrance(self, door: Door) -> Entrance | None:
        """See `Target.entrance`."""
        port = self.login if door is Door.LOGIN else self.plain
        login = login_frames(*upstream_login()) if door is Door.LOGIN else ()
        return Entrance(f"{_HOST}:{port}", tuple(login), *self.pids)


@dataclass
class Klamm(Target):
    """Klamm twice, for brokers that want a login and for such that do not; only one is at work at a time."""

    processes: dict[bool, KlammProcess] = field(default_factory=dict, repr=False)
    ports: dict[Door, int] = field(default_factory=dict)

    def start(self) -> None:
        """See `Target.start`."""
        self.tenant_names = True
        first = free_block(6)
        self.ports = {Door.PLAIN: first + 1, Door.OPEN: first + 3, Door.LOGIN: first + 5}
        opened = {"security_protocol": "PLAINTEXT", "anonymous_tenant": TENANT}
        plain = [self._listeners("sasl", first), self._listeners("open", first + 2, **opened)]
        username, password = upstream_login()
        secret = self.folder / "upstream.password"
        secret.touch(mode=0o600)
        secret.write_text(password, "utf-8")
        sasl = {"username": username, "password_file": str(secret)}
        self._run(False, plain, {"bootstrap": [f"{_HOST}:{self.cluster.port}"]})
        self._run(
            True,
            [self._listeners("sasl", first + 4)],
            {"bootstrap": [f"{_HOST}:{self.cluster.sasl_port}"], "security_protocol": "SASL_PLAINTEXT", "sasl": sasl},
        )

    def stop(self) -> None:
        """See `Target.stop`."""
        for process in self.processes.values():
            process.kill()

    @property
    def pids(self) -> list[int]:
        """See `Target.pids`."""
        return [process.pid for process in self.processes.values()]

    def entrance(self, door: Door) -> Entrance | None:
        """See `Target.entrance`."""
        login = () if door is Door.OPEN else tuple(login_frames(TENANT, PASSWORD))
        return Entrance(f"{_HOST}:{self.ports[door]}", login, self.processes[door is Door.LOGIN].pid)

    def _run(self, login: bool, listeners: list[dict[str, Any]], upstream: dict[str, Any]) -> None:
        folder = self.folder / ("klamm-login" if login else "klamm")
        folder.mkdir()
        tenants = [tenant(name, folder, PASSWORD) for name in (TENANT, "globex")]
        settings = {"proxy": {"listener_sets": listeners}, "upstream": upstream, "tenants": tenants}
        self.processes[login] = process = KlammProcess(folder, settings)
        process.start()

    def _listeners(self, name: str, first: int, **more: Any) -> dict[str, Any]:
        return listener_set(name, first, brokers=BROKER_ID, advertised=_HOST, **more)


@dataclass
class Program(Started):
    """Any other proxy: a command with places for the broker's port and its own."""

    command: tuple[str, ...] = ()
    port: int = 0
    says: tuple[str, ...] = ()
    user: tuple[str, str] | None = None

    def start(self) -> None:
        """See `Target.start`."""
        self.port = free_block(10)
        places = {"port": self.port, "broker": self.cluster.port, "folder": self.folder}
        self.spawn([word.format(**places) for word in self.command], [self.port])

    @property
    def version(self) -> str:
        """See `Target.version`."""
        return " ".join(self.says)

    def entrance(self, door: Door) -> Entrance | None:
        """See `Target.entrance`."""
        if door is Door.LOGIN or (door is Door.OPEN and self.user):
            return None
        login = login_frames(*self.user) if self.user else ()
        return Entrance(f"{_HOST}:{self.port}", tuple(login), *self.pids)


def programs(file: Path, cluster: BenchCluster, folder: Path) -> list[Program]:
    """Reads a targets file; raises ValueError for one that is not as `targets.toml` describes."""
    found = []
    for entry in tomllib.loads(file.read_text("utf-8")).get("target", []):
        unknown = entry.keys() - {"name", "command", "tenant_names", "username", "password", "version"}
        if unknown or not {"name", "command"} <= entry.keys():
            raise ValueError(f"{file}: a target has name and command, maybe tenant_names, username, password, version")
        user = (entry["username"], entry["password"]) if "username" in entry else None
        found.append(
            Program(
                entry["name"],
                cluster,
                folder,
                entry.get("tenant_names", False),
                command=tuple(entry["command"]),
                says=(entry.get("version", ""),),
                user=user,
            )
        )
    return found


def _is_open(port: int) -> bool:
    try:
        socket.create_connection((_HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
