"""Starting, stopping, and what is left behind: nothing."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import socket
import subprocess
import sys

import pytest

from klamm.observe import logs
from klamm.proxy import supervisor as supervisor_module
from klamm.proxy.assembly import most_connections
from klamm.proxy.listeners import BindError
from klamm.proxy.routing import PortRangeRouting
from klamm.proxy.supervisor import EXIT_BAD_CONFIG, EXIT_CANNOT_BIND, Supervisor, run
from tests.ports import free_block
from tests.proxy.speech import Asked, ask, read_answer
from tests.proxy.stage import Client, FakeCluster, Link, config_for, echo, klamm, logged, until


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_a_port_that_is_taken_is_named_and_no_other_is_kept(which: int) -> None:
    cluster = FakeCluster()
    await cluster.start()
    config = config_for(cluster)
    first = config.proxy.listener_sets[0].port_range.bootstrap_port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + which))
        taken.listen()
        with pytest.raises(BindError) as raised:
            await Supervisor(config).start()
        assert f"127.0.0.1:{first + which}" in str(raised.value)
        assert os.strerror(errno.EADDRINUSE) in str(raised.value)
    again = Supervisor(config)
    await again.start()
    await again.stop()
    await cluster.stop()


async def test_stopping_lets_requests_under_way_be_answered_and_takes_no_others() -> None:
    cluster = FakeCluster()
    release = asyncio.Event()

    async def script(asked: Asked, link: Link) -> bytes | None:
        await release.wait()
        return await echo(asked, link)

    cluster.script = script
    async with klamm(cluster) as stage:
        busy, idle, new = [await Client.logged_in(stage.port) for _ in range(2)] + [await Client.connect(stage.port)]
        busy.send(ask("Metadata", 9, 1, topics=None), ask("Metadata", 9, 2, topics=None))
        await until(lambda: bool(cluster.asked))
        stopping = asyncio.create_task(stage.supervisor.stop())
        assert await idle.rest() == b""
        assert await new.rest() == b""
        with pytest.raises(ConnectionError):
            await Client.connect(stage.port)
        release.set()
        assert [int.from_bytes((await busy.receive())[:4]) for _ in range(2)] == [1, 2]
        assert await busy.rest() == b""
        await stopping
        assert stage.count("klamm_disconnects_total", cause="drain") == 3
        assert stage.supervisor.connections == 0
        assert stage.holds_invariant()


async def test_stopping_waits_only_so_long_for_an_answer() -> None:
    cluster = FakeCluster()

    async def script(asked: Asked, link: Link) -> None:
        return None

    cluster.script = script
    async with klamm(cluster, shutdown_timeout=0.05) as stage:
        client = await Client.logged_in(stage.port)
        client.send(ask("Metadata", 9, 1, topics=None))
        await until(lambda: bool(cluster.asked))
        await stage.supervisor.stop()
        assert await client.rest() == b""
        assert stage.supervisor.connections == 0


async def test_nothing_is_left_after_many_connections() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        tasks = len(asyncio.all_tasks())
        for number in range(60):
            client = await (Client.logged_in if number % 3 else Client.connect)(stage.port)
            if number % 3 == 2:
                assert await client.works()
            await client.close()
        await until(lambda: stage.supervisor.connections == 0)
        await until(lambda: len(asyncio.all_tasks()) <= tasks)
        assert stage.count("klamm_connections_total") == 60
        assert stage.count("klamm_disconnects_total") == 60
        await until(lambda: all(link.ended.is_set() for link in cluster.links))


async def test_a_connection_without_a_byte_for_the_idle_time_is_closed_and_a_busy_one_is_not() -> None:
    async with klamm(FakeCluster(), idle_timeout=0.4) as stage:
        idle, busy = await Client.logged_in(stage.port), await Client.logged_in(stage.port)
        closed = asyncio.create_task(idle.rest())
        while not closed.done():
            assert await busy.works()
            await asyncio.sleep(0.01)
        assert closed.result() == b""
        assert await busy.works()
        assert stage.count("klamm_disconnects_total", cause="idle") == 1
        await busy.close()


async def test_an_anonymous_listener_set_is_one_tenants_and_no_other_is() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        client = await Client.connect(stage.anonymous_port)
        client.send(ask("ApiVersions", 0, 1), ask("Metadata", 9, 2, topics=[{"name": "orders"}]))
        assert read_answer("ApiVersions", 0, await client.receive())[1]["error_code"] == 0
        assert int.from_bytes((await client.receive())[:4]) == 2
        assert [row["name"] for row in cluster.asked[0]["topics"]] == ["__vt_acme_orders"]
        stranger = await Client.connect(stage.port)
        stranger.send(ask("Metadata", 9, 1, topics=None))
        assert await stranger.rest() == b""
        await client.close()


async def test_early_bytes_of_an_anonymous_client_are_kept_until_there_is_a_broker() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        clients = [await Client.connect(stage.anonymous_port) for _ in range(20)]
        for client in clients:
            client.send(*(ask("Metadata", 9, number, topics=None) for number in range(100)))
        for client in clients:
            assert [int.from_bytes((await client.receive())[:4]) for _ in range(100)] == list(range(100))
            await client.close()


async def test_metadata_leads_back_to_the_proxy_and_a_broker_without_a_port_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cluster = FakeCluster(brokers=3)

    async def script(asked: Asked, link: Link) -> bytes:
        return cluster._Metadata(cluster.brokers[0], asked)

    cluster.script = script
    async with klamm(cluster, ports=2) as stage:
        client = await Client.logged_in(stage.port)
        for number in range(3):
            client.send(ask("Metadata", 9, number, topics=None))
            body = read_answer("Metadata", 9, await client.receive())[1]
            told = [(row["node_id"], row["host"], row["port"]) for row in body["brokers"]]
            assert told == [(1, "klamm.example", stage.port + 1), (2, "klamm.example", stage.port + 2)]
        lines = [line for line in caplog.messages if "no port" in line]
        assert len(lines) == 1
        assert "broker_port_range.end" in logged(caplog.records)
        await client.close()


def test_node_ids_and_ports_are_one_to_one() -> None:
    config = config_for(FakeCluster(), ports=5)
    listener = config.proxy.listener_sets[0]
    routing = PortRangeRouting(listener, logs.get("proxy"))
    start = listener.port_range.broker_port_range.start
    assert list(routing.nodes()) == [(node_id, start + node_id - 1) for node_id in range(1, 6)]
    assert routing.endpoint(5) == ("klamm.example", start + 4)
    assert [routing.endpoint(node_id) for node_id in (-1, 0, 6, 2**31 - 1)] == [None] * 4


def test_no_more_connections_than_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1024, 1024))
    assert (most_connections(10_000), most_connections(100)) == (480, 100)
    monkeypatch.setattr(resource, "getrlimit", lambda what: (64, 64))
    assert most_connections(10_000) == 1
    monkeypatch.setattr(resource, "getrlimit", lambda what: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert most_connections(10_000) == 10_000


PROGRAM = """
import sys
from attrs import evolve
from klamm.proxy.supervisor import run
from tests.proxy.stage import FakeCluster, config_for
cluster = FakeCluster()
cluster.brokers[0].port = 1
config = config_for(cluster)
print(config.proxy.listener_sets[0].port_range.bootstrap_port, flush=True)
sys.exit(run(config))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_process_cleanly(number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with _connected(port) as client:
        process.send_signal(number)
        assert client.recv(1) == b""
    assert process.wait(20) == 0
    process.stdout.close()


def _connected(port: int) -> socket.socket:
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 5)
        except ConnectionRefusedError:
            continue


def test_a_taken_port_is_exit_code_71(caplog: pytest.LogCaptureFixture) -> None:
    cluster = FakeCluster()
    cluster.brokers[0].port = free_block()
    config = config_for(cluster)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", config.proxy.listener_sets[0].port_range.bootstrap_port))
        taken.listen()
        assert run(config) == EXIT_CANNOT_BIND
    assert os.strerror(errno.EADDRINUSE) in logged(caplog.records)


def test_rules_that_cannot_be_used_are_exit_code_78(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = FakeCluster()
    cluster.brokers[0].port = free_block()

    def wrong(config: object, *means: object) -> None:
        raise supervisor_module.RuleError(["no"])

    monkeypatch.setattr(supervisor_module, "make_service", wrong)
    assert run(config_for(cluster)) == EXIT_BAD_CONFIG
