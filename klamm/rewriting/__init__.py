"""Tables and rules put together: what a frame becomes on its way between a tenant and the cluster."""

from klamm.rewriting.errors import Leak, Refused, RuleError
from klamm.rewriting.rewriter import Answer, Forward, LookUp, NoReply, Pending, Rewriter, load_rules
from klamm.rewriting.route import Route
from klamm.rewriting.scope import GroupMemory, Session
from klamm.rewriting.topic_ids import ConnectionMemory, TopicIds
from klamm.rewriting.view import View

__all__ = [
    "Answer",
    "ConnectionMemory",
    "Forward",
    "GroupMemory",
    "Leak",
    "LookUp",
    "NoReply",
    "Pending",
    "Refused",
    "Rewriter",
    "Route",
    "RuleError",
    "Session",
    "TopicIds",
    "View",
    "load_rules",
]
