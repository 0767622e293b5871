"""The verbs of the rules file, one small class each; both executors use the same objects."""

from klamm.rewriting.actions import cluster, configs, ids, names, patterns, payload, sessions, values
from klamm.rewriting.actions.base import VERBS, Action, make_action

__all__ = [
    "VERBS",
    "Action",
    "cluster",
    "configs",
    "ids",
    "make_action",
    "names",
    "patterns",
    "payload",
    "sessions",
    "values",
]
