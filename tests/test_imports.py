"""The house's one rule about imports, read from the source itself.

Imports go one way, so that each layer can be read, tested and replaced without the ones above it; and the layers that
decide what a tenant may see touch neither event loop nor socket, so that they can be tested on bytes alone.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What each part may import of ours, besides itself. A part that is missing here fails the test: name its place.
MAY_IMPORT: dict[str, set[str]] = {
    "klamm": set(),
    "klamm.wire": set(),
    "protocol_tables": {"klamm.wire"},
    "rewrite_rules": set(),
    "klamm.rewriting": {"klamm.wire", "protocol_tables", "rewrite_rules"},
    "klamm.tenancy": {"klamm.wire", "protocol_tables", "klamm.rewriting"},
    "klamm.auth": set(),
    "klamm.config": set(),
    # The tap blanks what frames hold of secrets and records, for which it has to know where they are.
    "klamm.observe": {"klamm.wire", "protocol_tables"},
    "klamm.proxy": {
        "klamm",
        "klamm.wire",
        "protocol_tables",
        "klamm.rewriting",
        "klamm.tenancy",
        "klamm.auth",
        "klamm.config",
        "klamm.observe",
    },
    "klamm.inspect": {"klamm", "klamm.wire", "protocol_tables", "klamm.rewriting", "klamm.tenancy", "klamm.observe"},
}
# The outermost parts use any of the others but each other's insides only through `cli`.
MAY_IMPORT["klamm.demo"] = MAY_IMPORT["klamm.proxy"] | {"klamm.proxy"}
MAY_IMPORT["klamm.cli"] = MAY_IMPORT["klamm.demo"] | {"klamm.demo"}
MAY_IMPORT["klamm.__main__"] = {"klamm.cli"}

SANS_IO = {
    "klamm.wire",
    "protocol_tables",
    "rewrite_rules",
    "klamm.rewriting",
    "klamm.tenancy",
    "klamm.auth",
}
IO_MODULES = {"asyncio", "asyncio_dgram", "select", "selectors", "socket", "socketserver", "ssl", "threading", "uvloop"}
OURS = ("klamm", "protocol_tables", "rewrite_rules")

MODULES = sorted(path for package in OURS for path in (ROOT / package).rglob("*.py"))


def dotted(path: Path) -> str:
    """Return the module name of a source file of ours."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """Return which part of the house a dotted name of ours belongs to."""
    package, _, rest = module.partition(".")
    if package != "klamm" or not rest:
        return package
    inner = rest.partition(".")[0]
    is_part = (ROOT / "klamm" / inner).is_dir() or (ROOT / "klamm" / f"{inner}.py").is_file()
    return f"klamm.{inner}" if is_part else "klamm"


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and absolute dotted name of everything that a file imports, lazily or under TYPE_CHECKING too."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            # `from klamm import wire` names a part in its last word, so each name counts.
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_go_one_way(path: Path) -> None:
    part = part_of(dotted(path))
    assert part in MAY_IMPORT, f"{part} has no place in the house yet: say in MAY_IMPORT what it may import"
    upward = [
        f"{path.relative_to(ROOT)}:{line}: {part} imports {name}"
        for line, name in imports_of(path)
        if name.partition(".")[0] in OURS and part_of(name) not in MAY_IMPORT[part] | {part}
    ]
    assert not upward, "\n".join(upward)


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(dotted(path)) in SANS_IO], ids=dotted)
def test_sans_io_parts_know_no_event_loop_and_no_socket(path: Path) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: imports {name}"
        for line, name in imports_of(path)
        if name.partition(".")[0] in IO_MODULES
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_no_module_of_ours_imports_the_tests(path: Path) -> None:
    assert not [name for _, name in imports_of(path) if name.partition(".")[0] in {"tests", "conformance", "tools"}]
