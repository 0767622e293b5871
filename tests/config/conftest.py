"""A directory with a configuration, its secrets and its rules file, for the tests of loading."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from klamm.config import Config, ConfigError, ExtraCheck, Problem, load

GOOD = """\
proxy:
  listener_sets:
    - name: main
      port_range:
        bind_host: 127.0.0.1
        advertised_host: localhost
        bootstrap_port: 9092
        broker_port_range: {start: 9093, end: 9095}
        broker_id_base: 1
upstream:
  bootstrap: ["kafka:9092"]
tenants:
  - name: acme
    auth:
      credentials:
        - {username: acme, password_file: secrets/acme.password}
"""


class Site:
    """One directory as an operator would have it."""

    good = GOOD

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.file = directory / "klamm.yaml"
        (directory / "secrets").mkdir()
        for name in ("acme", "globex", "klamm", "acme-upstream"):
            self.secret(name, f"{name}-secret\n")
        (directory / "rules.yaml").write_text("{}")

    def secret(self, name: str, content: str | bytes, mode: int = 0o600) -> Path:
        """Write a secret file and return its path."""
        path = self.directory / "secrets" / f"{name}.password"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    def load(
        self,
        text: str | bytes,
        environment: Mapping[str, str] | None = None,
        extra_checks: tuple[ExtraCheck, ...] = (),
    ) -> Config:
        """Write the configuration and load it, with no variables but the given ones."""
        self.file.write_bytes(text.encode() if isinstance(text, str) else text)
        return load(self.file, environment=environment or {}, extra_checks=extra_checks)

    def problems(
        self,
        text: str | bytes,
        environment: Mapping[str, str] | None = None,
        extra_checks: tuple[ExtraCheck, ...] = (),
    ) -> list[Problem]:
        """Load what cannot be loaded and return why."""
        with pytest.raises(ConfigError) as caught:
            self.load(text, environment, extra_checks)
        return caught.value.problems

    def only_problem(
        self, text: str | bytes, environment: Mapping[str, str] | None = None
    ) -> tuple[int, int, str, str]:
        """Return line, column, path and text of the one problem that there is."""
        found = self.problems(text, environment)
        assert len(found) == 1, "\n".join(map(str, found))
        return found[0].line, found[0].col, found[0].path, found[0].text


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)
