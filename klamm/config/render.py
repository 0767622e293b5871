"""The effective configuration as YAML: every default written out, secrets masked."""

from __future__ import annotations

import re
from typing import Any

import yaml

from klamm.config.model import Config
from klamm.config.structure import unstructure

__all__ = ["render"]

_WOULD_EXPAND = re.compile(r"\$(?=[${])")


def render(config: Config) -> str:
    """Returns YAML that loads to the same configuration, but for the masked secrets."""
    return yaml.safe_dump(_plain(unstructure(config)), sort_keys=False, width=120, allow_unicode=False)


def _plain(value: Any) -> Any:
    """Leaves out what is absent (a null is refused on loading), and writes a literal `$` as `$$` where it matters."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _WOULD_EXPAND.sub("$$", value) if isinstance(value, str) else value
