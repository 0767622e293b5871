"""Verbs for plain values: let through, forced, tied to a permission, carried to the answer."""

from __future__ import annotations

from typing import Any

from klamm.rewriting.actions.base import Action, verb
from klamm.rewriting.errors import Refused
from klamm.rewriting.scope import SILENT, Drop, Scope
from klamm.rewriting.view import PERMISSIONS
from klamm.wire import Boolean, Leaf, Malformed, Number, Text
from klamm.wire.base import WireType

__all__ = ["Carry", "DropWhen", "Force", "Pass", "Permitted", "Remember", "SilentWhen", "WhenPermitted"]

_REQUEST = frozenset({"request"})
_RESPONSE = frozenset({"response"})
_WORDS = {"null": None, "true": True, "false": False, "zero": bytes(16)}


def _known(permission: str) -> str:
    if permission not in PERMISSIONS:
        raise ValueError(f"{permission!r} is no permission; permissions are {', '.join(PERMISSIONS)}")
    return permission


@verb("pass")
class Pass(Action):
    """Lets a value through: somebody looked at the field and found that it tells and changes nothing foreign."""

    touches = False

    def apply(self, value: Any, scope: Scope) -> Any:
        return value


@verb("force")
class Force(Action):
    """Puts a fixed value in place: a number, a text, ``null``, ``true``, ``false`` or the ``zero`` uuid."""

    pure = True
    composite = True
    parameters = range(1, 2)

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind)
        is_number = text.removeprefix("-").isdigit()
        self.value: Any = int(text) if is_number else _WORDS.get(text, text)

    def fits(self, kind: WireType) -> bool:
        # A flag is written as whatever is true of the value, so that any misspelt word would set it.
        if isinstance(kind, Boolean):
            return isinstance(self.value, bool)
        try:
            kind.build(self.value)
        except (Malformed, TypeError, AttributeError):
            return False
        return True

    def apply(self, value: Any, scope: Scope) -> Any:
        return self.value


@verb("when_permitted")
class WhenPermitted(Action):
    """Keeps a flag of the request where the tenant holds the permission, and clears it where not."""

    pure = True
    kinds = frozenset({"AutoCreate", "Boolean", "TransactionFlag"})
    directions = _REQUEST
    parameters = range(1, 2)

    def __init__(self, kind: str, permission: str) -> None:
        super().__init__(kind)
        self.permission = _known(permission)

    def apply(self, value: Any, scope: Scope) -> Any:
        return value and scope.view.permits(self.permission)


@verb("permitted")
class Permitted(Action):
    """Refuses with a code where the tenant does not hold the permission."""

    pure = True
    directions = _REQUEST
    parameters = range(2, 3)

    def __init__(self, kind: str, permission: str, code: str) -> None:
        super().__init__(kind)
        self.permission = _known(permission)
        self.code = int(code)

    def apply(self, value: Any, scope: Scope) -> Any:
        if not scope.view.permits(self.permission):
            raise Refused(self.code)
        return value


@verb("silent_when")
class SilentWhen(Action):
    """Lets a value through, and says that with this one the broker sends no answer (Produce with acks 0)."""

    changes = False
    kinds = frozenset({"Acks"})
    directions = _REQUEST
    parameters = range(1, 2)

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(kind)
        self.value = int(value)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value == self.value:
            scope.carried[SILENT] = True
        return value

    def inline(self, leaf: Leaf, content: str) -> str | None:
        return f"if {content} == {leaf.build(self.value)!r}: carried[{SILENT!r}] = True"


@verb("drop_when")
class DropWhen(Action):
    """Leaves the entry out of its list when the field has one of these values."""

    hides = True
    pure = True
    directions = _RESPONSE
    parameters = range(1, 16)

    def __init__(self, kind: str, *values: str) -> None:
        super().__init__(kind)
        self.values = frozenset(int(value) for value in values)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value in self.values:
            raise Drop
        return value


@verb("carry")
class Carry(Action):
    """Lets a value through and keeps it, under a name, for the actions of the answer."""

    changes = False
    directions = _REQUEST
    parameters = range(1, 2)

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind)
        self.name = name

    def apply(self, value: Any, scope: Scope) -> Any:
        scope.carried[self.name] = value
        return value

    def inline(self, leaf: Leaf, content: str) -> str | None:
        if isinstance(leaf, Number):
            return f"carried[{self.name!r}] = int.from_bytes({content}, signed=True)"
        if isinstance(leaf, Text) and not leaf.nullable:
            return f'carried[{self.name!r}] = {content}.decode("utf-8", "surrogateescape")'
        return None


@verb("remember")
class Remember(Action):
    """Lets a group's protocol type through and keeps it beyond this request, under the group id beside it."""

    changes = False
    kinds = frozenset({"GroupProtocol"})
    directions = _REQUEST
    parameters = range(1, 2)

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(kind)
        self.field = field

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.field,)

    def apply(self, value: Any, scope: Scope) -> Any:
        scope.memory.remember(scope.lookup(self.field), value)
        return value
