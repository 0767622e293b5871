"""Packet captures: pcap and pcapng files, from tcpdump and its relatives, also while they are piped in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from typing import BinaryIO

from klamm.inspect.model import Frame, Trouble
from klamm.inspect.sources.connection import End, TcpConnection
from klamm.inspect.sources.containers import Source, Truncated, packets
from klamm.inspect.sources.packets import ACK, FIN, RST, SYN, Segment, segment_of

__all__ = ["capture_frames"]

_MAX_CONNECTIONS = 20_000
_TURNS = SYN | FIN | RST


def capture_frames(
    stream: BinaryIO, ports: Collection[int] = (), assume: tuple[int, int] | None = None
) -> Iterator[Frame | Trouble]:
    """Gives the frames of all Kafka connections in a capture; ``ports`` are the brokers', none: they are detected."""
    source = Source(stream)
    connections = _Connections(frozenset(ports), assume)
    told: set[str] = set()
    try:
        for place, time, link, packet in packets(source):
            segment = segment_of(link, packet)
            if isinstance(segment, Segment):
                yield from connections.accept(segment, place, time)
            elif segment is not None and segment not in told:
                told.add(segment)
                yield Trouble(None, None, f"packet at byte {place}", segment, place)
    except Truncated as error:
        yield Trouble(None, None, f"byte {source.place}", str(error), source.place)
    yield from connections.finish(source.place)


class _Connections:
    """All connections of a capture, found by either direction's addresses."""

    def __init__(self, ports: frozenset[int], assume: tuple[int, int] | None) -> None:
        self._ports = ports
        self._assume = assume
        self._by_ends: OrderedDict[tuple[End, End], TcpConnection] = OrderedDict()

    def accept(self, segment: Segment, place: int, time: float) -> Iterable[Frame | Trouble]:
        """Takes one segment."""
        sender, target = (segment.source, segment.source_port), (segment.target, segment.target_port)
        connection = self._by_ends.get((sender, target))
        if connection is None or segment.flags & _TURNS or segment.missing:
            return self._unusual(segment, connection, place, time)
        return connection.accept(segment, place, time) if segment.payload else ()

    def _unusual(
        self, segment: Segment, connection: TcpConnection | None, place: int, time: float
    ) -> Iterator[Frame | Trouble]:
        """Takes a segment with which a connection begins or ends, or of which the capture kept only a part."""
        sender, target = (segment.source, segment.source_port), (segment.target, segment.target_port)
        if connection is not None and segment.flags & (SYN | ACK) == SYN and connection.is_over(segment):
            yield from self._end(connection, place, time)
            connection = None
        if connection is None:
            if not self._is_chosen(segment):
                return
            connection = self._begin(segment, sender, target)
            if len(self._by_ends) > 2 * _MAX_CONNECTIONS:
                yield from self._end(next(iter(self._by_ends.values())), place, time)
        yield from connection.accept(segment, place, time)
        if segment.missing and not connection.was_cut:
            connection.was_cut = True
            reason = f"the capture kept {len(segment.payload)} of {len(segment.payload) + segment.missing} bytes here"
            yield Trouble(connection.dialogue, None, f"packet at byte {place}", reason, place)
        if segment.flags & (FIN | RST):
            connection.is_closing = True

    def finish(self, place: int) -> Iterator[Frame | Trouble]:
        """Ends all connections."""
        while self._by_ends:
            yield from self._end(next(iter(self._by_ends.values())), place, None)

    def _is_chosen(self, segment: Segment) -> bool:
        if not segment.payload and not segment.flags & SYN:
            return False
        return not self._ports or segment.source_port in self._ports or segment.target_port in self._ports

    def _begin(self, segment: Segment, sender: End, target: End) -> TcpConnection:
        broker = next((end for end in (target, sender) if end[1] in self._ports), None)
        connection = TcpConnection(segment, broker, self._assume)
        self._by_ends[sender, target] = self._by_ends[target, sender] = connection
        return connection

    def _end(self, connection: TcpConnection, place: int, time: float | None) -> Iterator[Frame | Trouble]:
        one, other = connection.ends
        self._by_ends.pop((one, other), None)
        self._by_ends.pop((other, one), None)
        yield from connection.finish(place, time)
