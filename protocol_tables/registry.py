"""All APIs by key and by name; a table file registers itself by being in this package."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import protocol_tables
from protocol_tables.api import Api

__all__ = ["BY_KEY", "named"]


def _collect() -> dict[int, Api]:
    found: dict[int, Api] = {}
    for module in sorted(iter_modules(protocol_tables.__path__), key=lambda module: module.name):
        if not module.name.startswith("api_"):
            continue
        for value in vars(import_module(f"protocol_tables.{module.name}")).values():
            if isinstance(value, Api) and found.setdefault(value.key, value) is not value:
                raise ImportError(f"{module.name} declares api key {value.key} a second time")
    return found


BY_KEY: dict[int, Api] = _collect()
_BY_NAME = {api.name: api for api in BY_KEY.values()}


def named(name: str) -> Api:
    """Gives the API of that name; raises KeyError."""
    return _BY_NAME[name]
