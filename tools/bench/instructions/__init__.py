"""Counts what rewriting costs, in steps that no load on the machine changes: `python -m tools.bench.instructions`."""
