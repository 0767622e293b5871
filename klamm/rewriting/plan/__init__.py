"""The compiled executor: generated functions that rewrite plain frames in one pass."""

from klamm.rewriting.plan.compiler import PLAN_MISSES, Plan, compile_plan

__all__ = ["PLAN_MISSES", "Plan", "compile_plan"]
