"""Finding the cluster and keeping up with it, whatever state it is in."""

from __future__ import annotations

from typing import Any

import pytest

from klamm.observe import logs
from klamm.proxy.cluster import Broker, Snapshot
from klamm.proxy.scout import Scout
from tests.ports import free_block
from tests.proxy.playbook import CLUSTER_ID, EVERYTHING
from tests.proxy.speech import Asked, ask, read_answer
from tests.proxy.stage import Client, FakeCluster, klamm, logged, until

LOG = logs.get("proxy")


def scout(cluster: FakeCluster, timeout: float = 5.0) -> Scout:
    addresses = [("127.0.0.1", broker.port) for broker in cluster.brokers]
    return Scout(addresses, timeout, lambda: None, LOG)


async def test_all_brokers_are_found_and_asked_what_they_speak() -> None:
    cluster = FakeCluster(brokers=3)
    cluster.brokers[1].versions = {3: (0, 9)}
    await cluster.start()
    looking = scout(cluster)
    seen = await looking.look(None)
    assert (seen.cluster_id, sorted(seen.brokers)) == (CLUSTER_ID, [1, 2, 3])
    assert seen.brokers[1].versions == EVERYTHING
    assert seen.brokers[2].versions == {3: (0, 9)}
    assert seen.brokers[3].port == cluster.brokers[2].port
    assert await looking.look(seen) == seen
    looking.close()
    await cluster.stop()


@pytest.mark.parametrize("newest", [0, 2, 3, 4])
async def test_a_broker_that_does_not_know_our_api_versions_is_asked_in_an_older_one(newest: int) -> None:
    cluster = FakeCluster()
    cluster.brokers[0].newest_api_versions = newest
    await cluster.start()
    looking = scout(cluster)
    assert (await looking.look(None)).brokers[1].versions == EVERYTHING
    looking.close()
    await cluster.stop()


async def test_a_broker_that_is_down_keeps_what_it_spoke_before() -> None:
    cluster = FakeCluster(brokers=2)
    await cluster.start()
    looking = scout(cluster)
    before = await looking.look(None)
    await cluster.brokers[1].stop()
    assert await looking.look(before) == before
    looking.close()
    await cluster.stop()


HOSTILE: dict[str, Any] = {
    "no brokers": {"brokers": []},
    "two brokers with one id": {"brokers": [{"node_id": 1, "host": "127.0.0.1", "port": 9092}] * 2},
    "a port that is none": {"brokers": [{"node_id": 1, "host": "127.0.0.1", "port": 70_000}]},
    "a negative port": {"brokers": [{"node_id": 1, "host": "127.0.0.1", "port": -1}]},
    "a negative id": {"brokers": [{"node_id": -5, "host": "127.0.0.1", "port": 9092}]},
    "a host that is none": {"brokers": [{"node_id": 1, "host": "a b\n", "port": 9092}]},
    "an empty host": {"brokers": [{"node_id": 1, "host": "", "port": 9092}]},
    "too many": {"brokers": [{"node_id": number, "host": "127.0.0.1", "port": 9092} for number in range(2000)]},
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
async def test_a_cluster_that_makes_no_sense_is_not_believed_but_tried_again(body: dict[str, Any]) -> None:
    cluster = FakeCluster()
    cluster.metadata_override = body
    async with klamm(cluster, wait=False) as stage:
        await until(lambda: stage.count("klamm_upstream_errors_total", kind="control") > 0)
        assert not stage.supervisor.ready.is_set()
        cluster.metadata_override = {}
        await stage.supervisor.ready.wait()


@pytest.mark.parametrize(
    "data", [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"HTTP/1.1 400\r\n", b"\0\0\0\5abcde", b""]
)
async def test_bytes_that_are_no_answer_are_survived(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = FakeCluster()
    broker = cluster.brokers[0]
    real = cluster.own
    bad = [True]

    def own(to: object, asked: Asked) -> bytes | None:
        if not bad[0]:
            return real(broker, asked)
        broker.own_links[-1].send_raw(data)
        broker.own_links[-1].writer.close()
        return None

    monkeypatch.setattr(cluster, "own", own)
    async with klamm(cluster, wait=False) as stage:
        await until(lambda: stage.count("klamm_upstream_errors_total", kind="control") > 0)
        bad[0] = False
        await stage.supervisor.ready.wait()
        client = await Client.logged_in(stage.port)
        assert await client.works()
        await client.close()


async def test_a_cluster_that_is_down_at_the_start_is_served_when_it_is_there(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cluster = FakeCluster()
    cluster.brokers[0].port = free_block()
    start, cluster.start = cluster.start, _nothing
    async with klamm(cluster, wait=False) as stage:
        early = await Client.connect(stage.port)
        early.send(ask("ApiVersions", 0, 1))
        await until(lambda: stage.count("klamm_upstream_errors_total", kind="control") > 1)
        assert "cannot be reached" in caplog.text
        await start()
        assert read_answer("ApiVersions", 0, await early.receive())[1]["error_code"] == 0
        late = await Client.logged_in(stage.port)
        assert await late.works()
        await early.close()
        await late.close()


async def _nothing() -> None:
    return


async def test_a_client_waits_for_an_unknown_cluster_only_so_long() -> None:
    cluster = FakeCluster()
    cluster.brokers[0].port = free_block()
    cluster.start = _nothing
    async with klamm(cluster, wait=False, connect_timeout=0.1) as stage:
        asks, logs_in = await Client.connect(stage.port), await Client.logged_in(stage.port)
        asks.send(ask("ApiVersions", 0, 1))
        assert await asks.rest() == b""
        assert await logs_in.rest() == b""
        assert stage.count("klamm_disconnects_total", cause="upstream_closed") == 2
        assert stage.holds_invariant()


async def test_a_port_without_a_broker_closes_after_the_time_to_connect() -> None:
    async with klamm(FakeCluster(), connect_timeout=0.1) as stage:
        client = await Client.logged_in(stage.port + 2)
        assert await client.rest() == b""


async def test_pairs_of_a_broker_that_offers_less_than_was_told_end_and_others_stay() -> None:
    cluster = FakeCluster(brokers=2)
    async with klamm(cluster) as stage:
        one, two = [await Client.logged_in(stage.port + node_id) for node_id in (1, 2)]
        assert await one.works()
        assert await two.works()
        cluster.brokers[0].versions[3] = (0, 5)
        stage.supervisor._topology.suspect()
        assert await one.rest() == b""
        assert await two.works()
        again = await Client.connect(stage.port + 1)
        again.send(ask("ApiVersions", 0, 1))
        rows = read_answer("ApiVersions", 0, await again.receive())[1]["api_keys"]
        assert [row["max_version"] for row in rows if row["api_key"] == 3] == [5]
        await again.close()
        await two.close()


def test_what_counts_as_offering_less() -> None:
    def cluster(**versions: tuple[int, int]) -> Snapshot:
        return Snapshot("c", {1: Broker(1, "kafka", 9092, {int(key[1:]): it for key, it in versions.items()})})

    before = cluster(k3=(0, 9))
    assert cluster(k3=(0, 8)).shrunk_since(before) == {1}
    assert cluster(k3=(1, 9)).shrunk_since(before) == {1}
    assert cluster(k1=(0, 9)).shrunk_since(before) == {1}
    assert cluster(k3=(0, 10), k1=(0, 0)).shrunk_since(before) == frozenset()
    assert cluster().shrunk_since(before) == frozenset()


async def test_a_new_broker_is_found_when_somebody_asks_for_it() -> None:
    cluster = FakeCluster(brokers=2)
    hidden = cluster.brokers.pop()
    async with klamm(cluster) as stage:
        await hidden.start()
        cluster.brokers.append(hidden)
        client = await Client.logged_in(stage.port + 2)
        assert await client.works()
        assert len(hidden.links) == 1
        await client.close()


async def test_klamm_logs_in_upstream_before_anything_is_forwarded() -> None:
    cluster = FakeCluster(sasl=("klamm", "klamm-secret"))
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        assert await client.works()
        assert [asked.name for asked in cluster.asked] == ["Metadata"]
        await client.close()


async def test_a_login_upstream_that_fails_says_where_to_look_and_serves_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cluster = FakeCluster(sasl=("klamm", "another"))
    async with klamm(cluster, wait=False, connect_timeout=0.2) as stage:
        client = await Client.logged_in(stage.port)
        assert await client.rest() == b""
        assert "upstream.sasl" in logged(caplog.records)
        assert "klamm-secret" not in logged(caplog.records)


async def test_a_pair_ends_between_requests_before_its_login_upstream_runs_out() -> None:
    cluster = FakeCluster(sasl=("klamm", "klamm-secret"))
    cluster.lifetime_ms = 100
    async with klamm(cluster) as stage:
        client = await Client.logged_in(stage.port)
        assert await client.works()
        assert await client.rest() == b""
        assert stage.count("klamm_disconnects_total", cause="upstream_closed") == 1


async def test_a_broker_that_does_not_answer_the_login_is_given_up() -> None:
    cluster = FakeCluster(sasl=("klamm", "klamm-secret"))
    async with klamm(cluster, connect_timeout=0.2) as stage:
        broker = cluster.brokers[0]

        def silent(to: object, asked: Asked) -> bytes | None:
            return None

        cluster.own = silent
        client = await Client.logged_in(stage.port)
        assert await client.rest() == b""
        assert [link.ended.is_set() for link in broker.links] == [True]
