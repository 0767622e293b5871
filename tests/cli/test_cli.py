"""The command line as its users meet it: exit codes, positions of mistakes, help, a clean end."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_block

CONFIG = """\
proxy:
  listener_sets:
    - name: plaintext
      port_range:
        bind_host: 127.0.0.1
        advertised_host: 127.0.0.1
        bootstrap_port: {port}
        broker_port_range: {{start: {first}, end: {first}}}
        broker_id_base: 1
upstream:
  bootstrap: ["127.0.0.1:1"]
tenants:
  - name: acme
    auth:
      credentials:
        - {{username: acme, password_file: acme.password}}
"""


def klamm(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    command = [sys.executable, "-m", "klamm", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Writes a good configuration and gives its path."""
    password = tmp_path / "acme.password"
    password.touch(mode=0o600)
    password.write_text("secret\n")
    port = free_block(2)
    file = tmp_path / "klamm.yaml"
    file.write_text(CONFIG.format(port=port, first=port + 1))
    return file


def test_a_good_configuration_is_said_to_be_good(config: Path) -> None:
    result = klamm("check", "-c", str(config))
    assert (result.returncode, result.stdout) == (0, f"{config}: good (1 listener set, 1 tenant)\n")
    assert result.stderr == ""


def test_the_configuration_in_effect_is_printed_without_secrets(config: Path) -> None:
    result = klamm("check", "-c", str(config), "--print")
    assert result.returncode == 0
    assert "__vt_acme_" in result.stdout
    assert "secret" not in result.stdout.replace("password_file", "")


def test_ten_mistakes_are_reported_at_ten_positions(tmp_path: Path) -> None:
    file = tmp_path / "klamm.yaml"
    file.write_text("""\
proxy:
  profile: nothing
  listener_sets:
    - name: plaintext
      security_protocol: SSL
      port_range:
        bind_host: 0.0.0.0
        advertised_host: proxy.example.com
        bootstrap_port: 70000
        broker_port_range: {start: "9093", end: 9095}
        broker_id_bas: 1
  limits: {frame: 100, login_timeout: 10}
upstream:
  bootstrap: [kafka-1.internal]
tenants:
  - name: acme
    allowed_topics: [a b]
    permissions: {acls: true}
    auth: {credentials: [{username: acme, password_file: nowhere}]}
""")
    result = klamm("check", "-c", str(file))
    assert result.returncode == 78
    lines = {int(line) for line, _ in re.findall(rf"^{re.escape(str(file))}:(\d+):(\d+): ", result.stderr, re.M)}
    assert {2, 5, 9, 10, 11, 12, 14, 17, 18, 19} <= lines


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("upstream:\n", "upstream:\n  tls: {ca: ca.crt}\n", "tls"),
        ("upstream:\n", "upstream:\n  resolve: {a: 10.0.0.1}\n", "resolve"),
        ("    auth:\n", "    limits: {connections: 2}\n    auth:\n", "limits"),
        (
            "    auth:\n",
            "    upstream_credentials: {username: a, password_file: b}\n    auth:\n",
            "upstream_credentials",
        ),
        ("proxy:\n", "proxy:\n  profile: address_only\n", "address_only"),
    ],
)
def test_what_is_designed_but_not_built_is_refused_by_name(config: Path, old: str, new: str, named: str) -> None:
    config.write_text(config.read_text().replace(old, new))
    result = klamm("check", "-c", str(config))
    assert result.returncode == 78
    assert re.search(rf":\d+:\d+: .*{named}.*not supported in this version", result.stderr)


def test_tenants_whose_names_could_meet_are_refused(config: Path) -> None:
    config.write_text(f"{config.read_text()}  - {{name: other, prefix: __vt_acme.}}\n")
    result = klamm("check", "-c", str(config))
    assert result.returncode == 78
    assert "__vt_acme." in result.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "klamm.yaml" in klamm("check", cwd=tmp_path).stderr
    result = klamm("run", "-c", str(tmp_path / "none.yaml"))
    assert result.returncode == 78
    assert "none.yaml" in result.stderr


def test_a_bad_configuration_does_not_start(config: Path) -> None:
    config.write_text(config.read_text().replace("broker_id_base: 1", "broker_id_base: one"))
    result = klamm("run", "-c", str(config))
    assert result.returncode == 78
    assert re.search(r"klamm\.yaml:9:\d+: ", result.stderr)


def test_a_port_that_is_taken_is_named(config: Path) -> None:
    port = int(re.findall(r"bootstrap_port: (\d+)", config.read_text())[0])
    with socket.create_server(("127.0.0.1", port)):
        result = klamm("run", "-c", str(config))
    assert result.returncode == 71
    assert f"127.0.0.1:{port}" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_though_the_cluster_is_not_there(config: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "klamm", "run", "-c", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        seen = ""
        while "cannot be reached" not in seen:
            line = process.stderr.readline()
            assert line, seen
            seen += line
        process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait(30) == 0, seen + rest
    assert "stopped" in rest


def test_version_and_help_say_what_people_look_for() -> None:
    version = klamm("--version")
    assert version.returncode == 0
    assert re.fullmatch(r"klamm \d+\.\d+\.\d+ \(python \S+, construct \S+, openssl \S+, uvloop \S+\)\n", version.stdout)
    overview = klamm("--help").stdout
    assert all(word in overview for word in ("run", "check", "demo", "examples", "exit codes"))
    assert klamm().returncode == 2
    assert klamm("run", "--nonsense").returncode == 2


def test_an_api_that_the_tap_cannot_know_is_wrong_usage(config: Path, tmp_path: Path) -> None:
    result = klamm("run", "-c", str(config), "--tap", str(tmp_path / "tap"), "--tap-api", "Nonsense")
    assert result.returncode == 2
    assert "Nonsense" in result.stderr


def test_a_tap_that_cannot_be_written_ends_it_at_once(config: Path, tmp_path: Path) -> None:
    result = klamm("run", "-c", str(config), "--tap", str(tmp_path / "missing" / "tap"))
    assert result.returncode == 74
