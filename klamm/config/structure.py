"""The tree of scalars to the model, strictly, with every problem of the whole tree at once.

cattrs collects what its hooks raise; each fault is reported at its path and its value becomes a hole, and the tree is
structured again. What comes out is a configuration in which everything that can be checked still is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, cast, get_origin

import attrs
from attrs import frozen
from cattrs import Converter
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from klamm.config import readers
from klamm.config.model import Config, Mechanism, SecurityProtocol
from klamm.config.problems import Path, Report, quoted
from klamm.config.readers import Reader
from klamm.config.secrets import MASK, Secret
from klamm.config.tree import HOLE, Scalar, replace

__all__ = ["structure", "unstructure"]

_Read = Callable[[Any], Any]
_Show = Callable[[Any], Any]
_Hook = Callable[[Any, Any], Any]
_NOT_KEYS: dict[type, tuple[str, ...]] = {Config: ("file", "warnings")}


@frozen
class _Fault:
    """One value that cannot be used: `key` says that it is there and should not be."""

    path: Path
    text: str
    key: bool = False


def structure(tree: Any, report: Report) -> Any:
    """Returns the Config, with HOLE wherever the report now has a problem (HOLE alone if nothing is left)."""
    while True:
        if tree is HOLE:
            return HOLE
        try:
            return _CONVERTER.structure(tree, Config)
        except (BaseValidationError, ValueError) as error:
            faults = list(_faults(error, ()))
        for fault in faults:
            report.problem(fault.path, fault.text, at_key=fault.key)
            tree = _without(tree, fault)


def unstructure(config: Config) -> dict[str, Any]:
    """Returns the configuration as plain values in the file's own words, secrets masked."""
    shown: dict[str, Any] = _CONVERTER.unstructure(config)
    return shown


def _without(tree: Any, fault: _Fault) -> Any:
    """Takes a fault out of the tree: what should not be there goes, what is wrong or missing becomes a hole."""
    if not fault.path:
        return HOLE
    if fault.key:
        parent = tree
        for step in fault.path[:-1]:
            parent = parent[step]
        del parent[fault.path[-1]]
    else:
        replace(tree, fault.path, HOLE)
    return tree


def _faults(error: Exception, path: Path) -> Iterator[_Fault]:
    """Walks cattrs' tree of exceptions; the notes on them say which attribute or item each belongs to."""
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            path = (*path, note.name)
        elif isinstance(note, IterableValidationNote):
            path = (*path, note.index)
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _faults(inner, path)
    elif isinstance(error, ForbiddenExtraKeysError):
        for key in sorted(error.extra_fields):
            yield _Fault((*path, key), _unknown(key, error.cl), key=True)
    elif isinstance(error, KeyError):
        yield _Fault(path, "missing; this key is required")
    elif isinstance(error, ValueError):
        yield _Fault(path, str(error))
    else:
        raise error


def _unknown(key: str, cls: type) -> str:
    known = _keys(cls)
    close = get_close_matches(key[:64], known, n=1)
    return f"unknown key; did you mean {close[0]}?" if close else f"unknown key; the keys here are {', '.join(known)}"


def _keys(cls: type) -> list[str]:
    return [name for name in attrs.fields_dict(cls) if name not in _NOT_KEYS.get(cls, ())]


def _past_holes(read: _Read) -> _Hook:
    return lambda value, _: value if value is HOLE else read(value)


def _omitted(cls: type) -> dict[str, Any]:
    return {name: override(omit=True) for name in _NOT_KEYS.get(cls, ())}


def _class_hook(cls: Any, converter: Converter) -> _Hook:
    generated = make_dict_structure_fn(cls, converter, **_omitted(cls))
    keys = ", ".join(_keys(cls))

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"{_what(value)} where a block of keys belongs: {keys}")
        return generated(value, cls)

    return _past_holes(read)


def _class_show(cls: Any, converter: Converter) -> _Show:
    return make_dict_unstructure_fn(cls, converter, **_omitted(cls))


def _list_hook(kind: Any, converter: Converter) -> _Hook:
    generated = homogenous_tuple_structure_factory(kind, converter)

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"{_what(value)} where a list belongs; write [a, b] or one '- ' line for each")
        return generated(value, kind)

    return _past_holes(read)


def _enum_hook(kind: type[StrEnum]) -> _Hook:
    values = [str(member) for member in kind]

    def read(value: Any) -> Any:
        string = readers.text(value)
        if string not in values:
            raise ValueError(f"{quoted(string)} is unknown; {' or '.join(values)} would be right")
        return kind(string)

    return _past_holes(read)


def _what(value: Any) -> str:
    if isinstance(value, Scalar):
        return "nothing" if value.kind == "null" else "a single value"
    return "a list" if isinstance(value, list) else "a block"


def _readers(kind: Any) -> list[Reader]:
    return [mark for mark in getattr(kind, "__metadata__", ()) if isinstance(mark, Reader)]


def _reader_hook(kind: Any) -> _Hook:
    return _past_holes(_readers(kind)[0].read)


def _reader_show(kind: Any) -> _Show:
    return _readers(kind)[0].show


def _secret(value: Any) -> Secret:
    if not isinstance(value, Secret):
        raise ValueError("no secret")
    return value


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _converter() -> Converter:
    converter: Any = Converter(detailed_validation=True, forbid_extra_keys=True)
    converter.register_structure_hook(str, _past_holes(readers.text))
    converter.register_structure_hook(bool, _past_holes(readers.boolean))
    converter.register_structure_hook(Secret, _past_holes(_secret))
    # One by one: to cattrs these are texts first, and the hook for text would let any pass.
    for enum in (SecurityProtocol, Mechanism):
        converter.register_structure_hook(enum, _enum_hook(enum))
    converter.register_structure_hook_factory(attrs.has, _class_hook)
    converter.register_structure_hook_factory(_is_list, _list_hook)
    converter.register_structure_hook_factory(_readers, _reader_hook)
    converter.register_unstructure_hook(Secret, _mask)
    converter.register_unstructure_hook_factory(attrs.has, _class_show)
    converter.register_unstructure_hook_factory(_readers, _reader_show)
    return cast(Converter, converter)


def _mask(_: Secret) -> str:
    return MASK


_CONVERTER = _converter()
