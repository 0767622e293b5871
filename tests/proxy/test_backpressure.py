"""Whoever is slow makes its own partner wait; what Klamm holds for it is bounded all the while."""

from __future__ import annotations

import asyncio
from typing import Any

from klamm.wire.framing import frame
from tests.proxy.speech import Asked, answer, ask
from tests.proxy.stage import Client, FakeCluster, Link, Stage, klamm, until

MIB = 1024 * 1024
HIGH_WATER = 128 * 1024


def fetch(correlation_id: int) -> bytes:
    topics = [{"topic": "orders", "partitions": [{"partition": 0, "fetch_offset": 0, "partition_max_bytes": MIB}]}]
    return ask("Fetch", 4, correlation_id, replica_id=-1, max_wait_ms=1, min_bytes=1, topics=topics)


def produce(correlation_id: int, size: int, acks: int = 1) -> bytes:
    topics = [{"name": "orders", "partition_data": [{"index": 0, "records": b"r" * size}]}]
    return ask("Produce", 8, correlation_id, transactional_id=None, acks=acks, timeout_ms=1, topic_data=topics)


def records(size: int) -> Any:
    async def script(asked: Asked, link: Link) -> bytes:
        partitions = [{"partition_index": 0, "records": bytes([asked.correlation_id % 256]) * size}]
        responses = [{"topic": "__vt_acme_orders", "partitions": partitions}]
        return answer("Fetch", 4, asked.correlation_id, responses=responses)

    return script


def held_for_clients(stage: Stage) -> int:
    return sum(member._transport.get_write_buffer_size() for member in stage.supervisor._service.members)


def held_for_brokers(stage: Stage) -> int:
    pairs = [member._broker for member in stage.supervisor._service.members]
    return sum(pair._transport.get_write_buffer_size() for pair in pairs if pair is not None)


async def quiet(measure: Any) -> int:
    """Waits until what is measured stops changing, and returns it."""
    last, same = -1, 0
    while same < 20:
        now = measure()
        same = same + 1 if now == last else 0
        last = now
        await asyncio.sleep(0.01)
    return last


async def test_a_client_that_does_not_read_stops_the_reading_of_its_broker() -> None:
    cluster = FakeCluster()
    cluster.script = records(MIB)
    async with klamm(cluster, write_high_water=HIGH_WATER) as stage:
        client = await Client.logged_in(stage.port, receive_buffer=64 * 1024)
        client.reader._transport.pause_reading()
        client.send(*map(fetch, range(40)))
        await until(lambda: bool(cluster.links))
        waiting = await quiet(
            lambda: cluster.links[0].writer.transport.get_write_buffer_size() + held_for_clients(stage)
        )
        assert waiting > 10 * MIB
        assert held_for_clients(stage) < 3 * MIB
        assert stage.supervisor.buffered < 3 * MIB
        other = await Client.logged_in(stage.port, "gus")
        assert stage.holds_invariant()
        client.reader._transport.resume_reading()
        got = [await client.receive() for _ in range(40)]
        assert [int.from_bytes(it[:4]) for it in got] == list(range(40))
        assert all(it.count(bytes([number])) >= MIB for number, it in enumerate(got))
        await until(lambda: stage.supervisor.buffered == 0)
        await client.close()
        await other.close()


async def test_a_broker_that_does_not_read_stops_the_reading_of_its_client() -> None:
    cluster = FakeCluster()
    held = asyncio.Event()

    async def script(asked: Asked, link: Link) -> bytes:
        await held.wait()
        return answer("Produce", 8, asked.correlation_id, responses=[])

    cluster.script = script
    async with klamm(cluster, write_high_water=HIGH_WATER) as stage:
        client = await Client.logged_in(stage.port)
        client.send(*(produce(number, MIB) for number in range(40)))
        waiting = await quiet(lambda: client.writer.transport.get_write_buffer_size() + held_for_brokers(stage))
        assert waiting > 10 * MIB
        assert held_for_brokers(stage) < 3 * MIB
        assert stage.supervisor.buffered < 3 * MIB
        held.set()
        assert [int.from_bytes((await client.receive())[:4]) for _ in range(40)] == list(range(40))
        await client.close()


async def test_requests_without_answers_are_held_back_by_a_slow_broker_too() -> None:
    cluster = FakeCluster()
    held = asyncio.Event()

    async def script(asked: Asked, link: Link) -> None:
        await held.wait()

    cluster.script = script
    async with klamm(cluster, write_high_water=HIGH_WATER) as stage:
        client = await Client.logged_in(stage.port)
        client.send(*(produce(number, 1000, acks=0) for number in range(30_000)))
        waiting = await quiet(lambda: client.writer.transport.get_write_buffer_size() + held_for_brokers(stage))
        assert waiting > 10 * MIB
        assert held_for_brokers(stage) < MIB
        held.set()
        await until(lambda: len(cluster.asked) == 30_000)
        assert [asked.correlation_id for asked in cluster.asked] == list(range(30_000))
        await client.close()


async def test_a_client_that_asks_and_never_reads_is_not_read_either() -> None:
    async with klamm(FakeCluster(), write_high_water=HIGH_WATER) as stage:
        client = await Client.logged_in(stage.port, receive_buffer=64 * 1024)
        client.reader._transport.pause_reading()
        client.send(*(ask("ApiVersions", 0, number) for number in range(100_000)))
        await quiet(lambda: client.writer.transport.get_write_buffer_size() + held_for_clients(stage))
        assert held_for_clients(stage) < MIB
        client.reader._transport.resume_reading()
        for number in range(100_000):
            assert int.from_bytes((await client.receive())[:4]) == number
        await client.close()


async def test_no_more_requests_than_allowed_are_with_the_broker_at_once() -> None:
    cluster = FakeCluster()
    pending: list[Asked] = []
    most = 0

    async def script(asked: Asked, link: Link) -> None:
        nonlocal most
        pending.append(asked)
        most = max(most, len(pending))
        if len(pending) == 8:
            await asyncio.sleep(0.01)
            link.send(*(answer("Metadata", 9, it.correlation_id, brokers=[], topics=[]) for it in pending))
            pending.clear()

    cluster.script = script
    async with klamm(cluster, in_flight=8) as stage:
        client = await Client.logged_in(stage.port)
        client.send(*(ask("Metadata", 9, number, topics=None) for number in range(400)))
        assert [int.from_bytes((await client.receive())[:4]) for _ in range(400)] == list(range(400))
        assert most == 8
        await client.close()


async def test_large_frames_wait_for_room_and_all_arrive() -> None:
    cluster = FakeCluster()

    async def script(asked: Asked, link: Link) -> bytes:
        return answer("Produce", 8, asked.correlation_id, responses=[])

    cluster.script = script
    async with klamm(cluster, buffered_total=3 * MIB, frame=2 * MIB, upstream_frame=2 * MIB) as stage:
        clients = [await Client.logged_in(stage.port, user) for user in ("alice", "gus") * 4]
        whole = frame(produce(7, MIB))
        for client in clients:
            client.send_raw(whole[:1000])
        budget = stage.supervisor._service.budget
        await until(lambda: budget.waiting == 6)
        assert MIB < budget.used <= 3 * MIB
        small = await Client.logged_in(stage.port)
        small.send(produce(1, 1000))
        assert int.from_bytes((await small.receive())[:4]) == 1
        for client in clients:
            client.send_raw(whole[1000:])
        for client in clients:
            assert int.from_bytes((await client.receive())[:4]) == 7
            assert budget.used <= 3 * MIB
        assert (budget.used, budget.waiting) == (0, 0)
        sizes = {len(asked["topic_data"][0]["partition_data"][0]["records"]) for asked in cluster.asked}
        assert sizes == {1000, MIB}
        for client in [small, *clients]:
            await client.close()


async def test_one_clients_large_frames_one_after_the_other_do_not_wait_for_each_other_for_ever() -> None:
    cluster = FakeCluster()

    async def script(asked: Asked, link: Link) -> bytes:
        if asked.name == "Fetch":
            return await records(900_000)(asked, link)
        return answer("Produce", 8, asked.correlation_id, responses=[])

    cluster.script = script
    async with klamm(cluster, buffered_total=2 * MIB, frame=2 * MIB, upstream_frame=2 * MIB) as stage:
        client = await Client.logged_in(stage.port)
        client.send(*(produce(number, 900_000) if number % 2 else fetch(number) for number in range(20)))
        assert [int.from_bytes((await client.receive())[:4]) for _ in range(20)] == list(range(20))
        assert stage.supervisor.buffered == 0
        await client.close()


async def test_a_client_that_leaves_in_the_middle_of_a_large_frame_gives_its_room_back() -> None:
    async with klamm(FakeCluster(), buffered_total=2 * MIB, frame=2 * MIB, upstream_frame=2 * MIB) as stage:
        first, second = await Client.logged_in(stage.port), await Client.logged_in(stage.port, "gus")
        whole = frame(produce(7, MIB + MIB // 2))
        first.send_raw(whole[:1000])
        await until(lambda: stage.supervisor.buffered > MIB)
        second.send_raw(whole)
        await until(lambda: stage.supervisor._service.budget.waiting == 1)
        await first.close()
        assert int.from_bytes((await second.receive())[:4]) == 7
        await second.close()
        await until(lambda: stage.supervisor.buffered == 0)


async def test_everything_that_was_large_arrives_unchanged_in_both_directions() -> None:
    cluster = FakeCluster()
    seen: list[bytes] = []

    async def script(asked: Asked, link: Link) -> bytes:
        if asked.name == "Fetch":
            return await records(3 * MIB)(asked, link)
        seen.append(asked["topic_data"][0]["partition_data"][0]["records"])
        return answer("Produce", 8, asked.correlation_id, responses=[])

    cluster.script = script
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        client.send(produce(1, 5 * MIB), fetch(2), produce(3, 70_000), fetch(4))
        got = [await client.receive() for _ in range(4)]
        assert [int.from_bytes(it[:4]) for it in got] == [1, 2, 3, 4]
        assert seen == [b"r" * 5 * MIB, b"r" * 70_000]
        assert got[1].count(b"\x02" * MIB) == 3
        await client.close()
