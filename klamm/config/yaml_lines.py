"""Reads the YAML file through its nodes, so that every value keeps its line and column.

Nothing is constructed: scalars stay text with the kind that YAML resolved, and the typed readers decide what the text
means. So none of YAML's own conversions (base 60, octal, `yes`, dates) can change a value silently, and no tag can make
an object. Anchors, aliases, tags and repeated keys have no use in a configuration and many in an attack or a mistake.
"""

from __future__ import annotations

from typing import Any

import yaml

from klamm.config.problems import Mark, Marks, Path, Report, quoted
from klamm.config.tree import HOLE, Scalar

__all__ = ["read_yaml"]

_MAX_DEPTH = 32
_MAX_NODES = 200_000
_REFUSED = "!refused"


class _TooMuch(Exception):
    """Ends the reading of a file that is deeper or larger than any configuration."""


class _Composer(yaml.SafeLoader):
    """PyYAML's composer that refuses anchors, aliases and tags, and bounds depth and size."""

    def __init__(self, text: str, report: Report) -> None:
        super().__init__(text)
        self._report = report
        self._depth = 0
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        start, end = event.start_mark, event.end_mark
        mark = _mark(start)
        self._nodes += 1
        if self._depth >= _MAX_DEPTH or self._nodes > _MAX_NODES:
            self._report.problem_at(mark, (), f"more than {_MAX_DEPTH} levels or {_MAX_NODES} values; shorten the file")
            raise _TooMuch
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self._report.problem_at(mark, (), "aliases (*name) are not allowed; write the value out")
            return yaml.ScalarNode(_REFUSED, "", start, end)
        if event.anchor is not None:
            self._report.problem_at(mark, (), "anchors (&name) are not allowed; write the value out where it is needed")
            event.anchor = None
        if event.tag is not None:
            self._report.problem_at(mark, (), "tags (!name) are not allowed; write the value alone, in quotes if text")
            event.tag = None
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def read_yaml(content: bytes, report: Report) -> Any:
    """Returns the tree of dicts, lists and `Scalar`s, and fills the report's marks; HOLE if it cannot be read at all.

    Every problem goes to the report: encoding, syntax, anchors, aliases, tags, repeated keys.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[: error.start].rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        report.problem_at(Mark(line, column), (), "not UTF-8; save the file as UTF-8")
        return HOLE
    node = _compose(text, report)
    if node is None:
        return HOLE
    return _Builder(report).build(node, (), _mark(node.start_mark))


def _compose(text: str, report: Report) -> yaml.Node | None:
    composer = None
    try:
        composer = _Composer(text, report)
        node: yaml.Node | None = composer.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ": ".join(part for part in (error.context, error.problem) if part)
        report.problem_at(_mark(mark) if mark else Mark(1, 1), (), f"not YAML: {reason}")
        return None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Mark(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        report.problem_at(place, (), "not YAML: a control character; write it as an escape in double quotes")
        return None
    except (ValueError, OverflowError):
        # PyYAML lets chr() and int() fail on escapes such as "\UFFFFFFFF" and on endless version numbers.
        place = _mark(composer.get_mark()) if composer else Mark(1, 1)
        report.problem_at(place, (), "not YAML: a number or an escape out of range")
        return None
    except _TooMuch:
        return None
    finally:
        if composer is not None:
            composer.dispose()
    if node is None:
        report.problem((), "the file is empty; it needs proxy, upstream and tenants")
    return node


class _Builder:
    """Turns nodes into the tree and notes where each value is."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def build(self, node: yaml.Node, path: Path, key: Mark) -> Any:
        self._report.marks[path] = Marks(key, _mark(node.start_mark))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            items = enumerate(node.value)
            return [self.build(item, (*path, index), _mark(item.start_mark)) for index, item in items]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = _mark(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                self._report.problem_at(mark, path, "a key must be a plain name, not a list or a block")
            elif _is_broken(key_node.value):
                self._report.problem_at(mark, path, "a key with half a character (a lone surrogate escape)")
            elif key_node.value in built:
                first = self._report.marks[(*path, key_node.value)].key.line
                text = f"{quoted(key_node.value)} is here twice (first in line {first}); keep one of them"
                self._report.problem_at(mark, (*path, key_node.value), text)
            elif key_node.tag != _REFUSED:
                built[key_node.value] = self.build(value_node, (*path, key_node.value), mark)
        return built

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if node.tag == _REFUSED:
            return HOLE
        if _is_broken(node.value):
            self._report.problem(path, "half a character (a lone surrogate escape); write the whole character")
            return HOLE
        kind = node.tag.rpartition(":")[2]
        return Scalar(node.value, kind if kind in {"int", "bool", "null", "float", "timestamp"} else "str")


def _is_broken(text: str) -> bool:
    """Tells a lone surrogate, which YAML escapes can write and no file, socket or terminal can take."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)
