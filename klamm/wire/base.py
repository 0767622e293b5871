"""What every wire type is: a Construct that reads with checks and has one layout per message version."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

from construct import Construct

from klamm.wire.errors import Malformed
from klamm.wire.reader import DEFAULT_BUDGET, Reader

__all__ = ["WireType", "renamed"]

if TYPE_CHECKING:
    _Base = Construct[Any, Any]
else:
    _Base = Construct


class WireType(_Base):
    """A Construct whose ``read`` and ``write`` do the work, unlike stock Construct with a check on every step.

    A declaration holds for all versions; ``at(version, flexible)`` gives the type of one version, or None where the
    field does not exist. ``min_size`` is the least number of bytes a value takes: counts are checked against it.
    """

    nullable: bool = False
    min_size: int = 1
    default: Any = None

    def read(self, reader: Reader) -> Any:
        """Reads one value; raises Malformed."""
        raise NotImplementedError

    def write(self, out: bytearray, value: Any) -> None:
        """Appends one value; raises Malformed when the layout cannot hold it."""
        raise NotImplementedError

    def at(self, version: int, flexible: bool) -> WireType | None:
        """Gives the layout of one version."""
        raise NotImplementedError

    def fresh_default(self) -> Any:
        """Gives the value of a field that was not sent; never shared between callers."""
        return copy.copy(self.default)

    def varied(self, **changes: Any) -> Self:
        """Gives a copy with some attributes changed; constructs are never changed in place."""
        other = copy.copy(self)
        for name, value in changes.items():
            setattr(other, name, value)
        return other

    def parse(  # type: ignore[override]  # stock Construct takes any buffer, a Reader needs bytes
        self, data: bytes, *, budget: int = DEFAULT_BUDGET, keep_tags: bool = True, exact: bool = True
    ) -> Any:
        """Reads a value that fills ``data`` exactly, or with ``exact`` off begins it; raises Malformed."""
        reader = Reader(data, budget=budget, keep_tags=keep_tags)
        value = self.read(reader)
        if exact:
            reader.finish()
        return value

    def build(self, obj: Any, **contextkw: Any) -> bytes:
        """Gives the canonical bytes of a value; raises Malformed when the layout cannot hold it."""
        out = bytearray()
        self.write(out, obj)
        return bytes(out)

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        start = stream.tell()
        reader = Reader(stream.read())
        value = self.read(reader)
        stream.seek(start + reader.pos)
        return value

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        stream.write(self.build(obj))
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        raise Malformed("a wire type has no fixed size")


def renamed(declared: Any) -> tuple[str, WireType]:
    """Takes ``"name" / type`` apart; raises TypeError for anything else."""
    name, inner = getattr(declared, "name", None), getattr(declared, "subcon", None)
    if not name or not isinstance(inner, WireType):
        raise TypeError(f'a record is made of "name" / type, not {declared!r}')
    return name, inner
