"""Makes packet captures by hand: TCP connections as what was sent, with losses, repeats and disorder on demand."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SYN, ACK, PSH, FIN = 2, 16, 8, 1
CLIENT = ("10.0.0.1", 50001)
BROKER = ("10.0.0.9", 9092)


@dataclass
class Conversation:
    """Collects the packets of one TCP connection in the order of the calls."""

    client: tuple[str, int] = CLIENT
    broker: tuple[str, int] = BROKER
    segment: int = 1448
    packets: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sequence = {"client": 4294967000, "broker": 77}

    def open(self) -> Conversation:
        """Adds the handshake."""
        for side, flags in (("client", SYN), ("broker", SYN | ACK)):
            self.packets.append(self._packet(side, flags, b""))
            self._sequence[side] += 1
        return self

    def send(self, data: bytes) -> Conversation:
        """Adds what the client sends, in segments."""
        return self._send("client", data)

    def answer(self, data: bytes) -> Conversation:
        """Adds what the broker sends, in segments."""
        return self._send("broker", data)

    def close(self) -> Conversation:
        """Adds both FINs."""
        for side in ("client", "broker"):
            self.packets.append(self._packet(side, FIN | ACK, b""))
        return self

    def _send(self, side: str, data: bytes) -> Conversation:
        for start in range(0, len(data), self.segment):
            part = data[start : start + self.segment]
            self.packets.append(self._packet(side, ACK | PSH, part))
            self._sequence[side] = (self._sequence[side] + len(part)) % 2**32
        return self

    def _packet(self, side: str, flags: int, payload: bytes) -> bytes:
        source, target = (self.client, self.broker) if side == "client" else (self.broker, self.client)
        tcp = struct.pack(
            ">HHIIBBHHH", source[1], target[1], self._sequence[side] % 2**32, 0, 5 << 4, flags, 65535, 0, 0
        )
        hosts = b"".join(bytes(map(int, host.split("."))) for host, _ in (source, target))
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0) + hosts
        return bytes(12) + b"\x08\x00" + ip + tcp + payload


def pcap(packets: Iterable[bytes], link: int = 1, snap: int = 262144) -> bytes:
    """Gives a pcap file of packets, a millisecond apart."""
    return b"".join(pcap_parts(packets, link, snap))


def pcap_parts(packets: Iterable[bytes], link: int = 1, snap: int = 262144) -> Iterator[bytes]:
    """Gives the parts of a pcap file one after the other."""
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, link)
    for number, packet in enumerate(packets):
        kept = packet[:snap]
        yield struct.pack("<IIII", 1_700_000_000 + number // 1000, number % 1000 * 1000, len(kept), len(packet)) + kept


def pcapng(packets: Iterable[bytes], link: int = 1, order: str = "<") -> bytes:
    """Gives a pcapng file of packets, with one interface whose clock counts nanoseconds."""
    out = bytearray(_block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)))
    options = struct.pack(order + "HHB3xHH", 9, 1, 9, 0, 0)
    out += _block(order, 1, struct.pack(order + "HHI", link, 0, 0) + options)
    for number, packet in enumerate(packets):
        time = 1_700_000_000_000_000_000 + number * 1_000_000
        head = struct.pack(order + "IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet))
        out += _block(order, 6, head + packet + bytes(-len(packet) % 4))
    return bytes(out)


def _block(order: str, kind: int, body: bytes) -> bytes:
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size
