"""`klamm-inspect api`: the documentation of the tables and the rules, made from them."""

from __future__ import annotations

import inspect
import sys
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from klamm.inspect.api_fields import Field, fields_of, ranges
from klamm.inspect.arguments import UsageError
from klamm.inspect.named import api_of, rules_of
from klamm.inspect.tree import console_for
from klamm.rewriting.actions import VERBS
from klamm.rewriting.rules import ApiRules
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY

__all__ = ["show_api", "show_apis"]

_WIDTH = 150


def show_apis(out: TextIO, rules_source: str, width: int | None) -> None:
    """Prints all APIs: key, name, versions of the tables, what the rules allow."""
    rules = rules_of(rules_source, checked=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("key", "API", "versions", "flexible", "allowed"):
        table.add_column(title, justify="right" if title == "key" else "left", no_wrap=title != "allowed")
    for key in sorted(BY_KEY):
        api = BY_KEY[key]
        allowed, note = _allowed(rules.apis.get(api.name))
        told = f"{allowed}, {note}" if note else allowed
        cells = (str(key), api.name, str(api.versions), str(api.flexible), told)
        table.add_row(*(Text(cell, style="dim" if allowed == "none" else "") for cell in cells))
    console = console_for(out, width, _WIDTH)
    console.print(Text(f"Versions in the tables, and those of them that the rules {rules_source} allow", style="bold"))
    console.print(table)


def show_api(out: TextIO, name: str, version: str | None, rules_source: str, width: int | None) -> None:
    """Prints the layout of an API's messages and the rule of each field; raises UsageError."""
    api = api_of(name)
    rules = rules_of(rules_source, checked=False).apis.get(api.name)
    versions = list(api.versions)
    if version is not None:
        if not version.isdigit() or int(version) not in api.versions:
            raise UsageError(f"{api.name} has the versions {api.versions}, not {version}")
        versions = [int(version)]
    console = console_for(out, width, _WIDTH)
    _head(console, api, rules, versions)
    used: set[str] = set()
    for direction in ("request", "response"):
        fields = fields_of(api, direction, versions, rules)
        _layout(console, api, direction, versions, fields)
        used |= {verb for field in fields for verb in _verbs_in(field.rule)}
    _verbs(console, used)


def _allowed(rules: ApiRules | None) -> tuple[str, str]:
    if rules is None:
        return "none", "the rules do not name it"
    if rules.local is not None:
        return str(rules.versions), "answered by Klamm itself" + (", before login too" if rules.before_login else "")
    return str(rules.versions), "refused" if str(rules.versions) == "none" else ""


def _head(console: Console, api: Api, rules: ApiRules | None, versions: list[int]) -> None:
    allowed, note = _allowed(rules)
    shown = f"version {versions[0]}" if len(versions) == 1 else f"versions {api.versions}"
    console.print(Text(f"{api.name} (api key {api.key}), {shown}, flexible {api.flexible}", style="bold"))
    about = next((module.__doc__ for module in _modules(api) if module.__doc__), None)
    if about:
        paragraphs = inspect.cleandoc(about).split("\n\n")
        console.print(Text("\n\n".join(" ".join(each.split()) for each in paragraphs), style="dim"))
    console.print(Text(f"\nAllowed: {allowed}{f' ({note})' if note else ''}"))
    for rule in rules.refuse if rules is not None else ():
        where = f" in {rule.versions}" if str(rule.versions) != "0+" else ""
        texts = [f"a refusal{where}: {rule.mode}", f"error at {', '.join(rule.codes)}", f"code {rule.deny} if denied"]
        if rule.of:
            texts.insert(1, f"of {', '.join(rule.of)}")
        console.print(Text("; ".join(texts)))
    if rules is not None and not rules.exact:
        console.print(Text("bytes behind a body are left out; for other APIs they are an error"))
    if rules is not None and rules.raised is not None:
        raised = rules.raised
        console.print(Text(f"{raised.versions} go upstream as {raised.to} unless the tenant may {raised.unless}"))


def _modules(api: Api) -> list[object]:
    return [
        module
        for name, module in sys.modules.items()
        if name.startswith(f"protocol_tables.api_{api.key:02d}_") and api in vars(module).values()
    ]


def _layout(console: Console, api: Api, direction: str, versions: list[int], fields: list[Field]) -> None:
    headers = sorted({_header(api, direction, version) for version in versions})
    title = f"\n{direction.capitalize()}, header v{' or v'.join(map(str, headers))}"
    if not fields:
        console.print(Text(f"{title}: no fields"))
        return
    console.print(Text(title, style="bold"))
    single = len(versions) == 1
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("field", "type", "" if single else "versions", "rule"):
        table.add_column(column, overflow="fold")
    for field in fields:
        name = Text(f"{'  ' * field.depth}{field.label}", style="cyan")
        since = "" if single else ranges(field.versions, versions)
        remarks = Text(", ".join(filter(None, (since, _remarks(field)))), style="dim")
        rule = Text(field.rule, style="yellow" if field.rule not in ("", "pass") else "dim")
        table.add_row(name, Text(field.type), remarks, rule)
    console.print(table)


def _header(api: Api, direction: str, version: int) -> int:
    return api.request_header_version(version) if direction == "request" else api.response_header_version(version)


def _remarks(field: Field) -> str:
    texts = []
    if field.nullable:
        since = ranges(field.nullable, field.versions)
        texts.append(f"nullable {since}".rstrip())
    if field.tag is not None:
        texts.append(f"tag {field.tag}")
    if field.default:
        texts.append(f"default {field.default}")
    return ", ".join(texts)


def _verbs_in(rule: str) -> set[str]:
    words = rule.replace("(", " ").replace(",", " ").replace(":", " ").split()
    return {word for word in words if word in VERBS}


def _verbs(console: Console, used: set[str]) -> None:
    if not used:
        return
    console.print(Text("\nVerbs", style="bold"))
    for name in sorted(used):
        about = inspect.cleandoc(VERBS[name].__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")
        console.print(Text(f"  {name}: {about}"))
