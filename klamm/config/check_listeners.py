"""Checks across the listener sets: ports that meet, hosts that cannot be reached, ways in without a login."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from attrs import frozen

from klamm.config.finding import Finding, each, repeats, settled
from klamm.config.model import Config, ListenerSet, PortRange, SecurityProtocol
from klamm.config.problems import Path, dotted
from klamm.config.tree import HOLE, Touched

__all__ = ["advise_listeners", "check_listeners"]

_LISTENERS: Path = ("proxy", "listener_sets")
_MAX_NODE_ID = 2**31 - 1
_EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - compared with, never bound here
_EVERY_IPV6 = "::"


@frozen
class _Claim:
    """Ports that one key takes on one host."""

    path: Path
    host: str
    low: int
    high: int


def check_listeners(config: Config) -> Iterator[Finding]:
    """Yields every problem of the listener sets, alone and among each other."""
    yield from settled(_whole_list(config))
    for path, listener in _listeners(config):
        yield from settled(_mechanisms(path, listener))
        yield from settled(_anonymous(path, listener))
        yield from settled(_anonymous_tenant_exists(path, listener, config))
        yield from settled(_loopback(path, listener))
        if listener.port_range is not HOLE:
            yield from settled(_advertised_host(path, listener.port_range))
            yield from settled(_broker_ids(path, listener.port_range))
    yield from _overlaps([claim for path, listener in _listeners(config) for claim in _claims(path, listener)])


def advise_listeners(config: Config) -> Iterator[Finding]:
    """Yields a warning for every listener set that lets anyone on the network act as a tenant."""
    for path, listener in _listeners(config):
        if listener.anonymous_tenant is not None and not _is_loopback(listener.port_range.bind_host):
            tenant = listener.anonymous_tenant
            yield (*path, "force_anonymous"), f"whoever reaches {listener.port_range.bind_host} is tenant {tenant}"


def _listeners(config: Config) -> Iterator[tuple[Path, ListenerSet]]:
    if config.proxy is not HOLE and config.proxy.listener_sets is not HOLE:
        yield from each(_LISTENERS, config.proxy.listener_sets)


def _whole_list(config: Config) -> Iterator[Finding]:
    if not config.proxy.listener_sets:
        yield _LISTENERS, "no listener set; clients need one at least"
    yield from repeats(((*path, "name"), listener.name) for path, listener in _listeners(config))


def _mechanisms(path: Path, listener: ListenerSet) -> Iterator[Finding]:
    path = (*path, "sasl_mechanisms")
    if not listener.sasl_mechanisms:
        yield path, "no mechanism; write [PLAIN] or leave the key out"
    yield from repeats((place, mechanism) for place, mechanism in each(path, listener.sasl_mechanisms))


def _anonymous(path: Path, listener: ListenerSet) -> Iterator[Finding]:
    anonymous = listener.anonymous_tenant is not None
    if listener.force_anonymous is True and not anonymous:
        yield (*path, "force_anonymous"), "means nothing without anonymous_tenant; remove it"
    plaintext = listener.security_protocol == SecurityProtocol.PLAINTEXT
    if anonymous and not plaintext:
        yield (*path, "anonymous_tenant"), "only with security_protocol: PLAINTEXT; with SASL the login is the tenant"
    if plaintext and not anonymous:
        yield (*path, "security_protocol"), "PLAINTEXT needs anonymous_tenant: without a login one tenant must be named"


def _anonymous_tenant_exists(path: Path, listener: ListenerSet, config: Config) -> Iterator[Finding]:
    wanted = listener.anonymous_tenant
    if wanted is None:
        return
    names = [tenant.name for tenant in config.tenants]
    if wanted not in names:
        known = ", ".join(names[:10]) or "there is none"
        yield (*path, "anonymous_tenant"), f"no tenant is called {wanted}; the tenants: {known}"


def _loopback(path: Path, listener: ListenerSet) -> Iterator[Finding]:
    if listener.anonymous_tenant is None or listener.force_anonymous:
        return
    if not _is_loopback(listener.port_range.bind_host):
        text = (
            "anyone who reaches this host would be the anonymous_tenant; bind 127.0.0.1, or set force_anonymous: true"
        )
        yield (*path, "port_range", "bind_host"), text


def _advertised_host(path: Path, ports: PortRange) -> Iterator[Finding]:
    if _ip(ports.advertised_host) in (_ip(_EVERY_IPV4), _ip(_EVERY_IPV6)):
        yield (*path, "port_range", "advertised_host"), "no client can connect to this; give the name clients use"


def _broker_ids(path: Path, ports: PortRange) -> Iterator[Finding]:
    brokers = ports.broker_port_range
    if brokers.start > brokers.end:
        yield (*path, "port_range", "broker_port_range"), f"start {brokers.start} is after end {brokers.end}; swap them"
    elif ports.broker_id_base + brokers.end - brokers.start > _MAX_NODE_ID:
        yield (*path, "port_range", "broker_id_base"), f"the last broker id would pass {_MAX_NODE_ID}; lower it"


def _claims(path: Path, listener: ListenerSet) -> Iterator[_Claim]:
    """Yields the ports of a listener set, as far as they are known."""
    try:
        ports = listener.port_range
        path = (*path, "port_range")
        host = ports.bind_host
        if host is HOLE:
            return
        if ports.bootstrap_port is not HOLE:
            yield _Claim((*path, "bootstrap_port"), host, ports.bootstrap_port, ports.bootstrap_port)
        brokers = ports.broker_port_range
        if brokers.start <= brokers.end:
            yield _Claim((*path, "broker_port_range"), host, brokers.start, brokers.end)
    except Touched:
        return


def _overlaps(claims: list[_Claim]) -> Iterator[Finding]:
    """Yields a finding for each claim on ports that an earlier claim has on the same host."""
    for index, later in enumerate(claims):
        for earlier in claims[:index]:
            low, high = max(earlier.low, later.low), min(earlier.high, later.high)
            if low <= high and _same_host(earlier.host, later.host):
                ports = f"port {low}" if low == high else f"ports {low} to {high}"
                yield later.path, f"{ports} on this host taken by {dotted(earlier.path)}; choose others"
                break


def _same_host(one: str, other: str) -> bool:
    """Tells whether listening on one host takes ports of the other; an unresolved name could be any address."""
    hosts = {one.lower(), other.lower()}
    if len(hosts) == 1:
        return True
    for every, version in ((_EVERY_IPV4, 4), (_EVERY_IPV6, 6)):
        if any(_ip(host) == _ip(every) for host in hosts):
            return all((address := _ip(host)) is None or address.version == version for host in hosts)
    return hosts in ({"localhost", "127.0.0.1"}, {"localhost", "::1"})


def _is_loopback(host: str) -> bool:
    address = _ip(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
