"""Runs Klamm as its users do: `klamm run` in a process of its own, on a configuration file, ended by a signal."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.ports import free_block

__all__ = ["RUNNING", "KlammFailed", "KlammProcess", "free_block", "listener_set", "tenant"]

RUNNING: set[int] = set()
"""The process ids of all Klamms that this test run has started and that still run."""

PROJECT = Path(__file__).resolve().parents[1]
START_SECONDS = 30
STOP_SECONDS = 40


class KlammFailed(AssertionError):
    """Raised when Klamm does not start or does not stop; the text carries the end of its log."""


def listener_set(name: str, first_port: int, *, brokers: int, advertised: str, **more: Any) -> dict[str, Any]:
    """Return a listener set for broker ids 1..brokers: bootstrap at `first_port`, the brokers' ports after it."""
    ports = {
        "bind_host": "127.0.0.1",
        "advertised_host": advertised,
        "bootstrap_port": first_port,
        "broker_port_range": {"start": first_port + 1, "end": first_port + brokers},
        "broker_id_base": 1,
    }
    return {"name": name, "port_range": ports} | more


def tenant(name: str, folder: Path, password: str, **more: Any) -> dict[str, Any]:
    """Return a tenant whose one user has the tenant's name; the password goes to a file in `folder`."""
    credential = {"username": name, "password_file": secret_file(folder, name, password)}
    return {"name": name, "auth": {"credentials": [credential]}} | more


def secret_file(folder: Path, name: str, password: str) -> str:
    """Write a password where only we may read it and return the file's name, relative to the configuration."""
    file = folder / f"{name}.password"
    file.touch(mode=0o600)
    file.write_text(password, "utf-8")
    return file.name


@dataclass
class KlammProcess:
    """One `klamm run` with `options`; its configuration and its log are in `folder`."""

    folder: Path
    settings: Mapping[str, Any]
    options: Sequence[str] = ()
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def log_file(self) -> Path:
        """Return where standard output and error go."""
        return self.folder / "klamm.log"

    @property
    def pid(self) -> int:
        """Return the id of the running process."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and return when it listens; whether there is a cluster behind it is another matter.

        Raises:
            KlammFailed: it ended, or did not listen within half a minute.
        """
        before = len(self.log())
        config = self.folder / "klamm.yaml"
        config.write_text(yaml.safe_dump(dict(self.settings), sort_keys=False), "utf-8")
        command = [sys.executable, "-m", "klamm", "run", "-c", str(config), *self.options]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        RUNNING.add(self.process.pid)
        deadline = time.monotonic() + START_SECONDS
        while " listening " not in self.log()[before:]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                status = self.process.returncode
                self.kill()
                raise KlammFailed(f"Klamm does not listen (exit status {status}):\n{self.log_tail()}")
            time.sleep(0.05)

    def stop(self) -> int:
        """Ask it to stop, by SIGTERM to its own pid, and return its exit status.

        Raises:
            KlammFailed: it was still there after its own limit for a shutdown and some more.
        """
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
            RUNNING.discard(self.process.pid)
            return status
        except subprocess.TimeoutExpired:
            self.kill()
            raise KlammFailed(f"Klamm did not stop in {STOP_SECONDS} s:\n{self.log_tail()}") from None

    def kill(self) -> None:
        """End it at once if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            RUNNING.discard(self.process.pid)

    def log(self) -> str:
        """Return all that it has logged."""
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def log_tail(self, lines: int = 40) -> str:
        """Return the end of its log."""
        return "\n".join(self.log().splitlines()[-lines:])
