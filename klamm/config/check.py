"""The checks that look at more than one value, run over everything that is left when single values have problems.

A check is a generator of (path, text). One that touches a hole ends there: what it needed has its own problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import attrs

from klamm.config.check_listeners import advise_listeners, check_listeners
from klamm.config.check_tenants import advise_tenants, check_tenants
from klamm.config.finding import Finding, each, repeats, settled
from klamm.config.model import Config, Limits, SecurityProtocol
from klamm.config.tree import HOLE
from klamm.config.units import format_size

__all__ = ["ExtraCheck", "advise", "check"]

ExtraCheck = Callable[[Config], Iterable[Finding]]
"""A check from outside the package: it sees whole tenants only, and names places in the configuration it was given."""

# Of each pair the first may not be larger than the second, or nothing of the first's size could ever pass.
_ORDER = (
    ("sasl_token", "login_frame"),
    ("login_frame", "frame"),
    ("frame", "buffered_total"),
    ("upstream_frame", "buffered_total"),
    ("write_high_water", "buffered_total"),
)
_AT_LEAST_SOME_TIME = ("connect_timeout", "login_timeout", "idle_timeout")


def check(config: Config, extra_checks: Sequence[ExtraCheck] = ()) -> Iterator[Finding]:
    """Yields every problem across values."""
    yield from check_listeners(config)
    yield from settled(_limits(config))
    yield from settled(_bootstrap(config))
    yield from settled(_upstream_login(config))
    yield from check_tenants(config)
    for extra in extra_checks:
        yield from _extra(config, extra)


def advise(config: Config) -> Iterator[Finding]:
    """Yields what is allowed but should be known; only for a configuration without problems."""
    yield from advise_listeners(config)
    yield from advise_tenants(config)


def _limits(config: Config) -> Iterator[Finding]:
    limits = config.proxy.limits
    path = ("proxy", "limits")
    for small, large in _ORDER:
        yield from settled(_order(limits, small, large))
    for name in _AT_LEAST_SOME_TIME:
        if getattr(limits, name) is not HOLE and getattr(limits, name) == 0:
            yield (*path, name), "zero; give it some time, such as 10s"


def _order(limits: Limits, small: str, large: str) -> Iterator[Finding]:
    low, high = getattr(limits, small), getattr(limits, large)
    if low > high:
        text = f"{format_size(low)} is more than {large}, which is {format_size(high)}; lower this or raise that"
        yield ("proxy", "limits", small), text


def _bootstrap(config: Config) -> Iterator[Finding]:
    path = ("upstream", "bootstrap")
    if not config.upstream.bootstrap:
        yield path, 'no address; give one broker at least, as in ["kafka-1:9092"]'
    yield from repeats((place, str(address)) for place, address in each(path, config.upstream.bootstrap))


def _upstream_login(config: Config) -> Iterator[Finding]:
    upstream = config.upstream
    if upstream.security_protocol == SecurityProtocol.SASL_PLAINTEXT:
        if upstream.sasl is None:
            yield ("upstream", "security_protocol"), "SASL_PLAINTEXT needs sasl: {username, password_file}"
    elif upstream.sasl is not None:
        yield ("upstream", "sasl"), "not used with security_protocol PLAINTEXT; set SASL_PLAINTEXT or remove this"


def _extra(config: Config, extra: ExtraCheck) -> Iterator[Finding]:
    """Runs a check from outside, which knows no holes, and translates its tenants' positions back."""
    if _is_whole(config):
        yield from extra(config)
        return
    try:
        kept = [index for index, tenant in enumerate(config.tenants) if _is_whole(tenant)]
        whole = attrs.evolve(config, tenants=tuple(config.tenants[index] for index in kept))
        for path, text in extra(whole):
            if len(path) > 1 and path[0] == "tenants" and isinstance(path[1], int):
                path = ("tenants", kept[path[1]], *path[2:])
            yield path, text
    except Exception:
        # Whatever a hole made of it: the hole has its own problem, and this check has its turn once that is solved.
        return


def _is_whole(value: Any) -> bool:
    if value is HOLE:
        return False
    if attrs.has(type(value)):
        return all(_is_whole(getattr(value, field.name)) for field in attrs.fields(type(value)))
    return all(map(_is_whole, value)) if isinstance(value, tuple) else True
