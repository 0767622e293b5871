"""The configuration file as the whole product reads it: ``run``, ``check`` and reloading have this one way."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

from klamm.config import Config, Path, load
from klamm.proxy.assembly import tenant_of
from klamm.rewriting import RuleError, load_rules
from klamm.tenancy.namespace import Namespace, NamespaceError, collisions

__all__ = ["load_config"]


def load_config(path: str | PathLike[str]) -> Config:
    """Gives the checked configuration of a file; raises ConfigError with every problem, those across parts included."""
    return load(path, extra_checks=(_namespace_problems, _profile_problems))


def _namespace_problems(config: Config) -> Iterator[tuple[Path, str]]:
    namespaces: dict[str, Namespace] = {}
    for index, tenant in enumerate(config.tenants):
        try:
            namespaces[tenant.name] = tenant_of(tenant).namespace
        except NamespaceError as error:
            for problem in error.problems:
                yield ("tenants", index), problem
    for problem in collisions(namespaces):
        yield ("tenants",), problem


def _profile_problems(config: Config) -> Iterator[tuple[Path, str]]:
    try:
        load_rules(config.proxy.profile)
    except RuleError as error:
        for problem in error.problems:
            yield ("proxy", "profile"), problem
