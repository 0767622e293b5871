"""The broker side is no friend either: what it says wrong ends the pair, and nothing half or foreign is delivered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from klamm.proxy.conversation import Conversation
from klamm.wire.framing import frame
from tests.proxy.speech import Asked, answer, ask, read_answer
from tests.proxy.stage import Client, FakeCluster, Link, echo, klamm, until


def good(asked: Asked) -> bytes:
    topics = [{"error_code": 0, "name": "__vt_acme_orders", "partitions": []}]
    return answer("Metadata", asked.version, asked.correlation_id, brokers=[], topics=topics)


BAD_ANSWERS: dict[str, Any] = {
    "wrong correlation id": lambda asked: frame(b"\x7f" + good(asked)[1:]),
    "answer of another api": lambda asked: frame(answer("Heartbeat", 4, asked.correlation_id)),
    "garbage": lambda asked: frame(good(asked)[:4] + b"\xff" * 50),
    "no header": lambda asked: frame(b"\0"),
    "negative length": lambda asked: b"\xff\xff\xff\xff",
    "zero length": lambda asked: b"\0\0\0\0",
    "oversized": lambda asked: (2 * 1024 * 1024).to_bytes(4) + b"\0" * 1000,
    "HTTP": lambda asked: b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


@pytest.mark.parametrize("bad", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
async def test_a_bad_answer_ends_its_pair_and_nothing_is_delivered(bad: Any) -> None:
    async def script(asked: Asked, link: Link) -> bytes | None:
        if asked.correlation_id == 666:
            link.send_raw(bad(asked))
            return None
        return await echo(asked, link)

    cluster = FakeCluster()
    async with klamm(cluster, upstream_frame=1024 * 1024) as stage:
        cluster.script = script
        neighbour = await Client.logged_in(stage.port, "gus")
        client = await Client.logged_in(stage.port)
        client.send(ask("Metadata", 9, 666, topics=None))
        assert await client.rest() == b""
        assert await neighbour.works()
        assert stage.count("klamm_disconnects_total", cause="error") == 1
        assert stage.count("klamm_upstream_errors_total") == 1
        assert stage.holds_invariant()
        await neighbour.close()


async def test_an_answer_that_nobody_asked_for_reaches_nobody() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        assert await client.works()
        cluster.links[0].send(cluster.brokers[0].cluster._Metadata(cluster.brokers[0], cluster.asked[0]))
        assert await client.rest() == b""
        assert stage.count("klamm_upstream_errors_total", kind="unexpected") == 1


async def test_an_extra_frame_behind_an_answer_ends_the_pair_after_the_answer() -> None:
    async def script(asked: Asked, link: Link) -> None:
        link.send(good(asked), good(asked))

    cluster = FakeCluster()
    cluster.script = script
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        client.send(ask("Metadata", 9, 1, topics=None))
        assert int.from_bytes((await client.receive())[:4]) == 1
        assert await client.rest() == b""
        assert stage.holds_invariant()


@pytest.mark.parametrize("part", range(0, 101, 10))
async def test_a_broker_that_dies_in_the_middle_of_an_answer_leaves_no_part_of_it(part: int) -> None:
    async def script(asked: Asked, link: Link) -> None:
        whole = frame(good(asked))
        link.send_raw(frame(good(asked)) if asked.correlation_id == 1 else whole[: len(whole) * part // 101])
        if asked.correlation_id == 2:
            link.writer.close()

    cluster = FakeCluster()
    cluster.script = script
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        client.send(ask("Metadata", 9, 1, topics=None), ask("Metadata", 9, 2, topics=None))
        correlation_id, body = read_answer("Metadata", 9, await client.receive())
        assert (correlation_id, [row["name"] for row in body["topics"]]) == (1, ["orders"])
        assert await client.rest() == b""
        assert stage.count("klamm_disconnects_total", cause="upstream_closed") == 1
        assert stage.supervisor.buffered == 0


async def test_a_broker_that_is_cut_off_takes_only_its_own_pairs_with_it() -> None:
    cluster = FakeCluster(brokers=2)
    async with klamm(cluster) as stage:
        one, two = [await Client.logged_in(stage.port + node_id) for node_id in (1, 2)]
        assert await one.works()
        assert await two.works()
        await cluster.brokers[0].stop()
        assert await one.rest() == b""
        assert await two.works()
        assert stage.holds_invariant()
        await two.close()


async def test_a_port_always_leads_to_the_broker_it_stands_for() -> None:
    cluster = FakeCluster(brokers=3)
    async with klamm(cluster, ports=3) as stage:
        for node_id in (3, 1, 2):
            client = await Client.logged_in(stage.port + node_id)
            assert await client.works()
            assert [len(broker.links) for broker in cluster.brokers].count(1) == 1
            assert len(cluster.brokers[node_id - 1].links) == 1
            cluster.brokers[node_id - 1].links.clear()
            await client.close()


async def test_the_bootstrap_port_spreads_clients_and_goes_round_a_broker_that_is_down() -> None:
    cluster = FakeCluster(brokers=3)
    async with klamm(cluster, ports=3) as stage:
        clients = [await Client.logged_in(stage.port) for _ in range(6)]
        for client in clients:
            assert await client.works()
        assert [len(broker.links) for broker in cluster.brokers] == [2, 2, 2]
        await cluster.brokers[1].stop()
        clients += [await Client.logged_in(stage.port) for _ in range(4)]
        for client in clients[6:]:
            assert await client.works()
        for client in clients:
            await client.close()


async def test_a_client_that_leaves_takes_its_broker_connection_with_it_and_no_other() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        stays, leaves = [await Client.logged_in(stage.port) for _ in range(2)]
        assert await stays.works()
        assert await leaves.works()
        await leaves.close()
        await asyncio.wait_for(cluster.links[1].ended.wait(), 5)
        assert not cluster.links[0].ended.is_set()
        assert await stays.works()
        await stays.close()


async def test_a_client_that_has_said_all_still_gets_its_answers() -> None:
    release = asyncio.Event()

    async def script(asked: Asked, link: Link) -> bytes | None:
        await release.wait()
        return good(asked)

    cluster = FakeCluster()
    cluster.script = script
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        client.send(ask("Metadata", 9, 1, topics=None))
        client.writer.write_eof()
        await until(lambda: bool(cluster.asked))
        release.set()
        assert int.from_bytes((await client.receive())[:4]) == 1
        assert await client.rest() == b""
        assert stage.count("klamm_disconnects_total", cause="client_closed") == 1


async def test_what_a_client_sends_without_wanting_an_answer_arrives_although_it_is_gone() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        data = {"index": 0, "records": b"x" * 1000}
        topics = [{"name": "orders", "partition_data": [data]}]
        body = {"acks": 0, "timeout_ms": 1, "topic_data": topics}
        client.send(*(ask("Produce", 9, number, transactional_id=None, **body) for number in range(50)))
        await client.close()
        await until(lambda: len(cluster.asked) == 50)
        assert [asked.correlation_id for asked in cluster.asked] == list(range(50))
        assert {asked["topic_data"][0]["name"] for asked in cluster.asked} == {"__vt_acme_orders"}


async def test_requests_without_answers_between_others_shift_nothing() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        silent = {"acks": 0, "timeout_ms": 1, "topic_data": [{"name": "orders", "partition_data": []}]}
        for number in range(0, 30, 2):
            client.send(ask("Produce", 9, number, transactional_id=None, **silent))
            client.send(ask("Metadata", 9, number + 1, topics=None))
        assert [int.from_bytes((await client.receive())[:4]) for _ in range(15)] == list(range(1, 30, 2))
        await client.close()


async def test_answers_given_here_keep_their_place_between_the_brokers() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        for number in range(0, 40, 2):
            client.send(ask("Metadata", 9, number, topics=None))
            client.send(ask("AddPartitionsToTxn", 4, number + 1, transactions=[]))
        assert [int.from_bytes((await client.receive())[:4]) for _ in range(40)] == list(range(40))
        assert {asked.name for asked in cluster.asked} == {"Metadata"}
        await client.close()


async def test_two_tenants_on_one_broker_get_their_own_answers_only() -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        acme, globex = await Client.logged_in(stage.port), await Client.logged_in(stage.port, "gus")
        for number in range(20):
            for client in (acme, globex):
                client.send(ask("Metadata", 9, number, topics=None))
        for _ in range(20):
            for client, other in ((acme, b"globex"), (globex, b"acme")):
                got = await client.receive()
                assert [row["name"] for row in read_answer("Metadata", 9, got)[1]["topics"]] == ["orders"]
                assert other not in got
                assert b"__vt_" not in got
        await acme.close()
        await globex.close()


async def test_a_defect_in_a_frames_handling_closes_its_pair_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = FakeCluster()
    async with klamm(cluster) as stage:
        neighbour = await Client.logged_in(stage.port)
        client = await Client.logged_in(stage.port)
        real = Conversation._answered

        def broken(talk: Conversation, payload: bytes) -> None:
            monkeypatch.setattr(Conversation, "_answered", real)
            raise KeyError("a defect")

        monkeypatch.setattr(Conversation, "_answered", broken)
        client.send(ask("Metadata", 9, 1, topics=None))
        assert await client.rest() == b""
        assert await neighbour.works()
        assert "a defect" in caplog.text
        assert stage.count("klamm_disconnects_total", cause="error") == 1
        await neighbour.close()
