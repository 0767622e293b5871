"""Packet captures: pcap and pcapng files, from tcpdump and its relatives, also while they are piped in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator
from struct import Struct
from struct import error as struct_error
from typing import Any, BinaryIO, NamedTuple

from klamm.inspect.model import Frame, Trouble
from klamm.inspect.sources.connection import End, TcpConnection
from klamm.inspect.sources.packets import ACK, FIN, RST, SYN, Segment, segment_of

__all__ = ["PCAPNG_MAGIC", "PCAP_MAGICS", "capture_frames"]

PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
PCAP_MAGICS = (b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1")

_MAX_BLOCK = 16 * 1024 * 1024
_MAX_CONNECTIONS = 20_000
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_TSRESOL, _TSOFFSET = 9, 14


class _Truncated(Exception):
    """The file ends in the middle, or says something that cannot be; the text says what."""


class _Source:
    """A file that is read exactly, and that knows how far it was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.place = 0

    def read(self, size: int) -> bytes:
        """Reads so many bytes, or none at the end; raises _Truncated for fewer."""
        if not 0 <= size <= _MAX_BLOCK:
            raise _Truncated(f"a block of {size} bytes cannot be")
        data = self._stream.read(size)
        if data and len(data) < size:
            raise _Truncated(f"the capture ends after {len(data)} of {size} bytes")
        self.place += len(data)
        return data


class _Packet(NamedTuple):
    """One captured packet and the byte of the file at which it stands."""

    place: int
    time: float
    link: int
    data: bytes


def capture_frames(
    stream: BinaryIO, ports: Collection[int] = (), assume: tuple[int, int] | None = None
) -> Iterator[Frame | Trouble]:
    """Gives the frames of all Kafka connections in a capture; ``ports`` are the brokers', none: they are detected."""
    source = _Source(stream)
    connections = _Connections(frozenset(ports), assume)
    told: set[str] = set()
    try:
        for packet in _packets(source):
            segment = segment_of(packet.link, packet.data)
            if isinstance(segment, Segment):
                yield from connections.accept(segment, packet.place, packet.time)
            elif segment is not None and segment not in told:
                told.add(segment)
                yield Trouble(None, None, f"packet at byte {packet.place}", segment, packet.place)
    except _Truncated as error:
        yield Trouble(None, None, f"byte {source.place}", str(error), source.place)
    yield from connections.finish(source.place)


class _Connections:
    """All connections of a capture, found by either direction's addresses."""

    def __init__(self, ports: frozenset[int], assume: tuple[int, int] | None) -> None:
        self._ports = ports
        self._assume = assume
        self._by_ends: OrderedDict[tuple[End, End], TcpConnection] = OrderedDict()

    def accept(self, segment: Segment, place: int, time: float) -> Iterator[Frame | Trouble]:
        """Takes one segment."""
        sender, target = (segment.source, segment.source_port), (segment.target, segment.target_port)
        connection = self._by_ends.get((sender, target))
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


def _packets(source: _Source) -> Iterator[_Packet]:
    head = source.read(4)
    return _pcapng(source, head) if head == PCAPNG_MAGIC else _pcap(source, head)


class _Head:
    """Gives back the first bytes of a file that were looked at, then the rest, to a reader of the library's."""

    def __init__(self, head: bytes, source: _Source) -> None:
        self._head = head
        self._source = source
        self.name = "capture"

    def read(self, size: int) -> bytes:
        head, self._head = self._head, b""
        return head + self._source.read(size - len(head))


def _pcap(source: _Source, head: bytes) -> Iterator[_Packet]:
    from dpkt import UnpackError
    from dpkt.pcap import Reader

    try:
        reader = Reader(_Head(head, source))
    except (UnpackError, ValueError, KeyError) as error:
        raise _Truncated(f"no pcap header: {error}") from None
    link = reader.datalink() & 0x0FFFFFFF
    place = source.place
    for time, data in reader:
        yield _Packet(place, float(time), link, data)
        place = source.place


class _Interface(NamedTuple):
    """Where packets of a pcapng file were captured, and how their times are to be read."""

    link: int
    per_second: float
    offset: int


def _pcapng(source: _Source, head: bytes) -> Iterator[_Packet]:
    little = True
    interfaces: list[_Interface] = []
    place = 0
    while head:
        kind = int.from_bytes(head, "little" if little else "big")
        if head == PCAPNG_MAGIC:
            size_bytes, order = source.read(4), source.read(4)
            little = order == b"\x4d\x3c\x2b\x1a"
            block = head + size_bytes + order + source.read(_block_size(size_bytes, little) - 12)
            interfaces = []
        else:
            size_bytes = source.read(4)
            block = head + size_bytes + source.read(_block_size(size_bytes, little) - 8)
            if kind == _INTERFACE:
                interfaces.append(_interface(block, little))
            elif kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
                yield _packet(kind, block, place, interfaces, little)
        place = source.place
        head = source.read(4)


def _block_size(size_bytes: bytes, little: bool) -> int:
    size = int.from_bytes(size_bytes, "little" if little else "big")
    if size < 12 or size % 4:
        raise _Truncated(f"a block of {size} bytes cannot be")
    return size


def _interface(block: bytes, little: bool) -> _Interface:
    from dpkt import UnpackError
    from dpkt.pcapng import InterfaceDescriptionBlock, InterfaceDescriptionBlockLE

    try:
        described: Any = (InterfaceDescriptionBlockLE if little else InterfaceDescriptionBlock)(block)
    except (UnpackError, struct_error, ValueError, IndexError) as error:
        raise _Truncated(f"an interface that cannot be read: {error}") from None
    per_second, offset = 1e6, 0
    for option in described.opts:
        if option.code == _TSRESOL and option.data:
            power = option.data[0]
            per_second = float(2 ** (power & 0x7F) if power & 0x80 else 10**power)
        elif option.code == _TSOFFSET and len(option.data) == 8:
            offset = int.from_bytes(option.data, "little" if little else "big", signed=True)
    return _Interface(described.linktype, per_second, offset)


_PACKET_LITTLE, _PACKET_BIG = Struct("<IIII"), Struct(">IIII")


def _packet(kind: int, block: bytes, place: int, interfaces: list[_Interface], little: bool) -> _Packet:
    head = 28 if kind != _SIMPLE_PACKET else 12
    if len(block) < head + 4:
        raise _Truncated(f"a packet block of {len(block)} bytes cannot be")
    if kind == _SIMPLE_PACKET:
        number, high, low, kept = 0, 0, 0, len(block) - head - 4
    else:
        number, high, low, kept = (_PACKET_LITTLE if little else _PACKET_BIG).unpack_from(block, 8)
        if kind == _OLD_PACKET:
            number = number & 0xFFFF if little else number >> 16
    if number >= len(interfaces):
        raise _Truncated(f"a packet of interface {number}, which the capture does not describe")
    interface = interfaces[number]
    time = interface.offset + (high << 32 | low) / interface.per_second
    return _Packet(place, time, interface.link, block[head : head + min(kept, len(block) - head - 4)])
