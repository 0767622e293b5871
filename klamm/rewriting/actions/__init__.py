"""The verbs of the rules file, one small class each; both executors use the same objects."""

from klamm.rewriting.actions import cluster, configs, names, patterns, payload, values
from klamm.rewriting.actions.base import VERBS, Action, make_action

__all__ = ["VERBS", "Action", "cluster", "configs", "make_action", "names", "patterns", "payload", "values"]
