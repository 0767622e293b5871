"""The rule model: what a rules file says, API by API, before it is held against the tables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from klamm.rewriting.errors import RuleError
from klamm.wire import ALWAYS, Versions
from protocol_tables.registry import BY_KEY

__all__ = ["ApiRules", "ListRule", "RaiseRule", "RefuseRule", "RuleSet", "parse_rules", "read_rules"]

_UNSUPPORTED_VERSION = 35

if TYPE_CHECKING:
    _SafeLoader = yaml.SafeLoader
else:
    # The same in C, five times as fast, wherever PyYAML was built with it.
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class ListRule:
    """How a list of a request behaves: what null asks for, and what happens when every entry was refused."""

    when_null: str | None
    when_emptied: str | None


@dataclass(frozen=True, slots=True)
class RefuseRule:
    """How requests of some versions are refused; see ``refusals`` for the paths."""

    versions: Versions
    mode: str
    others: int
    of: tuple[str, ...]
    copy: Mapping[str, str]
    fill: Mapping[str, Any]
    codes: tuple[str, ...]
    deny: int
    recode: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class RaiseRule:
    """Requests of old versions that go upstream as a newer one where the tenant lacks a permission.

    ``empty_as_null`` names the list in which old versions said "all" by an empty list, because they had no null.
    """

    versions: Versions
    to: int
    unless: str
    empty_as_null: str


@dataclass(frozen=True, slots=True)
class ApiRules:
    """What the file says about one API.

    ``exact`` is off where known peers send bytes after a body, which are then left out; elsewhere they are refused.
    """

    name: str
    versions: Versions
    exact: bool = True
    local: str | None = None
    before_login: bool = False
    verbs: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    lists: Mapping[str, ListRule] = field(default_factory=dict)
    refuse: tuple[RefuseRule, ...] = ()
    raised: RaiseRule | None = None
    send_as: str | None = None
    """The API that its requests go upstream as; see ``replacing``."""
    addresses_only: bool = False
    """Whether the file is about addresses and leaves everything else as it is."""

    def refusal(self, version: int) -> RefuseRule:
        """Gives the refuse rule of a version; raises LookupError where there is none."""
        for rule in self.refuse:
            if version in rule.versions:
                return rule
        raise LookupError(f"{self.name} {version} has no refuse rule")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A whole rules file: the profile's switches and the rules per API name."""

    keep_unknown_tags: bool
    apis: Mapping[str, ApiRules]
    addresses_only: bool = False
    """Whether all else, client ids in headers among it, is left as it is."""


class _Loader(_SafeLoader):
    """SafeLoader that refuses a key given twice."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise RuleError([f"line {key_node.start_mark.line + 1}: a key is a word, not a list or mapping"])
        if key in seen:
            raise RuleError([f"line {key_node.start_mark.line + 1}: {key} is given twice"])
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_rules(source: str | Path) -> RuleSet:
    """Reads a rules file, one of Klamm's own by its name or any by its path; raises RuleError."""
    path = Path(source)
    ours = files("rewrite_rules").joinpath(f"{source}.yaml")
    try:
        text = path.read_text("utf-8") if path.suffix else ours.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError([f"{source}: cannot be read: {error}"]) from None
    return parse_rules(text)


def parse_rules(text: str) -> RuleSet:
    """Reads the text of a rules file; raises RuleError with every problem found."""
    try:
        # _Loader is a SafeLoader.
        document = yaml.load(text, _Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise RuleError([f"not YAML: {' '.join(str(error).split())}"]) from None
    keeps_tags, addresses_only = _profile(document)
    problems: list[str] = []
    apis: dict[str, ApiRules] = {}
    for name, body in document.items():
        if name == "profile":
            continue
        try:
            apis[name] = _addresses_only(_api(name, body)) if addresses_only else _api(name, body)
        except KeyError as error:
            problems.append(f"{name}: {error.args[0]} is missing")
        except (TypeError, ValueError, AttributeError) as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise RuleError(problems)
    if addresses_only:
        for api in BY_KEY.values():
            apis.setdefault(api.name, _addresses_only(ApiRules(api.name, api.versions)))
    return RuleSet(keeps_tags, apis, addresses_only)


def _profile(document: Any) -> tuple[bool, bool]:
    profile = document.get("profile") if isinstance(document, dict) else None
    if isinstance(profile, dict):
        tags, covers = profile.get("unknown_tags"), profile.get("covers", "everything")
        known = profile.keys() <= {"unknown_tags", "covers"}
        if known and tags in ("drop", "keep") and covers in ("everything", "addresses"):
            return tags == "keep", covers == "addresses"
    raise RuleError(
        ["the file starts with `profile: {unknown_tags: drop}` (or keep); `covers: addresses` leaves all else alone"]
    )


def _addresses_only(rules: ApiRules) -> ApiRules:
    """Lets an API through that nothing is refused of; without rules of its own it is not touched at all."""
    if rules.local or rules.before_login or rules.lists or rules.refuse or rules.raised or rules.send_as:
        raise ValueError("a file that covers addresses says versions, request and response fields, and no more")
    passed = RefuseRule(ALWAYS, "whole", 0, (), {}, {}, (), _UNSUPPORTED_VERSION, {})
    return replace(rules, refuse=(passed,), addresses_only=True)


def _api(name: str, body: dict[str, Any]) -> ApiRules:
    if not isinstance(body, dict):
        raise ValueError("says nothing; not even which versions")
    _only(body, {"versions", "local", "before_login", "request", "response", "refuse", "raise", "send_as"})
    verbs: dict[str, dict[str, tuple[str, ...]]] = {"request": {}, "response": {}}
    lists: dict[str, ListRule] = {}
    for direction, fields in verbs.items():
        for path, rule in (body.get(direction) or {}).items():
            if isinstance(rule, dict):
                _only(rule, {"when_null", "when_emptied"})
                lists[f"{direction} {path}"] = ListRule(rule.get("when_null"), rule.get("when_emptied"))
            else:
                fields[path] = tuple(str(verb) for verb in _listed(rule))
    return ApiRules(
        name,
        *_versions(body["versions"]),
        body.get("local"),
        bool(body.get("before_login")),
        verbs,
        lists,
        tuple(_refuse(rule) for rule in _listed(body.get("refuse"))),
        _raise(body["raise"]) if "raise" in body else None,
        body.get("send_as"),
    )


def _versions(body: Any) -> tuple[Versions, bool]:
    if not isinstance(body, dict):
        return Versions.parse(str(body)), True
    if body.keys() != {"allowed", "trailing_bytes"} or body["trailing_bytes"] != "drop":
        raise ValueError("versions is a range, or {allowed: range, trailing_bytes: drop}")
    return Versions.parse(str(body["allowed"])), False


def _refuse(body: dict[str, Any]) -> RefuseRule:
    _only(body, {"versions", "mode", "of", "copy", "fill", "codes", "deny", "recode"})
    mode, _, number = str(body["mode"]).rstrip(")").partition("(")
    others = int(number or 0)
    if mode not in ("whole", "each", "all_or_nothing"):
        raise ValueError(f"mode {mode!r} is not whole, each or all_or_nothing(code)")
    if bool(others) != (mode == "all_or_nothing"):
        raise ValueError("refuse mode all_or_nothing, and no other, says the code of the good entries in brackets")
    if mode != "whole":
        for key in ("of", "copy", "fill", "deny", "recode"):
            if key not in body:
                raise ValueError(f"refuse mode {mode} says {key}, if only to say none")
        if not body["of"] or not all(str(path).endswith("[]") for path in _listed(body["of"])):
            raise ValueError(f"refuse mode {mode} is of the entries of a list: of: topics[]")
    return RefuseRule(
        Versions.parse(str(body.get("versions", "0+"))),
        mode,
        others,
        tuple(_listed(body.get("of"))),
        body.get("copy") or {},
        body.get("fill") or {},
        tuple(_listed(body["codes"])),
        _code("deny", body.get("deny", 35)),
        {_code("recode", old): _code("recode", new) for old, new in (body.get("recode") or {}).items()},
    )


def _code(key: str, value: Any) -> int:
    # YAML takes `no` for a number 0, which would be a refusal that reports success.
    if isinstance(value, bool) or not isinstance(value, int) or value == 0:
        raise ValueError(f"{key}: {value!r} is no error code")
    return value


def _raise(body: dict[str, Any]) -> RaiseRule:
    _only(body, {"versions", "to", "unless", "empty_as_null"})
    return RaiseRule(Versions.parse(str(body["versions"])), int(body["to"]), body["unless"], body["empty_as_null"])


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _only(body: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(str(key) for key in body if key not in known)
    if unknown:
        raise ValueError(f"unknown key {', '.join(unknown)}; known are {', '.join(sorted(known))}")
