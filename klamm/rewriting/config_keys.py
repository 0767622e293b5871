"""The configuration keys of topics and groups: which ones a tenant may write, and which values name something.

The list is data, `rewrite_rules/config_keys.yaml`, and holds for every rules file. What is not on it is not written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

__all__ = ["RESOURCE_WORDS", "ConfigKey", "config_keys", "parse_config_keys", "writable_keys"]

RESOURCE_WORDS = {2: "topic", 32: "group"}
"""What the list calls the resource types that tenants have."""

_WORD = re.compile(r"(any|topic|withheld|brokers)|at_least\(([0-9]+)\)")


@dataclass(frozen=True, slots=True)
class ConfigKey:
    """One key: its word, and the smallest value where the word is ``at_least``."""

    word: str
    least: int = 0

    @property
    def is_writable(self) -> bool:
        """Whether a tenant may write it at all."""
        return self.word not in ("withheld", "brokers")


def parse_config_keys(text: str) -> dict[str, dict[str, ConfigKey]]:
    """Reads a list: for each resource word its keys; raises ValueError for a word that is none."""
    document = yaml.safe_load(text)
    if not isinstance(document, dict) or document.keys() != set(RESOURCE_WORDS.values()):
        raise ValueError(f"a list of keys has a section for each of {', '.join(RESOURCE_WORDS.values())}")
    return {kind: {name: _key(name, word) for name, word in keys.items()} for kind, keys in document.items()}


@cache
def config_keys(kind: str) -> Mapping[str, ConfigKey]:
    """Gives the keys of a resource word."""
    return _all()[kind]


def writable_keys(kind: str) -> list[str]:
    """Gives the keys that a tenant may write, in the order of the list."""
    return [name for name, key in config_keys(kind).items() if key.is_writable]


@cache
def _all() -> dict[str, dict[str, ConfigKey]]:
    return parse_config_keys(files("rewrite_rules").joinpath("config_keys.yaml").read_text("utf-8"))


def _key(name: str, word: object) -> ConfigKey:
    match = _WORD.fullmatch(str(word))
    if match is None:
        raise ValueError(f"{name}: {word!r} is none of any, at_least(N), topic, withheld, brokers")
    return ConfigKey(match[1]) if match[1] else ConfigKey("at_least", int(match[2]))
