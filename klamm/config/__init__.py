"""The configuration file: loaded strictly, checked as a whole, every problem with its line and column."""

from klamm.config.check import ExtraCheck
from klamm.config.load import load
from klamm.config.model import (
    Auth,
    BrokerPortRange,
    Config,
    Credential,
    Limits,
    ListenerSet,
    Mechanism,
    Permissions,
    PortRange,
    Proxy,
    SecurityProtocol,
    Tenant,
    Upstream,
    UpstreamSasl,
)
from klamm.config.problems import ConfigError, Path, Problem
from klamm.config.readers import Address
from klamm.config.render import render
from klamm.config.secrets import Secret

__all__ = [
    "Address",
    "Auth",
    "BrokerPortRange",
    "Config",
    "ConfigError",
    "Credential",
    "ExtraCheck",
    "Limits",
    "ListenerSet",
    "Mechanism",
    "Path",
    "Permissions",
    "PortRange",
    "Problem",
    "Proxy",
    "Secret",
    "SecurityProtocol",
    "Tenant",
    "Upstream",
    "UpstreamSasl",
    "load",
    "render",
]
