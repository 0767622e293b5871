"""The plan compiler: layout and rules become one Python function that rewrites a frame in a single pass.

The function copies what no rule touches and asks the same action objects as the walker for the rest. A frame that is
not plain (see ``scan``), or of which something is refused, it gives back by raising: then the walker decides.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from klamm.rewriting.actions import Action
from klamm.rewriting.errors import Leak, Refused
from klamm.rewriting.plan import runtime
from klamm.rewriting.plan.memo import Field, Memo
from klamm.rewriting.plan.source import Source
from klamm.rewriting.plan.touch import Toucher, UnsupportedLayout
from klamm.rewriting.scope import Drop, Session
from klamm.wire import Malformed, Message

__all__ = ["PLAN_MISSES", "Plan", "compile_plan"]

PLAN_MISSES = (runtime.Unusual, Refused, Drop, Leak, Malformed, IndexError, struct.error)
"""What a plan raises when a frame is the walker's."""

_LARGE = 8192

_Function = Callable[[bytes, int, int, Session, dict[str, Any], Sequence[Memo]], list[bytes]]


class Plan:
    """A compiled rewriting of one message in one version."""

    __slots__ = ("_fields", "_memos", "carries", "run", "text")

    def __init__(self, run: _Function, text: str, fields: Sequence[Field], *, carries: bool) -> None:
        self.run = run
        """Takes frame, where copying starts, where the body starts, session, carried fields and memos; gives pieces."""
        self.text = text
        self.carries = carries
        self._fields = fields

    def memos(self, session: Session) -> Sequence[Memo]:
        """Gives the memos of a tenant for this plan; they live as long as the session does."""
        found = session.memos.get(self)
        if found is None:
            # They outlive the connection that asks first, so they keep nothing of it.
            shared = session.for_connection()
            found = session.memos[self] = tuple(Memo(field, shared) for field in self._fields)
        return found


def compile_plan(layout: Message, actions: Mapping[str, Sequence[Action]], budget: int) -> Plan | None:
    """Compiles the rewriting of a message; None where rules or layout have a form that plans are not made for."""
    source = Source()
    toucher = Toucher(source, actions)
    try:
        toucher.record(layout, "")
    except UnsupportedLayout:
        return None
    source.settle()
    text = _function_text(layout, source, len(toucher.fields), budget)
    scope: dict[str, Any] = {
        "Unusual": runtime.Unusual,
        "int16": runtime.int16,
        "int32": runtime.int32,
        "int32_bytes": runtime.int32_bytes,
        "long_varint": runtime.long_varint,
        "uvarint_bytes": runtime.uvarint_bytes,
        **source.objects,
    }
    # The text is made of names and numbers of the tables, never of anything that a peer or a configuration says.
    exec(compile(text, f"<plan of {layout.api} v{layout.version}>", "exec"), scope)  # noqa: S102
    return Plan(scope["plan"], text, toucher.fields, carries=toucher.carries)


def _function_text(layout: Message, source: Source, memos: int, budget: int) -> str:
    names = "".join(f"memo{number}, " for number in range(1, memos + 1))
    head = [
        f"# {layout.api} v{layout.version}",
        "def plan(data, mark, pos, session, carried, memos):",
        "    end, out, budget = len(data), [], " + str(budget),
    ]
    if names:
        head.append(f"    {names}= memos")
    tail = [
        "    if pos != end:",
        "        raise Unusual",
        # A view of immutable bytes: copying the bulk of a large frame would cost more than all the rest.
        f"    out.append(data[mark:] if end - mark < {_LARGE} or not mark else memoryview(data)[mark:])",
        "    return out",
        "",
    ]
    return "\n".join([*head, *source.lines, *tail])
