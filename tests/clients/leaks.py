"""Looks for what no tenant may see in the bytes that it received."""

from collections.abc import Iterable, Sequence
from struct import unpack_from
from typing import Protocol

from tests.recorder import Tape

__all__ = ["leaks"]

PREFIX = b"__vt_"
REAL_HOSTS = (b"127.0.0.1", b"localhost")
AROUND = 60


class Named(Protocol):
    """A tenant, as far as a search for its names goes."""

    @property
    def name(self) -> str:
        """Return the tenant's name."""

    @property
    def marker(self) -> str:
        """Return the word in everything that is the tenant's."""


def leaks(tapes: Iterable[Tape], tenants: Sequence[Named], host: str, ports: frozenset[int]) -> list[str]:
    """Return one line for each thing in the tapes that its client should not have received.

    That is: a prefixed name; another tenant's name or marker (everybody's, on a connection without an owner); the
    address of a broker. Wherever `host` stands in an answer a port follows in four bytes, which must be one of `ports`.
    """
    found = []
    for tape in list(tapes):
        others = [tenant for tenant in tenants if tenant.name != tape.tenant]
        forbidden = {PREFIX, *REAL_HOSTS}
        forbidden |= {word.encode() for tenant in others for word in (tenant.name, tenant.marker)}
        data = bytes(tape.received)
        found += [shown(tape, data, word, data.find(word)) for word in sorted(forbidden) if word in data]
        place = data.find(host.encode())
        while place >= 0:
            after = place + len(host)
            if after + 4 <= len(data) and unpack_from(">i", data, after)[0] not in ports:
                found.append(shown(tape, data, b"another port", place))
            place = data.find(host.encode(), after)
    return found


def shown(tape: Tape, data: bytes, word: bytes, place: int) -> str:
    """Return a line about one finding."""
    around = data[max(0, place - AROUND) : place + AROUND]
    return f"{word!r} was sent to {tape.tenant or 'nobody yet'} at {tape.port}, byte {place}: {around!r}"
