"""Other implementations of the protocol, and what agreeing with one of them means."""

from __future__ import annotations

from typing import Any, Protocol

from conformance.cases import Case
from conformance.examples import each
from conformance.strategies import Kinds, values

__all__ = ["Codec", "Oracle", "agree"]


class Codec(Protocol):
    """Another implementation's reader and writer of one message version."""

    def make(self, value: dict[str, Any]) -> Any:
        """Gives its own object for one of our values, without bytes in between."""

    def write(self, message: Any) -> bytes:
        """Gives its bytes of its own object."""

    def read(self, data: bytes) -> tuple[Any, int]:
        """Gives its own object for our bytes, and how many of them it used."""


class Oracle(Protocol):
    """Another implementation."""

    name: str

    def kinds(self, case: Case) -> Kinds:
        """Gives the values, by kind, that it can hold where that is less than the wire can."""

    def codec(self, case: Case) -> Codec | None:
        """Gives its codec of a message version, None where it does not know that one."""


def agree(oracle: Oracle, codec: Codec, case: Case, examples: int) -> int:
    """Holds an implementation to ours in both directions; gives the number of values, raises AssertionError."""
    layout = case.layout

    def both_ways(value: Any) -> None:
        ours = layout.build(value)
        message, used = codec.read(ours)
        assert used == len(ours), f"{case}: {oracle.name} reads {used} of {ours.hex()}"
        again = codec.write(message)
        assert again == ours, f"{case}: {oracle.name} reads {ours.hex()} and writes {again.hex()}"
        theirs = codec.write(codec.make(value))
        parsed = layout.parse(theirs)
        assert parsed == value, f"{case}: {oracle.name} writes {value!r}, which is read as {parsed!r}"
        assert layout.build(parsed) == theirs, f"{case}: {oracle.name} writes {theirs.hex()}, we {ours.hex()}"

    return each(values(layout, kinds=oracle.kinds(case), unknown_tags=False), examples, both_ways)
