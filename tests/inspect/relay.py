"""A relay on loopback that keeps what a real client and its broker say to each other, byte for byte.

Brokers tell clients their own addresses, so the relay puts its own into Metadata and FindCoordinator answers: what the
client gets differs in host and port alone. Kept is what the client got.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import defaultdict

from klamm.wire import FrameSplitter, frame
from klamm.wire.headers import decode_response_header, peek_request
from protocol_tables.registry import BY_KEY

_ADDRESSED = {3: "brokers", 10: None}


class Relay:
    """Listens for one broker; ``recorded`` holds (mark, frame with length) per connection, in the order they passed."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.recorded: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
        self._sockets: list[socket.socket] = [self._listener]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Closes everything and waits for the threads."""
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            broker = socket.create_connection(self._upstream)
            self._sockets += [client, broker]
            asked: dict[int, tuple[int, int]] = {}
            lock = threading.Lock()
            for source, target, mark in ((client, broker, ">"), (broker, client, "<")):
                arguments = (source, target, mark, number, asked, lock)
                self._threads.append(threading.Thread(target=self._pump, args=arguments, daemon=True))
                self._threads[-1].start()
            number += 1

    def _pump(
        self,
        source: socket.socket,
        target: socket.socket,
        mark: str,
        number: int,
        asked: dict[int, tuple[int, int]],
        lock: threading.Lock,
    ) -> None:
        splitter = FrameSplitter(1 << 27)
        try:
            while data := source.recv(65536):
                for payload in splitter.feed(data):
                    with lock:
                        if mark == ">":
                            api_key, version, correlation_id = peek_request(payload)
                            asked[correlation_id] = (api_key, version)
                        else:
                            payload = self._readdressed(payload, asked)
                        self.recorded[number].append((mark, frame(payload)))
                    target.sendall(frame(payload))
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def _readdressed(self, payload: bytes, asked: dict[int, tuple[int, int]]) -> bytes:
        api_key, version = asked.get(int.from_bytes(payload[:4], "big"), (-1, 0))
        if api_key not in _ADDRESSED:
            return payload
        api = BY_KEY[api_key]
        _, start = decode_response_header(payload, api.response_header_version(version))
        layout = api.response(version)
        from klamm.wire import Reader

        reader = Reader(payload[start:])
        value = layout.read(reader)
        entries = value.get("brokers", value.get("coordinators", [value]))
        for entry in entries:
            if entry.get("port", 0) > 0:
                entry["host"], entry["port"] = "127.0.0.1", self.port
        return payload[:start] + layout.build(value) + reader.data[reader.pos :]
