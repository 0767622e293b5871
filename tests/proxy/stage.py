"""Klamm on real sockets, with a scripted cluster behind it and scripted clients in front."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

from klamm.config import (
    Address,
    Auth,
    BrokerPortRange,
    Config,
    Credential,
    Limits,
    ListenerSet,
    PortRange,
    Proxy,
    Secret,
    SecurityProtocol,
    Tenant,
    Upstream,
    UpstreamSasl,
)
from klamm.proxy.cluster import VersionRange
from klamm.proxy.supervisor import Supervisor
from klamm.wire.framing import frame
from tests.ports import free_block
from tests.proxy.playbook import CLUSTER_ID, EVERYTHING
from tests.proxy.speech import Asked, answer, ask, plain_login, read_answer, read_question

__all__ = ["Client", "FakeBroker", "FakeCluster", "Link", "config_for", "klamm", "logged", "until"]

PATIENCE = 60
"""Seconds after which a test gives up on what never comes."""

Script = Callable[[Asked, "Link"], Awaitable[bytes | None]]


class Link:
    """One connection that somebody has made to a fake broker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.asked: list[Asked] = []
        self.ended = asyncio.Event()

    def send(self, *payloads: bytes) -> None:
        """Sends frames."""
        self.writer.write(b"".join(map(frame, payloads)))

    def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(data)


class FakeBroker:
    """Answers what Klamm asks for itself; `script` answers what clients ask."""

    def __init__(self, cluster: FakeCluster, node_id: int) -> None:
        self.cluster = cluster
        self.node_id = node_id
        self.port = 0
        self.versions: dict[int, VersionRange] = dict(EVERYTHING)
        self.newest_api_versions = 4
        self.links: list[Link] = []
        """The connections on which clients' requests came, and those that never said anything."""
        self.own_links: list[Link] = []
        """Klamm's own connections."""
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stops listening and cuts every connection."""
        if self._server is not None:
            self._server.close()
        for link in [*self.links, *self.own_links]:
            link.writer.transport.abort()
        for link in [*self.links, *self.own_links]:
            await link.ended.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer)
        self.links.append(link)
        try:
            while True:
                payload = await reader.readexactly(int.from_bytes(await reader.readexactly(4)))
                await self._hear(link, read_question(payload))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            link.ended.set()

    async def _hear(self, link: Link, asked: Asked) -> None:
        if asked.client_id == b"klamm":
            if link in self.links and not asked.name.startswith("Sasl"):
                self.links.remove(link)
                self.own_links.append(link)
            reply = self.cluster.own(self, asked)
        else:
            link.asked.append(asked)
            reply = await self.cluster.script(asked, link)
        if reply is not None:
            link.send(reply)


class FakeCluster:
    """Some fake brokers that know each other."""

    def __init__(self, *, brokers: int = 1, sasl: tuple[str, str] | None = None) -> None:
        self.script: Script = echo
        self.sasl = sasl
        self.lifetime_ms = 0
        self.brokers = [FakeBroker(self, node_id) for node_id in range(1, brokers + 1)]
        self.metadata_override: dict[str, Any] = {}

    @property
    def links(self) -> list[Link]:
        """All connections made for clients."""
        return [link for broker in self.brokers for link in broker.links]

    @property
    def asked(self) -> list[Asked]:
        """All that clients have asked."""
        return [asked for link in self.links for asked in link.asked]

    async def start(self) -> None:
        for broker in self.brokers:
            await broker.start()

    async def stop(self) -> None:
        for broker in self.brokers:
            await broker.stop()

    def own(self, broker: FakeBroker, asked: Asked) -> bytes:
        """Answers one of Klamm's own requests."""
        return getattr(self, f"_{asked.name}")(broker, asked)

    def _ApiVersions(self, broker: FakeBroker, asked: Asked) -> bytes:
        if asked.version > broker.newest_api_versions:
            return answer("ApiVersions", 0, asked.correlation_id, error_code=35, api_keys=[])
        rows = [
            {"api_key": key, "min_version": low, "max_version": high} for key, (low, high) in broker.versions.items()
        ]
        return answer("ApiVersions", asked.version, asked.correlation_id, api_keys=rows)

    def _Metadata(self, broker: FakeBroker, asked: Asked) -> bytes:
        rows = [{"node_id": it.node_id, "host": "127.0.0.1", "port": it.port} for it in self.brokers if it.port]
        body = {"brokers": rows, "cluster_id": CLUSTER_ID, "controller_id": 1, "topics": []} | self.metadata_override
        return answer("Metadata", asked.version, asked.correlation_id, **body)

    def _SaslHandshake(self, broker: FakeBroker, asked: Asked) -> bytes:
        code = 0 if self.sasl else 33
        return answer("SaslHandshake", asked.version, asked.correlation_id, error_code=code, mechanisms=["PLAIN"])

    def _SaslAuthenticate(self, broker: FakeBroker, asked: Asked) -> bytes:
        assert self.sasl is not None
        right = asked["auth_bytes"] == "\0{}\0{}".format(*self.sasl).encode()
        return answer(
            "SaslAuthenticate",
            asked.version,
            asked.correlation_id,
            error_code=0 if right else 58,
            error_message=None if right else "no",
            auth_bytes=b"",
            session_lifetime_ms=self.lifetime_ms,
        )


async def echo(asked: Asked, link: Link) -> bytes | None:
    """Answers as a broker with one topic of each tenant would, at once."""
    if asked.name == "Produce" and asked["acks"] == 0:
        return None
    body: dict[str, Any] = {}
    if asked.name == "Metadata":
        topics = [{"error_code": 0, "name": f"__vt_{name}_orders", "partitions": []} for name in ("acme", "globex")]
        body = {"brokers": [], "topics": topics}
    return answer(asked.name, asked.version, asked.correlation_id, **body)


class Client:
    """A client's socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, *, receive_buffer: int | None = None) -> Client:
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
        except OSError:
            raw.close()
            raise
        return cls(*await asyncio.open_connection(sock=raw, limit=1 << 12))

    @classmethod
    async def logged_in(cls, port: int, username: str = "alice", password: str = "secret", **options: Any) -> Client:
        client = await cls.connect(port, **options)
        client.send(*plain_login(username, password))
        await client.receive()
        assert read_answer("SaslAuthenticate", 1, await client.receive())[1]["error_code"] == 0
        return client

    def send(self, *payloads: bytes) -> None:
        """Sends frames, all at once."""
        self.writer.write(b"".join(map(frame, payloads)))

    def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(data)

    async def receive(self) -> bytes:
        """Returns the next frame without its length."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readexactly(int.from_bytes(await self.reader.readexactly(4)))

    async def rest(self) -> bytes:
        """Returns everything until Klamm closes the connection."""
        try:
            async with asyncio.timeout(PATIENCE):
                data = await self.reader.read()
        except ConnectionError:
            data = b""
        await self.close()
        return data

    async def works(self) -> bool:
        """Tells whether a request is answered."""
        self.send(ask("Metadata", 9, 4711, topics=None))
        return int.from_bytes((await self.receive())[:4]) == 4711

    async def close(self) -> None:
        """Closes the socket."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


def config_for(cluster: FakeCluster, *, ports: int = 2, klamm_password: str = "klamm-secret", **limits: Any) -> Config:
    """Returns a configuration with a listener set that wants a login, and one without for acme."""
    port = free_block(2 * (1 + ports))
    sets = []
    for name, first, options in (
        ("sasl", port, {}),
        ("anonymous", port + 1 + ports, {"security_protocol": SecurityProtocol.PLAINTEXT, "anonymous_tenant": "acme"}),
    ):
        range_ = PortRange(
            bind_host="127.0.0.1",
            advertised_host="klamm.example",
            bootstrap_port=first,
            broker_port_range=BrokerPortRange(start=first + 1, end=first + ports),
            broker_id_base=1,
        )
        sets.append(ListenerSet(name=name, port_range=range_, **options))
    people = {"acme": "alice", "globex": "gus"}
    sasl = None if cluster.sasl is None else UpstreamSasl(username="klamm", password=Secret(klamm_password))
    return Config(
        proxy=Proxy(listener_sets=tuple(sets), limits=Limits(**limits)),
        upstream=Upstream(bootstrap=tuple(Address("127.0.0.1", broker.port) for broker in cluster.brokers), sasl=sasl),
        tenants=tuple(
            Tenant(name=name, auth=Auth(credentials=(Credential(username=user, password=Secret("secret")),)))
            for name, user in people.items()
        ),
    )


class Stage:
    """A running Klamm and its ports."""

    def __init__(self, config: Config) -> None:
        self.supervisor = Supervisor(config)
        sasl, anonymous = config.proxy.listener_sets
        self.port = sasl.port_range.bootstrap_port
        self.anonymous_port = anonymous.port_range.bootstrap_port

    def count(self, name: str, **labels: str) -> int:
        """Returns a counter, summed over the labels that are not given."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        return sum(
            value
            for key, value in self.supervisor.counters.snapshot().items()
            if key.partition("{")[0] == name and all(it in key for it in wanted)
        )

    def holds_invariant(self) -> bool:
        """Tells whether connections open = connections accepted - connections closed, over all causes."""
        opened, closed = self.count("klamm_connections_total"), self.count("klamm_disconnects_total")
        return self.supervisor.connections == opened - closed == self.count("klamm_connections")


@asynccontextmanager
async def klamm(cluster: FakeCluster, *, wait: bool = True, **options: Any) -> AsyncIterator[Stage]:
    """Starts the cluster and Klamm in front of it, and stops both."""
    await cluster.start()
    stage = Stage(config_for(cluster, **options))
    try:
        await stage.supervisor.start()
        if wait:
            await asyncio.wait_for(stage.supervisor.ready.wait(), 10)
        yield stage
    finally:
        stage.supervisor.hurry()
        await stage.supervisor.stop()
        await cluster.stop()


def logged(records: Iterable[logging.LogRecord]) -> str:
    """Returns log records as text, their fields included."""
    return "\n".join(f"{record.getMessage()} {getattr(record, 'klamm', '')}" for record in records)


async def until(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - most of what tests wait for has no event
            await asyncio.sleep(0.005)
