"""What the command line calls by its name: APIs and rules."""

from __future__ import annotations

from klamm.inspect.arguments import UsageError
from klamm.inspect.selection import api_key_of
from klamm.rewriting import RuleError, load_rules
from klamm.rewriting.rules import RuleSet, read_rules
from protocol_tables.api import Api
from protocol_tables.registry import BY_KEY

__all__ = ["api_of", "rules_of"]


def api_of(name: str) -> Api:
    """Gives an API by its name or key; raises UsageError."""
    try:
        return BY_KEY[api_key_of(name)]
    except ValueError as error:
        raise UsageError(str(error)) from None


def rules_of(source: str, *, checked: bool = True) -> RuleSet:
    """Loads rules as the proxy does; raises UsageError with every problem in them.

    Not ``checked`` against the tables they may have holes: a page about them is the way to find and fill these.
    """
    try:
        return load_rules(source) if checked else read_rules(source)
    except (RuleError, OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--rules {source}: {error}") from None
