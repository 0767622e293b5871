"""Files of packets, pcap and pcapng; their heads are read by a library, the packets themselves by hand, for speed."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from struct import error as struct_error
from typing import Any, BinaryIO, NamedTuple, TypeAlias

__all__ = ["PCAPNG_MAGIC", "PCAP_MAGICS", "Packet", "Source", "Truncated", "packets"]

PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
PCAP_MAGICS = {
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
}
"""What pcap files begin with: the order of bytes that it tells, and what a fraction of a second counts."""

_MAX_BLOCK = 16 * 1024 * 1024
_FILE_HEADER, _PACKET_HEADER = 24, 16
_BLOCK_HEADER, _BLOCK_END = 8, 4
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6
_TSRESOL, _TSOFFSET = 9, 14
_PACKET_LITTLE, _PACKET_BIG = Struct("<IIII"), Struct(">IIII")


class Truncated(Exception):
    """The file ends in the middle, or says something that cannot be; the text says what."""


class Source:
    """A file that is read exactly, and that knows how far it was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = stream.read
        self.place = 0

    def read(self, size: int) -> bytes:
        """Reads so many bytes, or none at the end; raises Truncated for fewer."""
        if not 0 <= size <= _MAX_BLOCK:
            raise Truncated(f"a block of {size} bytes cannot be")
        data = self._read(size)
        if len(data) != size and data:
            raise Truncated(f"the capture ends after {len(data)} of {size} bytes")
        self.place += len(data)
        return data

    def rest(self, size: int) -> bytes:
        """Reads so many bytes of what has begun; raises Truncated for fewer."""
        data = self.read(size)
        if len(data) != size:
            raise Truncated(f"the capture ends after 0 of {size} bytes")
        return data


Packet: TypeAlias = tuple[int, float, int, bytes]
"""One captured packet: the byte of the file at which it stands, its time, the type of its link, its bytes."""


class _Interface(NamedTuple):
    """Where packets of a pcapng file were captured, and how their times are to be read."""

    link: int
    per_second: float
    offset: int


def packets(source: Source) -> Iterator[Packet]:
    """Gives the packets of a file as they can be had; raises Truncated."""
    head = source.read(4)
    return _pcapng(source, head) if head == PCAPNG_MAGIC else _pcap(source, head)


def _pcap(source: Source, head: bytes) -> Iterator[Packet]:
    from dpkt.pcap import FileHdr, LEFileHdr

    order, fraction = PCAP_MAGICS[head]
    header: Any = (LEFileHdr if order == "<" else FileHdr)(head + source.rest(_FILE_HEADER - len(head)))
    link = header.linktype & 0x0FFFFFFF
    unpack = Struct(f"{order}IIII").unpack
    place = source.place
    while start := source.read(_PACKET_HEADER):
        seconds, part, kept, _ = unpack(start)
        yield place, seconds + part * fraction, link, source.rest(kept)
        place = source.place


def _pcapng(source: Source, head: bytes) -> Iterator[Packet]:
    little = True
    interfaces: list[_Interface] = []
    place = 0
    head += source.rest(_BLOCK_HEADER - len(head))
    while head:
        if head[:4] == PCAPNG_MAGIC:
            mark = source.rest(4)
            little = mark == b"\x4d\x3c\x2b\x1a"
            source.rest(_block_size(head, little) - _BLOCK_HEADER - len(mark))
            interfaces = []
        else:
            kind = int.from_bytes(head[:4], "little" if little else "big")
            body = source.rest(_block_size(head, little) - _BLOCK_HEADER)
            if kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
                yield _packet(kind, body, place, interfaces, little)
            elif kind == _INTERFACE:
                interfaces.append(_interface(head + body, little))
        place = source.place
        head = source.read(_BLOCK_HEADER)


def _block_size(head: bytes, little: bool) -> int:
    size = int.from_bytes(head[4:], "little" if little else "big")
    if size < _BLOCK_HEADER + _BLOCK_END or size % 4:
        raise Truncated(f"a block of {size} bytes cannot be")
    return size


def _interface(block: bytes, little: bool) -> _Interface:
    from dpkt import UnpackError
    from dpkt.pcapng import InterfaceDescriptionBlock, InterfaceDescriptionBlockLE

    try:
        described: Any = (InterfaceDescriptionBlockLE if little else InterfaceDescriptionBlock)(block)
    except (UnpackError, struct_error, ValueError, IndexError) as error:
        raise Truncated(f"an interface that cannot be read: {error}") from None
    per_second, offset = 1e6, 0
    for option in described.opts:
        if option.code == _TSRESOL and option.data:
            power = option.data[0]
            per_second = float(2 ** (power & 0x7F) if power & 0x80 else 10**power)
        elif option.code == _TSOFFSET and len(option.data) == 8:
            offset = int.from_bytes(option.data, "little" if little else "big", signed=True)
    return _Interface(described.linktype, per_second, offset)


def _packet(kind: int, body: bytes, place: int, interfaces: list[_Interface], little: bool) -> Packet:
    start = 20 if kind != _SIMPLE_PACKET else 4
    room = len(body) - start - _BLOCK_END
    if room < 0:
        raise Truncated(f"a packet block of {_BLOCK_HEADER + len(body)} bytes cannot be")
    if kind == _SIMPLE_PACKET:
        number, high, low, kept = 0, 0, 0, room
    else:
        number, high, low, kept = (_PACKET_LITTLE if little else _PACKET_BIG).unpack_from(body)
        if kind == _OLD_PACKET:
            number = number & 0xFFFF if little else number >> 16
    if number >= len(interfaces):
        raise Truncated(f"a packet of interface {number}, which the capture does not describe")
    interface = interfaces[number]
    time = interface.offset + (high << 32 | low) / interface.per_second
    return place, time, interface.link, body[start : start + min(kept, room)]
