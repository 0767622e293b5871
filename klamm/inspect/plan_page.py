"""`klamm-inspect plan`: the function that was generated for one message, as the proxy runs it, or why there is none."""

from __future__ import annotations

from typing import TextIO

from klamm.inspect.arguments import UsageError
from klamm.inspect.named import api_of, rules_of
from klamm.rewriting import Rewriter
from klamm.rewriting.route import Route

__all__ = ["show_plan"]


def show_plan(out: TextIO, name: str, direction: str, version: str | None, rules_source: str) -> None:
    """Prints the source of a compiled plan; without a version that of the newest allowed. Raises UsageError."""
    api = api_of(name)
    rewriter = Rewriter(rules_of(rules_source))
    newest = rewriter.advertised.get(api.key, (0, api.versions.max))[1]
    route = rewriter.lookup(api.key, int(version) if version and version.isdigit() else -1 if version else newest)
    if route is None:
        raise UsageError(f"{api.name} has the versions {api.versions}, not {version}")
    out.write(f"{_no_plan(route, direction) or _text(route, direction)}\n")


def _no_plan(route: Route, direction: str) -> str:
    """Says why no plan is used, whatever the layout; empty where nothing stands in its way."""
    what = f"{route.api.name} v{route.version}"
    if route.denied:
        return f"# {what}: refused by the rules, which allow {route.rules.versions}. There is no plan to run."
    if route.local is not None:
        return f"# {what}: answered by Klamm itself ({route.local}). There is no plan to run."
    raised = route.rules.raised
    if raised is not None and route.may_be_raised and direction == "request":
        return f"# {what}: goes upstream as v{raised.to} unless the tenant may {raised.unless}. The walker handles it."
    return ""


def _text(route: Route, direction: str) -> str:
    plan = route.request_plan if direction == "request" else route.response_plan
    if plan is None:
        return f"# {route.api.name} v{route.version} {direction}: no plan can be made of it. The walker handles it."
    return plan.text.rstrip()
