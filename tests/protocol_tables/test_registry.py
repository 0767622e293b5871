"""A table file is found by being there, and its name, its docstring and its declaration agree."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import protocol_tables
from protocol_tables import registry, types
from protocol_tables.api import Api
from tools.audit_tables import tables

FILES = sorted(Path(protocol_tables.__path__[0]).glob("api_*.py"))


def docstring_of(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


def apis_of(path: Path) -> list[Api]:
    module = sys.modules[f"protocol_tables.{path.stem}"]
    return [value for value in vars(module).values() if isinstance(value, Api)]


def test_every_file_is_in_the_registry_and_nothing_else_is() -> None:
    assert len(registry.BY_KEY) == len(FILES)
    assert {api.key for path in FILES for api in apis_of(path)} == set(registry.BY_KEY)
    assert all(key == api.key for key, api in registry.BY_KEY.items())


def test_every_api_has_a_name_of_its_own() -> None:
    for api in registry.BY_KEY.values():
        assert registry.named(api.name) is api
    with pytest.raises(KeyError):
        registry.named("NoSuchApi")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_file_is_named_after_its_api(path: Path) -> None:
    (api,) = apis_of(path)
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", api.name).lower()
    assert path.stem == f"api_{api.key:02d}_{snake}"
    assert getattr(sys.modules[f"protocol_tables.{path.stem}"], "__all__", None) == [snake.upper()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_docstring_names_the_api_and_every_version(path: Path) -> None:
    (api,) = apis_of(path)
    text = docstring_of(path)
    assert text.startswith(f"{api.name} ({api.key}): ")
    assert text.splitlines()[0].endswith(".")
    assert "DOC" not in text.split()
    told = {int(number) for number in re.findall(r"\bv(\d+)\b", text)}
    assert told >= set(api.versions) - {0}, "a version is not explained"
    assert max(told) == api.versions.max
    if api.flexible.min > 0 and api.flexible.max > 0:
        assert re.search(rf"\bv{api.flexible.min} flexible\b", text)


@pytest.mark.parametrize("key", registry.BY_KEY)
def test_a_version_outside_the_table_has_no_layout(key: int) -> None:
    api = registry.BY_KEY[key]
    for version in (-1, api.versions.max + 1, 32767):
        with pytest.raises(KeyError, match="has no version"):
            api.request(version)
        with pytest.raises(KeyError, match="has no version"):
            api.response(version)


def test_a_layout_is_made_once() -> None:
    api = registry.named("Metadata")
    assert api.request(12) is api.request(12)
    assert api.request(12) is not api.response(12)


def test_every_value_has_a_kind_that_the_types_declare() -> None:
    kinds = set(types.__all__)
    for api in registry.BY_KEY.values():
        for version in api.versions:
            for layout in (api.request(version), api.response(version)):
                strangers = [row for row in tables.rows(layout) if row.meaning is not None and row.meaning not in kinds]
                assert not strangers, f"{api.name} v{version}: {strangers}"


def test_every_kind_is_named_as_it_is_written() -> None:
    # A port in 16 bits is a port all the same: what a value is does not depend on how it is laid out.
    named = {name: getattr(types, name).kind for name in types.__all__}
    assert named == {name: "Port" if name == "UnsignedPort" else name for name in types.__all__}


def test_every_kind_is_used() -> None:
    layouts = [layout(version) for api in registry.BY_KEY.values() for version in api.versions for layout in both(api)]
    used = {row.meaning for layout in layouts for row in tables.rows(layout)}
    embedded = {"UserData"}
    assert {getattr(types, name).kind for name in types.__all__} - used == embedded | {"Bytes", "UInt16", "UInt32"}


def both(api: Api) -> tuple[Any, Any]:
    return api.request, api.response
