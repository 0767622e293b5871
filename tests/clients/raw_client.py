"""A client without a library: it sends any request of the tables and returns the answer as the tables read it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack, unpack
from typing import Any

from tests.clients.front import Access
from tests.proxy.speech import ask, plain_login, read_answer

__all__ = ["RawClient", "raw_client"]

SECONDS = 30


class RawClient:
    """One connection, logged in where that is asked for."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._last = 100

    def log_in(self, access: Access) -> None:
        """Log in by PLAIN."""
        for request in plain_login(access.username, access.password):
            self._send(request)
            self._receive()

    def ask(self, api: str, wanted: int, /, **body: Any) -> dict[str, Any]:
        """Send a request in version `wanted`, or the newest older one that the other side offers."""
        version = min(wanted, self.offered()[api])
        self._last += 1
        self._send(ask(api, version, self._last, **body))
        correlation_id, answer = read_answer(api, version, self._receive())
        assert correlation_id == self._last
        return answer

    def offered(self) -> dict[str, int]:
        """Return the newest version of each API that the other side offers."""
        from protocol_tables import registry

        self._send(ask("ApiVersions", 0, 1))
        _, answer = read_answer("ApiVersions", 0, self._receive())
        return {registry.BY_KEY[it["api_key"]].name: it["max_version"] for it in answer["api_keys"]}

    def _send(self, payload: bytes) -> None:
        self._connection.sendall(pack(">i", len(payload)) + payload)

    def _receive(self) -> bytes:
        (length,) = unpack(">i", self._exactly(4))
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self._connection.recv(count - len(data))
            assert more, f"the connection ended in the middle of an answer, after {data!r}"
            data += more
        return data


@contextmanager
def raw_client(address: str, access: Access | None = None) -> Iterator[RawClient]:
    """Give a connection to host:port, logged in with an access that has a user name, and close it."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as connection:
        client = RawClient(connection)
        if access is not None and access.username:
            client.log_in(access)
        yield client
