"""What connections share: the process's means (`Service`), and what belongs to one listening port (`Door`)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from klamm.auth.client import PlainClient
from klamm.auth.credentials import CredentialStore
from klamm.auth.server import SaslServer
from klamm.config.model import Limits
from klamm.observe.counters import Counters
from klamm.observe.logs import LimitedLog, Log
from klamm.observe.tap import Tap
from klamm.proxy.budget import Budget
from klamm.proxy.conversation import Conversation
from klamm.proxy.lanes import Lanes
from klamm.proxy.login import Login
from klamm.proxy.offers import Offers
from klamm.proxy.routing import PortRangeRouting
from klamm.proxy.tapped import TappedConversation
from klamm.proxy.terms import Terms
from klamm.proxy.topology import Topology
from klamm.proxy.upstream_login import UpstreamLogin
from klamm.rewriting import GroupMemory, Rewriter, Session, TopicIds
from klamm.tenancy.errands import LookUps
from klamm.tenancy.scrubbing import Scrubber
from klamm.tenancy.tenant import Tenant
from klamm.tenancy.view import TenantView

__all__ = ["Door", "Member", "Service"]


class Member(Protocol):
    """A client connection, from accept to the end of its socket, as those see it who keep all of them."""

    node_id: int | None
    """The broker it talks to, or will; None while that is open."""

    def drain(self, cause: str, reason: str) -> None:
        """Ends it when the requests under way are answered."""

    def close(self, cause: str, reason: str) -> None:
        """Ends it now, but lets what was written leave."""

    def abort(self) -> None:
        """Ends it at once."""

    def tick(self) -> None:
        """Tells it that a part of the idle time has passed."""


@dataclass(eq=False, slots=True)
class Service:
    """The means of the whole process."""

    limits: Limits
    counters: Counters
    log: Log
    events: LimitedLog
    """For what clients cause at will."""
    refusals: LimitedLog
    """For what a flood of clients causes: a line a second says it all."""
    budget: Budget
    topology: Topology
    rewriter: Rewriter
    lanes: Lanes
    offers: Offers
    store: CredentialStore
    tenants: Mapping[str, Tenant]
    upstream_client: PlainClient | None
    max_connections: int
    tap: Tap | None = None
    members: set[Member] = field(default_factory=set)
    """All connections whose sockets are not closed yet."""
    serial: int = 0
    """The number of the latest connection."""
    empty: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the last connection has closed; not before the first."""
    stopping: bool = False
    """Whether nobody is let in any more."""
    _memories: dict[str, GroupMemory] = field(default_factory=dict)
    _topic_ids: dict[tuple[str, str | None], TopicIds] = field(default_factory=dict)
    _allowances: dict[str, LookUps] = field(default_factory=dict)

    def join(self, member: Member) -> int:
        """Takes a connection in and gives its number."""
        self.members.add(member)
        self.empty.clear()
        self.serial += 1
        return self.serial

    def leave(self, member: Member) -> None:
        """Forgets a connection whose socket is closed."""
        self.members.discard(member)
        if not self.members:
            self.empty.set()

    def upstream_login(self) -> UpstreamLogin | None:
        """Begins a login at a broker; None where brokers want none."""
        return None if self.upstream_client is None else UpstreamLogin(self.upstream_client)

    def scrubber(self, tenant: str, cluster_id: str | None) -> Scrubber:
        """Makes what keeps error texts for a tenant from naming other tenants, brokers or the cluster."""
        prefixes = {name: other.namespace.prefix for name, other in self.tenants.items()}
        own = prefixes.pop(tenant)
        return Scrubber(own, prefixes, lambda: self.topology.hosts, cluster_id)

    def memory(self, tenant: str) -> GroupMemory:
        """Gives what all connections of a tenant remember together."""
        return self._memories.setdefault(tenant, GroupMemory())

    def topic_ids(self, tenant: str, cluster_id: str | None) -> TopicIds:
        """Gives what all connections of a tenant know together about topic ids, which are one cluster's."""
        if len(self._topic_ids) > 2 * len(self.tenants):
            self._topic_ids.clear()
        return self._topic_ids.setdefault((tenant, cluster_id), TopicIds())

    def allowance(self, tenant: str) -> LookUps:
        """Gives what all connections of a tenant may have looked up together."""
        return self._allowances.setdefault(tenant, LookUps())


@dataclass(eq=False, slots=True)
class Door:
    """One listening port of one listener set; `node_id` None is the bootstrap port."""

    service: Service
    listener: str
    node_id: int | None
    mechanisms: tuple[str, ...]
    anonymous_tenant: str | None
    routing: PortRangeRouting
    terms: Terms
    _sessions: dict[tuple[str, str | None], Session] = field(default_factory=dict)

    def conversation(self) -> Conversation:
        """Begins a conversation with whoever has connected."""
        service, login = self.service, None
        if self.anonymous_tenant is None:
            server = SaslServer(service.store, self.mechanisms, token_limit=service.limits.sasl_token)
            login = Login(server, service.counters)
        tenant = self.anonymous_tenant or ""
        if service.tap is not None:
            return TappedConversation(self.terms, login, tenant, service.tap)
        return Conversation(self.terms, login, tenant)

    def session(self, tenant: str) -> Session:
        """Gives what the rewriter needs for one more connection of this tenant; most of it they share."""
        snapshot = self.service.topology.snapshot
        cluster_id = None if snapshot is None else snapshot.cluster_id
        session = self._sessions.get((tenant, cluster_id))
        if session is None:
            if len(self._sessions) > 2 * len(self.service.tenants):
                # Only a cluster that changes its id fills it with sessions that nobody needs any more.
                self._sessions.clear()
            scrubber = self.service.scrubber(tenant, cluster_id)
            view = TenantView(self.service.tenants[tenant], self.routing.endpoint, cluster_id, scrubber)
            session = self._sessions[tenant, cluster_id] = Session(
                view, self.service.memory(tenant), topic_ids=self.service.topic_ids(tenant, cluster_id)
            )
        return session.for_connection()
