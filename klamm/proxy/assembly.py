"""From a configuration to the parts of a running proxy, before any socket is opened."""

from __future__ import annotations

import resource
from collections.abc import Iterator

from klamm.auth.client import PlainClient
from klamm.auth.credentials import CredentialStore
from klamm.config import model
from klamm.observe.counters import Counters
from klamm.observe.logs import Log
from klamm.proxy.budget import Budget
from klamm.proxy.lanes import Lanes
from klamm.proxy.offers import Offers
from klamm.proxy.routing import PortRangeRouting
from klamm.proxy.service import Door, Service
from klamm.proxy.terms import Terms
from klamm.proxy.topology import Topology
from klamm.proxy.upstream_login import UpstreamLogin
from klamm.rewriting import Rewriter, load_rules
from klamm.tenancy.namespace import Namespace, NamespaceError, collisions
from klamm.tenancy.tenant import Permissions, Tenant

__all__ = ["make_doors", "make_service", "most_connections", "tenant_of"]

_SPARE_FILES = 64
_FILES_PER_CONNECTION = 2
_LINES_PER_SECOND = 50


def make_service(config: model.Config, counters: Counters, log: Log) -> Service:
    """Makes what all connections share; raises RuleError, NamespaceError or AuthError for what cannot be used."""
    limits = config.proxy.limits
    sasl = config.upstream.sasl
    client = None if sasl is None else PlainClient(sasl.username, sasl.password.reveal())
    tenants = {tenant.name: tenant_of(tenant) for tenant in config.tenants}
    if problems := collisions({name: tenant.namespace for name, tenant in tenants.items()}):
        raise NamespaceError(problems)
    rewriter = Rewriter(load_rules(config.proxy.profile))
    topology = Topology(
        config.upstream, limits, lambda: None if client is None else UpstreamLogin(client), counters, log
    )
    return Service(
        limits=limits,
        counters=counters,
        log=log,
        events=log.limited(_LINES_PER_SECOND),
        refusals=log.limited(1),
        budget=Budget(limits.buffered_total),
        topology=topology,
        rewriter=rewriter,
        lanes=Lanes(rewriter, counters),
        offers=Offers(rewriter.advertised, _answered_here(rewriter)),
        store=_store(config),
        tenants=tenants,
        upstream_client=client,
        max_connections=most_connections(limits.max_connections),
    )


def make_doors(config: model.Config, service: Service) -> Iterator[tuple[str, int, Door]]:
    """Yields host, port and what is behind it for every port of every listener set."""
    for listener in config.proxy.listener_sets:
        ports = listener.port_range
        routing = PortRangeRouting(listener, service.log)
        yield ports.bind_host, ports.bootstrap_port, _door(listener, service, routing, None)
        for node_id, port in routing.nodes():
            yield ports.bind_host, port, _door(listener, service, routing, node_id)


def most_connections(wanted: int) -> int:
    """Gives how many connections may be open: no more than files are left for, two to each."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, (files - _SPARE_FILES) // _FILES_PER_CONNECTION))


def tenant_of(tenant: model.Tenant) -> Tenant:
    """Makes a tenant of its part of the configuration; raises NamespaceError."""
    names = (tenant.allowed_topics, tenant.allowed_groups, tenant.allowed_transactional_ids)
    topics, groups, transactional_ids = (None if listed is None else frozenset(listed) for listed in names)
    return Tenant(
        tenant.name,
        Namespace(tenant.prefix, topics, groups, transactional_ids),
        Permissions(
            delete_topics=tenant.permissions.delete_topics,
            auto_create_topics=tenant.permissions.auto_create_topics,
        ),
    )


def _door(listener: model.ListenerSet, service: Service, routing: PortRangeRouting, node_id: int | None) -> Door:
    limits = service.limits
    terms = Terms(
        rewriter=service.rewriter,
        lanes=service.lanes,
        offers=service.offers,
        cluster=lambda: service.topology.snapshot,
        counters=service.counters,
        node_id=node_id,
        in_flight=limits.in_flight,
        frame=limits.frame,
        upstream_frame=limits.upstream_frame,
        login_frame=limits.login_frame,
        sasl_token=limits.sasl_token,
    )
    mechanisms = tuple(str(mechanism) for mechanism in listener.sasl_mechanisms)
    return Door(service, listener.name, node_id, mechanisms, listener.anonymous_tenant, routing, terms)


def _store(config: model.Config) -> CredentialStore:
    return CredentialStore(
        (credential.username, credential.password.reveal(), tenant.name)
        for tenant in config.tenants
        for credential in tenant.auth.credentials
    )


def _answered_here(rewriter: Rewriter) -> frozenset[int]:
    newest = {key: rewriter.lookup(key, highest) for key, (_, highest) in rewriter.advertised.items()}
    return frozenset(key for key, route in newest.items() if route is not None and route.local is not None)
