"""A relay between clients and Klamm that keeps every byte, so that tests can look for what no tenant may see.

Klamm listens on 127.0.0.1 and tells its clients that it is at 127.0.0.2. There this relay listens, on the same ports,
and passes everything on; the clients need no change. Whose connection it was is read from the user name in the SASL
token, as Klamm reads it, or given by the port where there is no login.
"""

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from struct import unpack_from

__all__ = ["Recorder", "Tape", "frames"]

PLAIN_TOKEN = re.compile(rb"\0([a-z]+)\0[ -~]")
CHUNK = 256 * 1024


@dataclass
class Tape:
    """One connection: all that the client sent and received, and both ends of it."""

    port: int
    client: tuple[str, int]
    owner: str
    sent: bytearray = field(default_factory=bytearray, repr=False)
    received: bytearray = field(default_factory=bytearray, repr=False)
    relay: str = ""
    """The address under which Klamm sees the connection."""

    @property
    def tenant(self) -> str:
        """Return whose connection it is, "" for one without a login."""
        if not self.owner and (token := PLAIN_TOKEN.search(self.sent[:4096])):
            self.owner = token[1].decode()
        return self.owner


class Recorder:
    """Relays `ports` of `front` to the same ports of `back`, in a thread of its own.

    `owners` says whose the connections to some ports are, where there is no login to tell.
    """

    def __init__(self, ports: Iterable[int], *, front: str, back: str, owners: Mapping[int, str] | None = None) -> None:
        self.tapes: list[Tape] = []
        self._ports = list(ports)
        self._front, self._back = front, back
        self._owners = owners or {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="recorder", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen; raises OSError where that is not possible."""
        self._thread.start()
        self._call(self._listen())

    def stop(self) -> None:
        """Close everything and end the thread."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def of(self, tenant: str) -> list[Tape]:
        """Return the connections of one tenant so far."""
        return [tape for tape in list(self.tapes) if tape.tenant == tenant]

    def _call(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        for port in self._ports:

            async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int = port) -> None:
                await self._relay(port, reader, writer)

            self._servers.append(await asyncio.start_server(relay, self._front, port, backlog=512))

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _relay(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        tape = Tape(port, writer.get_extra_info("peername"), self._owners.get(port, ""))
        self.tapes.append(tape)
        try:
            # Where Klamm is down its port refuses; all that a relay can do is to close what it has accepted.
            with suppress(OSError):
                back_reader, back_writer = await asyncio.open_connection(self._back, port)
                host, at = back_writer.get_extra_info("sockname")
                tape.relay = f"{host}:{at}"
                await both_ways((reader, back_writer, tape.sent), (back_reader, writer, tape.received))
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            self._connections.discard(task)


Way = tuple[asyncio.StreamReader, asyncio.StreamWriter, bytearray]


async def both_ways(there: Way, back: Way) -> None:
    """Pass bytes on until either side ends; then what is on its way arrives and both are closed."""
    answers = asyncio.create_task(pump(*back))
    requests = asyncio.create_task(pump(*there))
    try:
        await asyncio.wait((answers, requests), return_when=asyncio.FIRST_COMPLETED)
        if not answers.done():
            # The client has gone: Klamm learns it and ends its side, which ends the other task.
            await asyncio.wait((answers,))
    finally:
        for task in (answers, requests):
            task.cancel()
        await asyncio.gather(answers, requests, return_exceptions=True)
        there[1].close()
        with suppress(OSError):
            await there[1].wait_closed()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tape: bytearray) -> None:
    """Pass one direction on, writing it down first."""
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            tape += data
            writer.write(data)
            await writer.drain()
        writer.write_eof()


def frames(tape: bytes | bytearray) -> Iterator[bytes]:
    """Yield the whole length-prefixed frames of one direction."""
    place = 0
    while place + 4 <= len(tape):
        (length,) = unpack_from(">i", tape, place)
        if place + 4 + length > len(tape):
            return
        yield bytes(tape[place + 4 : place + 4 + length])
        place += 4 + length
