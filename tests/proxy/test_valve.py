"""How bytes leave, and when a peer is read."""

from __future__ import annotations

import asyncio

import pytest

from klamm.proxy.valve import BACKLOG, BUDGET, SLOW_PEER, Valve, write_all
from tests.proxy.speech import ask
from tests.proxy.stage import Client, FakeCluster, klamm


class Transport(asyncio.Transport):
    """Notes what is done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[object] = []
        self.acts: list[str] = []
        self.closing = False

    def write(self, data: object) -> None:
        self.writes.append(data)

    def pause_reading(self) -> None:
        self.acts.append("pause")

    def resume_reading(self) -> None:
        self.acts.append("resume")

    def is_closing(self) -> bool:
        return self.closing


def test_small_pieces_leave_in_one_write() -> None:
    transport = Transport()
    pieces = [b"a" * 100] * 50
    assert write_all(transport, pieces) == 5000
    assert transport.writes == [b"a" * 5000]
    assert pieces == []


def test_large_pieces_are_not_copied_and_keep_their_place() -> None:
    transport = Transport()
    large = b"x" * 100_000
    write_all(transport, [b"a", b"b", large, b"c", large, large, b"d"])
    assert transport.writes == [b"ab", large, b"c", large, large, b"d"]
    assert transport.writes[1] is large


@pytest.mark.parametrize("pieces", [[b"one"], [b"a", b"b"], [b"a", b"x" * 100_000]])
def test_only_immutable_bytes_are_handed_to_a_transport(pieces: list[bytes]) -> None:
    transport = Transport()
    write_all(transport, pieces)
    assert {type(data) for data in transport.writes} == {bytes}


def test_a_peer_is_read_again_only_when_nothing_holds_it_any_more() -> None:
    transport = Transport()
    valve = Valve(transport)
    valve.set(BACKLOG, True)
    valve.set(BUDGET, True)
    valve.set(BACKLOG, False)
    assert transport.acts == ["pause"]
    valve.set(SLOW_PEER, False)
    valve.set(BUDGET, False)
    valve.set(BUDGET, False)
    assert transport.acts == ["pause", "resume"]


def test_a_transport_that_is_closing_is_left_alone() -> None:
    transport = Transport()
    valve = Valve(transport)
    transport.closing = True
    valve.set(BACKLOG, True)
    assert transport.acts == []


async def test_requests_and_answers_write_no_log_and_start_no_task(caplog: pytest.LogCaptureFixture) -> None:
    async with klamm(FakeCluster()) as stage:
        client = await Client.logged_in(stage.port)
        assert await client.works()
        caplog.clear()
        caplog.set_level("DEBUG", "klamm")
        tasks = asyncio.all_tasks()
        client.send(*(ask("Metadata", 9, number, topics=None) for number in range(50)))
        for _ in range(50):
            await client.receive()
        assert caplog.records == []
        assert asyncio.all_tasks() == tasks
        await client.close()
