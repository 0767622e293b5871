"""Requests that go upstream as another API, because only that one can say what the tenant may mean.

AlterConfigs replaces all keys of a resource: what it does not name falls back to its default, the keys that are the
operator's too. So it goes up as IncrementalAlterConfigs, which sets what is named and removes what the tenant could
have written and has not named. Both answer alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from klamm.rewriting.config_keys import RESOURCE_WORDS, writable_keys
from protocol_tables.api import Api
from protocol_tables.registry import named

__all__ = ["REPLACEMENTS", "Replacement", "replaced", "substitute"]

_SET, _DELETE = 0, 1


def replaced(name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Gives a rewritten request as the API that stands in for this one says it."""
    return REPLACEMENTS[name].translate(asked)


def substitute(api: Api, version: int) -> tuple[Api, int]:
    """Gives API and version that a request goes up as: the newest of the same form, so that answers are the same."""
    other = named(REPLACEMENTS[api.name].api)
    return other, max(each for each in other.versions if (each in other.flexible) == (version in api.flexible))


def _incremental(asked: dict[str, Any]) -> dict[str, Any]:
    return {**asked, "resources": [{**resource, "configs": _changes(resource)} for resource in asked["resources"]]}


def _changes(resource: dict[str, Any]) -> list[dict[str, Any]]:
    given = [{**config, "config_operation": _SET} for config in resource["configs"]]
    named = {config["name"] for config in given}
    rest = [name for name in writable_keys(RESOURCE_WORDS[resource["resource_type"]]) if name not in named]
    return given + [{"name": name, "config_operation": _DELETE, "value": None} for name in rest]


@dataclass(frozen=True, slots=True)
class Replacement:
    """The API that stands in for another one, and how a request is put in its terms."""

    api: str
    translate: Callable[[dict[str, Any]], dict[str, Any]]


REPLACEMENTS = {"AlterConfigs": Replacement("IncrementalAlterConfigs", _incremental)}
"""By the name of the API that goes up as another one."""
