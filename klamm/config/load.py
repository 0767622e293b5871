"""Loading a configuration: one way for `run`, `check` and reloading, and all problems at once.

The steps work on one tree and one report: YAML with positions, environment, what is not built yet, files, types,
checks across values. A step that finds a problem leaves a hole, and the others go on around it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from klamm.config.check import ExtraCheck, advise, check
from klamm.config.environment import expand_environment
from klamm.config.model import Config
from klamm.config.not_built import refuse_not_built
from klamm.config.problems import ConfigError, Report, quoted
from klamm.config.secrets import locate, read_secrets
from klamm.config.structure import structure
from klamm.config.tree import HOLE, Scalar, find, replace
from klamm.config.yaml_lines import read_yaml

__all__ = ["load"]

_MAX_FILE = 8 * 1024 * 1024
_BUILT_IN_PROFILES = ("tenant_isolation",)


def load(
    path: str | os.PathLike[str],
    *,
    environment: Mapping[str, str] | None = None,
    extra_checks: Sequence[ExtraCheck] = (),
) -> Config:
    """Returns the configuration of a file, with its warnings.

    `environment` is where `${VAR}` is looked up (the process's own by default). Each of `extra_checks` takes the Config
    and yields (path, text) for what it finds, a path being the steps from the top: `("tenants", 1, "prefix")`.
    Raises ConfigError with every problem of the file, in the file's order.
    """
    report = Report(os.fspath(path))
    file = Path(os.path.abspath(path))
    tree = _read(file, report)
    if tree is not HOLE:
        expand_environment(tree, os.environ if environment is None else environment, report)
        refuse_not_built(tree, report)
        _find_profile(tree, file.parent, report)
        read_secrets(tree, file.parent, report)
    config = structure(tree, report)
    if config is not HOLE:
        for place, text in check(config, extra_checks):
            report.problem(place, text)
    if report.problems:
        raise ConfigError(report.problems)
    for place, text in advise(config):
        report.warning(place, text)
    loaded: Config = evolve(config, file=file, warnings=tuple(sorted(report.warnings)))
    return loaded


def _read(file: Path, report: Report) -> Any:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        report.problem((), f"cannot read the file: {reason}")
        return HOLE
    if len(content) > _MAX_FILE:
        report.problem((), "larger than 8MiB, which no configuration is")
        return HOLE
    return read_yaml(content, report)


def _find_profile(tree: Any, directory: Path, report: Report) -> None:
    """Turns the name of a rules file into its absolute path."""
    for path in list(find(tree, ("proxy", "profile"))):
        profile = tree["proxy"]["profile"]
        if not isinstance(profile, Scalar) or profile.kind != "str" or profile.text in _BUILT_IN_PROFILES:
            continue
        try:
            replace(tree, path, evolve(profile, text=str(_rules_file(profile.text, directory))))
        except ValueError as error:
            report.problem(path, str(error))
            replace(tree, path, HOLE)


def _rules_file(name: str, directory: Path) -> Path:
    if not name.endswith((".yaml", ".yml")):
        built_in = " or ".join(_BUILT_IN_PROFILES)
        raise ValueError(f"{quoted(name)} is no profile; write {built_in}, or the path of a rules file ending in .yaml")
    file = locate(name, directory)
    if not file.is_file():
        raise ValueError(f"there is no file {quoted(str(file), 200)}")
    return file
