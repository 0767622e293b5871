"""Takes captured packets apart down to their TCP payload; written for speed, for a capture has millions of them."""

from __future__ import annotations

import ipaddress
from struct import Struct
from typing import NamedTuple

__all__ = ["ACK", "FIN", "RST", "SYN", "Segment", "address", "segment_of"]

FIN, SYN, RST, ACK = 1, 2, 4, 16

_LINKS = {0: 4, 1: 14, 12: 0, 14: 0, 101: 0, 108: 4, 113: 16, 228: 0, 229: 0, 276: 20}
"""Bytes before the IP header by link type: loopback, Ethernet, raw IP and Linux "cooked" captures."""

_ETHERNET = 1
_VLAN = (0x8100, 0x88A8, 0x9100)
_IP = (0x0800, 0x86DD)
_TCP = 6
_EXTENSIONS = (0, 43, 60)
_FRAGMENT = 44
_FRAGMENTED = "IP fragments are not put together"
_TCP_HEAD = Struct(">HHIIBB")
_USUAL = Struct(">BxHxxHxBxx4s4sHHI4xBB6x")
_USUAL_IPV4 = 0x45
_IPV6_HEADER = 40


class Segment(NamedTuple):
    """What a packet says about its connection; ``missing`` bytes of the payload were cut off by the capture."""

    source: bytes
    source_port: int
    target: bytes
    target_port: int
    sequence: int
    flags: int
    payload: bytes
    missing: int


def segment_of(link: int, packet: bytes) -> Segment | str | None:
    """Gives the TCP segment in a packet, None where there is none, or why it cannot be read."""
    start = _LINKS.get(link)
    if start is None:
        return f"packets of link type {link} cannot be read"
    if link == _ETHERNET:
        start = _behind_tags(packet)
    size = len(packet)
    if start < 0 or size <= start:
        return None
    if size >= start + _USUAL.size:
        # Nearly every packet: IPv4 without options, whole, TCP; read in one go.
        head, total, part, kind, source, target, source_port, target_port, sequence, words, flags = _USUAL.unpack_from(
            packet, start
        )
        if head == _USUAL_IPV4 and kind == _TCP and total and not part & 0x3FFF:
            end = start + total
            payload = packet[start + 20 + (words >> 4) * 4 : end]
            return Segment(
                source, source_port, target, target_port, sequence, flags, payload, end - size if end > size else 0
            )
    version = packet[start] >> 4
    if version == 4:
        return _ipv4(packet, start)
    return _ipv6(packet, start) if version == 6 else None


def address(host: bytes, port: int) -> str:
    """Writes an address as people do."""
    text = str(ipaddress.ip_address(host))
    return f"[{text}]:{port}" if len(host) == 16 else f"{text}:{port}"


def _behind_tags(packet: bytes) -> int:
    start = 14
    while len(packet) >= start:
        kind = packet[start - 2] << 8 | packet[start - 1]
        if kind in _IP:
            return start
        if kind not in _VLAN:
            break
        start += 4
    return -1


def _ipv4(packet: bytes, start: int) -> Segment | str | None:
    if len(packet) < start + 20 or packet[start + 9] != _TCP:
        return None
    if (packet[start + 6] & 0x3F) | packet[start + 7]:
        return _FRAGMENTED
    # Packets captured on their way to a network card may not have their length yet.
    total = packet[start + 2] << 8 | packet[start + 3] or len(packet) - start
    tcp = start + (packet[start] & 15) * 4
    return _tcp(packet, tcp, start + total, packet[start + 12 : start + 16], packet[start + 16 : start + 20])


def _ipv6(packet: bytes, start: int) -> Segment | str | None:
    tcp = start + _IPV6_HEADER
    if len(packet) < tcp:
        return None
    total = packet[start + 4] << 8 | packet[start + 5] or len(packet) - tcp
    kind = packet[start + 6]
    while kind in _EXTENSIONS and len(packet) >= tcp + 8:
        kind, tcp = packet[tcp], tcp + 8 + packet[tcp + 1] * 8
    if kind == _FRAGMENT:
        return _FRAGMENTED
    if kind != _TCP:
        return None
    end = start + _IPV6_HEADER + total
    return _tcp(packet, tcp, end, packet[start + 8 : start + 24], packet[start + 24 : start + 40])


def _tcp(packet: bytes, tcp: int, end: int, source: bytes, target: bytes) -> Segment | str | None:
    if len(packet) < tcp + 20:
        return "packets are cut off inside their headers"
    source_port, target_port, sequence, _, size, flags = _TCP_HEAD.unpack_from(packet, tcp)
    payload = packet[tcp + (size >> 4) * 4 : end]
    missing = max(0, end - len(packet))
    return Segment(source, source_port, target, target_port, sequence, flags, payload, missing)
