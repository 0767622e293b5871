"""The verbs of the rules file, one small class each; both executors use the same objects."""

from klamm.rewriting.actions import cluster, ids, names, payload, sessions, values
from klamm.rewriting.actions.base import VERBS, Action, make_action

__all__ = ["VERBS", "Action", "cluster", "ids", "make_action", "names", "payload", "sessions", "values"]
