"""The bench measures what it says: the whole command on a real Kafka, and each of its checks against what it is for."""

from __future__ import annotations

import json
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from klamm.wire.framing import frame
from protocol_tables import registry
from tools.bench import cli
from tools.bench.frames import UnexpectedAnswer, check_answer, request_frame
from tools.bench.generator import Generator, GeneratorFailed, Order, Run
from tools.bench.names import Names
from tools.bench.rounds import Measured, Sample
from tools.bench.workloads import WORKLOADS

PROJECT = Path(__file__).resolve().parents[2]
NAMES = Names(8)


def test_the_command_measures_every_workload_on_a_real_kafka(tmp_path: Path) -> None:
    small = ["--force", "--rounds", "1", "--seconds", "0.05", "--topics", "8", "--other-topics", "4"]
    files = ["--json", str(tmp_path / "all.json"), "--markdown", str(tmp_path / "table.md")]
    command = [sys.executable, "-m", "tools.bench", *small, *files]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "all.json").read_text("utf-8"))
    has_haproxy = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") is not None
    assert [row["key"] for row in result["workloads"]] == [workload.key for workload in WORKLOADS]
    for row in result["workloads"]:
        klamm = row["targets"]["klamm"]
        assert klamm["cpu"] > 0
        assert (klamm["ratio"] is not None) == has_haproxy
        assert row["targets"]["direct"]["cpu"] is None
        assert row["targets"]["direct"]["p50_us"] > 0
    assert result["memory"]["klamm"]["per_connection"] > 0
    assert bool(result["skipped"]) != has_haproxy
    assert "| connect, login, Metadata, close |" in (tmp_path / "table.md").read_text("utf-8")


def test_a_busy_machine_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "load_of_others", lambda: 1.0)
    assert cli.main([]) == 2
    assert "--force" in capsys.readouterr().err


def test_targets_are_compared_within_the_same_round() -> None:
    run = Run(requests=10, bytes=1, seconds=1, cpu=0, p50=1, p99=1, p999=1)
    measured = Measured(WORKLOADS[0], 10)
    measured.samples["haproxy"] = [Sample(run, cpu, 0) for cpu in (10, 100)]
    measured.samples["klamm"] = [Sample(run, cpu, 0) for cpu in (15, 120)]
    assert measured.ratios("klamm") == [1.5, 1.2]


def metadata(topics: list[str], error: int = 0) -> bytes:
    """An answer to Metadata 9, without its length."""
    body = {
        "throttle_time_ms": 0,
        "brokers": [],
        "cluster_id": None,
        "controller_id": 1,
        "topics": [{"error_code": error, "name": name, "is_internal": False, "partitions": []} for name in topics],
    }
    return bytes(5) + registry.named("Metadata").response(9).build(body)


def test_an_answer_with_an_error_is_not_measured() -> None:
    check_answer("metadata_one", NAMES, metadata([NAMES.produce]))
    with pytest.raises(UnexpectedAnswer, match="error codes"):
        check_answer("metadata_one", NAMES, metadata([NAMES.produce], error=3))


def test_an_answer_that_lacks_topics_is_not_measured() -> None:
    check_answer("metadata_named", NAMES, metadata(NAMES.own))
    with pytest.raises(UnexpectedAnswer, match="7 topics"):
        check_answer("metadata_named", NAMES, metadata(NAMES.own[1:]))


def one_client(answer: Callable[[int], bytes | None]) -> str:
    """Serves one connection; its n-th request is answered by `answer(n)`, or by closing for None."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server, server.accept()[0] as client:
            for number in range(1000):
                reply = answer(number) if client.recv(100) else None
                if reply is None:
                    return
                client.sendall(reply)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


def order(address: str) -> Order:
    """A run of small requests, one at a time."""
    return Order(address, request_frame("find_coordinator", NAMES))


def test_every_answer_is_counted(tmp_path: Path) -> None:
    address = one_client(lambda number: frame(struct.pack(">i6x", number)))
    with Generator(order(address), tmp_path) as generator:
        run = generator.run(50)
    assert run.requests == 50
    assert run.bytes == 50 * (14 + len(order(address).request))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda number: frame(struct.pack(">i", number) + bytes(6 + number // 20)), "the first one had 10"),
        (lambda number: frame(struct.pack(">i6x", number + number // 20)), "an answer to request 21"),
        (lambda number: frame(struct.pack(">i6x", number)) if number < 20 else None, "closed"),
    ],
    ids=["another length", "another correlation id", "none"],
)
def test_a_run_with_a_wrong_answer_has_no_figures(
    tmp_path: Path, answer: Callable[[int], bytes | None], told: str
) -> None:
    with Generator(order(one_client(answer)), tmp_path) as generator, pytest.raises(GeneratorFailed, match=told):
        generator.run(50)
