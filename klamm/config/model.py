"""The configuration as the rest of Klamm sees it: immutable, checked, secrets resolved.

Names and shape are those of the YAML file. Durations are seconds, sizes are bytes.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from attrs import field, frozen

from klamm.config import readers
from klamm.config.problems import Problem
from klamm.config.readers import Address, Reader
from klamm.config.secrets import Secret
from klamm.config.units import format_duration, format_size

__all__ = [
    "Auth", "BrokerPortRange", "Config", "Credential", "Limits", "ListenerSet", "Mechanism", "Permissions", "PortRange",
    "Proxy", "SecurityProtocol", "Tenant", "Upstream", "UpstreamSasl",
]  # fmt: skip

_Name = Annotated[str, Reader(readers.name)]
_Username = Annotated[str, Reader(readers.username)]
_Host = Annotated[str, Reader(readers.host)]
_Port = Annotated[int, Reader(readers.port)]
_NodeId = Annotated[int, Reader(readers.node_id)]
_Count = Annotated[int, Reader(readers.count)]
_Duration = Annotated[float, Reader(readers.duration, format_duration)]
_Size = Annotated[int, Reader(readers.size, format_size)]
_LargeSize = Annotated[int, Reader(readers.large_size, format_size)]
_Prefix = Annotated[str, Reader(readers.topic_prefix)]
_Topic = Annotated[str, Reader(readers.topic_name)]
_Identifier = Annotated[str, Reader(readers.identifier)]
_Bootstrap = Annotated[Address, Reader(readers.address, str)]

_KIB = 1 << 10
_MIB = 1 << 20


class SecurityProtocol(StrEnum):
    """Kafka's name for what is around the frames of a connection."""

    PLAINTEXT = "PLAINTEXT"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"


class Mechanism(StrEnum):
    """A SASL mechanism."""

    PLAIN = "PLAIN"


@frozen(kw_only=True)
class BrokerPortRange:
    """The ports that stand for brokers, both ends included."""

    start: _Port
    end: _Port


@frozen(kw_only=True)
class PortRange:
    """One port for bootstrapping and one per broker: broker id `broker_id_base + n` is at port `start + n`."""

    bind_host: _Host
    advertised_host: _Host
    bootstrap_port: _Port
    broker_port_range: BrokerPortRange
    broker_id_base: _NodeId


@frozen(kw_only=True)
class ListenerSet:
    """A way in: where clients connect and how they prove who they are.

    `anonymous_tenant` (PLAINTEXT only) is the tenant of everyone who connects; on loopback only, unless forced.
    """

    name: _Name
    security_protocol: SecurityProtocol = SecurityProtocol.SASL_PLAINTEXT
    sasl_mechanisms: tuple[Mechanism, ...] = (Mechanism.PLAIN,)
    anonymous_tenant: _Name | None = None
    force_anonymous: bool = False
    port_range: PortRange


@frozen(kw_only=True)
class Limits:
    """What one client, or all together, may take."""

    frame: _Size = 100 * _MIB
    upstream_frame: _Size = 128 * _MIB
    login_frame: _Size = 512 * _KIB
    sasl_token: _Size = 64 * _KIB
    max_connections: _Count = 10_000
    in_flight: _Count = 64
    buffered_total: _LargeSize = 512 * _MIB
    write_high_water: _Size = 256 * _KIB
    connect_timeout: _Duration = 10.0
    login_timeout: _Duration = 10.0
    idle_timeout: _Duration = 600.0
    auth_failure_delay: _Duration = 0.2
    shutdown_timeout: _Duration = 25.0


@frozen(kw_only=True)
class Proxy:
    """The side that clients see; `profile` is a built-in's name or the absolute path of a rules file."""

    profile: str = "tenant_isolation"
    listener_sets: tuple[ListenerSet, ...]
    limits: Limits = field(factory=Limits)


@frozen(kw_only=True)
class UpstreamSasl:
    """Klamm's own credentials at the cluster."""

    mechanism: Mechanism = Mechanism.PLAIN
    username: _Username
    password: Secret


@frozen(kw_only=True)
class Upstream:
    """The cluster behind Klamm."""

    bootstrap: tuple[_Bootstrap, ...]
    security_protocol: SecurityProtocol = SecurityProtocol.PLAINTEXT
    sasl: UpstreamSasl | None = None


@frozen(kw_only=True)
class Permissions:
    """What a tenant may do beyond using its topics and groups."""

    delete_topics: bool = False
    auto_create_topics: bool = True


@frozen(kw_only=True)
class Credential:
    """One login of a tenant."""

    username: _Username
    password: Secret


@frozen(kw_only=True)
class Auth:
    """Everyone who may log in as a tenant."""

    credentials: tuple[Credential, ...] = ()


@frozen(kw_only=True)
class Tenant:
    """One tenant and its namespace; an absent allow-list (None) allows every name, an empty one none."""

    name: _Name
    prefix: _Prefix = field()
    allowed_topics: tuple[_Topic, ...] | None = None
    allowed_groups: tuple[_Identifier, ...] | None = None
    allowed_transactional_ids: tuple[_Identifier, ...] | None = None
    permissions: Permissions = field(factory=Permissions)
    auth: Auth = field(factory=Auth)

    @prefix.default
    def _default_prefix(self) -> str:
        # Added up rather than formatted: a name that has a problem makes a prefix that has one.
        return "__vt_" + self.name + "_"


@frozen(kw_only=True)
class Config:
    """A whole configuration file; `warnings` is what the operator should know although it is allowed."""

    proxy: Proxy
    upstream: Upstream
    tenants: tuple[Tenant, ...]
    file: Path = field(default=Path("klamm.yaml"), eq=False)
    warnings: tuple[Problem, ...] = field(default=(), eq=False)
