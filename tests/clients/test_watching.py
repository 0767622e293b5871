"""Those who watch over the other tests see what there is to see."""

import socket
from collections.abc import Iterator
from struct import pack

import pytest

from tests.clients.confluent_family import ConfluentKafka
from tests.clients.family import until
from tests.clients.front import ADVERTISED, BACK, Front, Tenant, at_once
from tests.clients.leaks import leaks
from tests.clients.network_watch import NetworkWatch
from tests.proxy_process import RUNNING, free_block
from tests.recorder import Recorder, Tape


@pytest.mark.parametrize(
    "received",
    [
        b"\0\0\0\x05__vt_acme_orders",
        b"\x0bglobex-data",
        b"of xebolg: 1",
        b"\x0a127.0.0.1\0\0\x23\x84",
        b"\x0a127.0.0.2" + pack(">i", 9092),
    ],
    ids=["prefix", "other name", "other marker", "broker host", "broker port"],
)
def test_a_leak_is_noticed(received: bytes, pretended: list["Someone"]) -> None:
    tape = Tape(19092, ("127.0.0.1", 1), "acme")
    tape.received += b"\0" * 100 + received
    (said,) = leaks([tape], pretended, ADVERTISED, frozenset({19092}))
    assert "acme" in said and "byte 1" in said


def test_a_tenants_own_names_are_no_leak(pretended: list["Someone"]) -> None:
    tape = Tape(19092, ("127.0.0.1", 1), "acme")
    tape.received += b"acme emca orders 127.0.0.2" + pack(">i", 19092)
    assert not leaks([tape], pretended, ADVERTISED, frozenset({19092}))


class Someone:
    """A tenant that is only a name."""

    def __init__(self, name: str) -> None:
        self.name, self.marker = name, name[::-1]


@pytest.fixture
def pretended() -> list[Someone]:
    return [Someone("acme"), Someone("globex")]


@pytest.fixture
def recorded_login() -> Iterator[Recorder]:
    """A recorder before a server that was sent a login, answered with the same bytes, and ended."""
    port = free_block(1, [ADVERTISED, BACK])
    with socket.create_server((BACK, port)) as server:
        recorder = Recorder([port], front=ADVERTISED, back=BACK)
        recorder.start()
        try:
            with socket.create_connection((ADVERTISED, port), 10) as client:
                token = b"\0globex\0secret"
                client.sendall(token)
                with server.accept()[0] as accepted:
                    accepted.sendall(accepted.recv(100))
                received = b""
                while data := client.recv(100):
                    received += data
                assert received == token
            yield recorder
        finally:
            recorder.stop()


def test_the_recorder_keeps_both_directions_and_knows_whose_they_are(recorded_login: Recorder) -> None:
    (tape,) = recorded_login.of("globex")
    assert tape.sent == tape.received == b"\0globex\0secret"


def test_a_client_at_a_brokers_own_port_is_noticed(front: Front) -> None:
    watch = NetworkWatch(front.cluster.bootstrap, lambda: RUNNING)
    host, _, port = front.cluster.bootstrap.split(",")[0].rpartition(":")
    with front.watch.looking_away(), socket.create_connection((host, int(port)), 10):
        watch.look()
        watch.look()
    assert [address for _, address in watch.intruders] == [f"{host}:{port}"]


def test_all_clients_come_through_the_recorder_and_klamm_alone_goes_on(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        ConfluentKafka().produce(tenant.access, "watched", tenant.values(3))
        assert any(tenant.marker in value for value in ConfluentKafka().read(tenant.access, "watched"))

    at_once(front.pair, use)
    for tenant in front.pair:
        assert any(tenant.marker.encode() in tape.received for tape in front.recorder.of(tenant.name))
    assert len(front.peers_logged()) > 2
    until("Klamm is seen at a broker", lambda: bool(front.watch.seen))
    assert front.watch.seen <= set(front.cluster.bootstrap.split(","))
