"""What the configuration will offer and this version does not: refused by name, never accepted silently.

Each entry goes away with the change that builds it.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen

from klamm.config.problems import Path, Report
from klamm.config.tree import ANY, HOLE, Scalar, find, replace

__all__ = ["KEYS", "TEXT", "VALUES", "refuse_not_built"]

TEXT = "not supported in this version"

_LISTENER = ("proxy", "listener_sets", ANY)
_TENANT = ("tenants", ANY)
_SASL = ("upstream", "sasl")


@frozen
class _Key:
    """A key that is refused; `replaces` names the required sibling that nobody misses beside it."""

    pattern: tuple[str | None, ...]
    replaces: str | None = None


@frozen
class _Value:
    """Values of a key that are refused; `hole` is what cannot be judged without them."""

    pattern: tuple[str | None, ...]
    values: frozenset[str]
    instead: str
    hole: tuple[str | None, ...]


KEYS = (
    _Key((*_LISTENER, "tls")),
    _Key((*_LISTENER, "sni"), replaces="port_range"),
    _Key((*_LISTENER, "port_offset"), replaces="port_range"),
    _Key(("upstream", "tls")),
    _Key(("upstream", "resolve")),
    _Key((*_TENANT, "limits")),
    _Key((*_TENANT, "upstream_credentials")),
    _Key((*_TENANT, "permissions", "acls")),
)

_TLS = frozenset({"SSL", "SASL_SSL"})
_MECHANISMS = frozenset({"SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"})
_PROFILE = ("proxy", "profile")
_LISTENER_PROTOCOL = (*_LISTENER, "security_protocol")
_UPSTREAM_PROTOCOL = ("upstream", "security_protocol")
_LISTENER_MECHANISM = (*_LISTENER, "sasl_mechanisms", ANY)
_UPSTREAM_MECHANISM = (*_SASL, "mechanism")
_WITHOUT_TLS = "PLAINTEXT and SASL_PLAINTEXT are"

VALUES = (
    _Value(_PROFILE, frozenset({"address_only"}), "tenant_isolation is", _PROFILE),
    _Value(_LISTENER_PROTOCOL, _TLS, _WITHOUT_TLS, _LISTENER_PROTOCOL),
    _Value(_UPSTREAM_PROTOCOL, _TLS, _WITHOUT_TLS, _UPSTREAM_PROTOCOL),
    _Value(_LISTENER_MECHANISM, _MECHANISMS, "PLAIN is", _LISTENER_MECHANISM),
    # Another mechanism has other keys beside it: the whole block cannot be judged.
    _Value(_UPSTREAM_MECHANISM, _MECHANISMS | {"AWS_MSK_IAM"}, "PLAIN is", _SASL),
)


def refuse_not_built(tree: Any, report: Report) -> None:
    """Reports every such key and value at its own place; keys are taken out, values become holes."""
    for key in KEYS:
        for path in list(find(tree, key.pattern)):
            _refuse_key(tree, path, key.replaces, report)
    for value in VALUES:
        for path in list(find(tree, value.pattern)):
            _refuse_value(tree, path, value, report)


def _refuse_key(tree: Any, path: Path, replaces: str | None, report: Report) -> None:
    *parents, name = path
    report.problem(path, TEXT + (f"; {replaces} is" if replaces else ""), at_key=True)
    for step in parents:
        tree = tree[step]
    del tree[name]
    if replaces is not None:
        tree.setdefault(replaces, HOLE)


def _refuse_value(tree: Any, path: Path, value: _Value, report: Report) -> None:
    found: Any = tree
    for step in path:
        found = found[step]
    if isinstance(found, Scalar) and found.text in value.values:
        report.problem(path, f"{found.text} is {TEXT}; {value.instead}")
        replace(tree, path[: len(value.hole)], HOLE)
