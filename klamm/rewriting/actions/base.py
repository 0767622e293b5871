"""What a verb of the rules file is: a small class that turns the value of a field into the value that goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from klamm.rewriting.scope import Scope
from klamm.wire import Leaf
from klamm.wire.base import WireType

__all__ = ["VERBS", "Action", "make_action", "verb"]

ANYWHERE = frozenset({"request", "response"})


class Action:
    """One verb on one field.

    ``kinds`` are the leaf types it makes sense for (empty: all), ``directions`` the messages it may stand in.
    ``composite`` says that it also works on a list or record as a whole: every other verb there would speak for the
    fields inside without naming them. ``reads`` names the fields around it that it looks up, so that their absence is
    noticed when the rules load.

    The rest is for the plan. An action that does not ``touch`` does nothing but let the value through, one that does
    not ``change`` keeps it but has an effect elsewhere. The result of a ``pure`` one follows from the tenant's view,
    the value and what it reads; a value that it ``spares`` stays as it is.
    """

    kinds: ClassVar[frozenset[str]] = frozenset()
    composite: ClassVar[bool] = False
    directions: ClassVar[frozenset[str]] = ANYWHERE
    parameters: ClassVar[range] = range(1)
    hides: ClassVar[bool] = False
    touches: ClassVar[bool] = True
    changes: ClassVar[bool] = True
    pure: ClassVar[bool] = False
    spares: ClassVar[frozenset[Any]] = frozenset()

    def __init__(self, kind: str, *arguments: str) -> None:
        self.kind = kind

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of other fields that the action looks up."""
        return ()

    @property
    def captures(self) -> tuple[str, ...]:
        """Names of those of them that a plan keeps for it: all, unless its inline code does without."""
        return self.reads

    def inline(self, leaf: Leaf, content: str) -> str | None:
        """Gives a statement that does in a plan what ``apply`` does, where that is quicker than a call.

        ``content`` is the expression for the bytes of the value in ``leaf``'s layout; only actions that do not change
        have one.
        """
        return None

    def fits(self, kind: WireType) -> bool:
        """Tells whether a field of this type can hold what the action puts there."""
        return True

    def apply(self, value: Any, scope: Scope) -> Any:
        """Gives the value that goes on; raises Refused in a request, Drop or Leak in an answer."""
        raise NotImplementedError


VERBS: dict[str, type[Action]] = {}
_COMPOSITE = ("list", "record")
_Class = TypeVar("_Class", bound=type[Action])
_CALL = re.compile(r"(\w+)(?:\(([^()]*)\))?")


def verb(name: str) -> Callable[[_Class], _Class]:
    """Registers an action under its verb."""

    def register(action: _Class) -> _Class:
        VERBS[name] = action
        return action

    return register


def make_action(text: str, kind: str, direction: str) -> Action:
    """Makes the action of ``verb`` or ``verb(argument, ...)`` for a field; raises ValueError saying what is wrong."""
    match = _CALL.fullmatch(text.strip())
    action = VERBS.get(match[1]) if match else None
    if match is None or action is None:
        raise ValueError(f"{text!r} is no verb; verbs are {', '.join(sorted(VERBS))}")
    arguments = [argument.strip() for argument in match[2].split(",")] if match[2] else []
    if direction not in action.directions:
        raise ValueError(f"{match[1]} does not work in a {direction}")
    if (action.kinds and kind not in action.kinds) or (kind in _COMPOSITE and not action.composite):
        raise ValueError(f"{match[1]} does not work on a {kind}")
    if len(arguments) not in action.parameters:
        raise ValueError(f"{match[1]} does not take {len(arguments)} arguments")
    return action(kind, *arguments)
