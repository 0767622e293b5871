"""Tables and rules put together: what a frame becomes on its way between a tenant and the cluster."""

from klamm.rewriting.errors import Leak, Refused, RuleError
from klamm.rewriting.rewriter import Answer, Forward, NoReply, Pending, Rewriter, load_rules
from klamm.rewriting.route import Route
from klamm.rewriting.scope import GroupMemory, Session
from klamm.rewriting.view import View

__all__ = [
    "Answer",
    "Forward",
    "GroupMemory",
    "Leak",
    "NoReply",
    "Pending",
    "Refused",
    "Rewriter",
    "Route",
    "RuleError",
    "Session",
    "View",
    "load_rules",
]
