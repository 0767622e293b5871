"""Rules by their name or file."""

from __future__ import annotations

from klamm.inspect.arguments import UsageError
from klamm.rewriting import RuleError, load_rules
from klamm.rewriting.rules import RuleSet

__all__ = ["rules_of"]


def rules_of(source: str) -> RuleSet:
    """Loads rules as the proxy does; raises UsageError with every problem in them."""
    try:
        return load_rules(source)
    except (RuleError, OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--rules {source}: {error}") from None
