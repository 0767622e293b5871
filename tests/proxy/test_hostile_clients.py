"""From the attacker's chair, on a socket: whatever a client sends, it hurts nobody but itself."""

import tracemalloc

import pytest

from klamm.wire.framing import frame
from tests.proxy.speech import ask, plain_login, read_answer
from tests.proxy.stage import Client, FakeCluster, klamm, logged, until

HELLO = bytes.fromhex("16030100c8010000c40303") + b"\x11" * 200

BAD_BYTES = {
    "negative length": b"\xff\xff\xff\xff",
    "most negative length": b"\x80\0\0\0",
    "zero length": b"\0\0\0\0",
    "huge length": b"\x7f\xff\xff\xff",
    "one byte more than a login may have": (512 * 1024 + 1).to_bytes(4),
    "shorter than a header": frame(b"\0\x12\0"),
    "TLS hello": HELLO,
    "HTTP": b"GET / HTTP/1.1\r\nHost: klamm\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.7\r\n",
    "produce before login": frame(ask("Produce", 9, 1, acks=1, timeout_ms=1, topic_data=[])),
    "unknown key": frame(b"\x03\xe8\0\0\0\0\0\1\xff\xff"),
    "unknown version": frame(b"\0\x11\0\x09\0\0\0\1\xff\xff"),
    "tag bomb": frame(b"\0\x12\0\x03\0\0\0\1\xff\xff\xff\xff\xff\xff\x0f" + b"\0" * 60_000),
    "varint bomb": frame(b"\0\x12\0\x03\0\0\0\1\xff\xff" + b"\xff" * 400_000),
}


def closings(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [record.klamm for record in caplog.records if record.getMessage() == "client disconnected"]


@pytest.mark.parametrize("data", BAD_BYTES.values(), ids=BAD_BYTES)
async def test_bad_bytes_before_login_close_that_connection_alone(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "klamm")
    async with klamm(FakeCluster()) as stage:
        neighbour = await Client.logged_in(stage.port)
        attacker = await Client.connect(stage.port)
        attacker.send_raw(data)
        assert await attacker.rest() == b""
        assert await neighbour.works()
        assert [it["cause"] for it in closings(caplog)] == ["malformed"]
        assert stage.count("klamm_malformed_frames_total", stage="login") == 1
        assert stage.count("klamm_disconnects_total", cause="malformed") == 1
        assert stage.holds_invariant()
        await neighbour.close()


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\x7f\xff\xff\xff",
        (1024 * 1024 + 1).to_bytes(4),
        frame(b"\0\x03\0\x09\0\0"),
        frame(ask("Metadata", 9, 1, topics=None)[:-1]),
        frame(b"\x03\xe8\0\0\0\0\0\1\xff\xff"),
        HELLO,
    ],
    ids=["negative", "zero", "huge", "above the limit", "short", "cut body", "unknown key", "TLS hello"],
)
async def test_bad_bytes_after_login_close_the_pair_alone_and_reach_no_broker(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "klamm")
    cluster = FakeCluster()
    async with klamm(cluster, frame=1024 * 1024) as stage:
        neighbour = await Client.logged_in(stage.port)
        attacker = await Client.logged_in(stage.port, "gus")
        assert await attacker.works()
        attacker.send_raw(data)
        assert await attacker.rest() == b""
        assert await neighbour.works()
        assert [it["cause"] for it in closings(caplog)] == ["malformed"]
        assert stage.count("klamm_malformed_frames_total", stage="ready") == 1
        assert [asked.name for asked in cluster.asked] == ["Metadata", "Metadata"]
        assert stage.holds_invariant()
        await neighbour.close()


async def test_a_length_is_judged_before_anything_is_collected() -> None:
    async with klamm(FakeCluster()) as stage:
        attackers = [await Client.connect(stage.port) for _ in range(50)]
        tracemalloc.start()
        for attacker in attackers:
            attacker.send_raw(b"\x7f\xff\xff\xff")
        for attacker in attackers:
            assert await attacker.rest() == b""
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 * 1024 * 1024
        assert stage.supervisor.buffered == 0


async def test_a_frame_begun_and_never_finished_holds_only_what_was_sent() -> None:
    async with klamm(FakeCluster(), login_timeout=0.5) as stage:
        slow = [await Client.connect(stage.port) for _ in range(20)]
        for client in slow:
            client.send_raw(b"\0\0\0")
        for client in slow:
            assert await client.rest() == b""
        assert stage.count("klamm_disconnects_total", cause="login_timeout") == 20
        assert stage.holds_invariant()


async def test_a_client_that_says_nothing_is_closed_when_its_time_to_log_in_is_over() -> None:
    async with klamm(FakeCluster(), login_timeout=0.05) as stage:
        client = await Client.connect(stage.port)
        assert await client.rest() == b""
        assert stage.count("klamm_disconnects_total", cause="login_timeout") == 1


async def test_a_wrong_password_gets_58_and_then_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "klamm")
    cluster = FakeCluster()
    async with klamm(cluster, auth_failure_delay=0.05) as stage:
        client = await Client.connect(stage.port)
        client.send(*plain_login("alice", "wrong"), ask("Metadata", 9, 3, topics=None))
        assert read_answer("SaslHandshake", 1, await client.receive())[1]["error_code"] == 0
        correlation_id, body = read_answer("SaslAuthenticate", 1, await client.receive())
        assert (correlation_id, body["error_code"]) == (2, 58)
        assert await client.rest() == b""
        assert [it["cause"] for it in closings(caplog)] == ["auth_failed"]
        assert stage.count("klamm_auth_total", outcome="failure") == 1
        assert cluster.links == []
        assert "wrong" not in logged(caplog.records)


async def test_while_a_refusal_waits_others_are_served() -> None:
    async with klamm(FakeCluster(), auth_failure_delay=30.0) as stage:
        losers = [await Client.connect(stage.port) for _ in range(10)]
        for loser in losers:
            loser.send(*plain_login("alice", "wrong"))
            await loser.receive()
        client = await Client.logged_in(stage.port)
        assert await client.works()
        await client.close()
        for loser in losers:
            await loser.close()


async def test_a_login_by_bare_tokens_works_on_a_socket_too() -> None:
    async with klamm(FakeCluster()) as stage:
        client = await Client.connect(stage.port)
        client.send(ask("SaslHandshake", 0, 1, mechanism="PLAIN"))
        assert read_answer("SaslHandshake", 0, await client.receive())[1]["error_code"] == 0
        client.send_raw(frame(b"\0alice\0secret"))
        assert await client.receive() == b""
        assert await client.works()
        await client.close()


async def test_more_connections_than_allowed_are_turned_away_and_the_others_stay(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "klamm")
    async with klamm(FakeCluster(), max_connections=3) as stage:
        inside = [await Client.logged_in(stage.port) for _ in range(3)]
        for _ in range(10):
            assert await (await Client.connect(stage.port)).rest() == b""
        assert all([await client.works() for client in inside])
        assert stage.count("klamm_disconnects_total", cause="limit") == 10
        assert stage.holds_invariant()
        assert len(closings(caplog)) < 10
        await inside.pop().close()
        await until(lambda: stage.supervisor.connections == 2)
        again = await Client.logged_in(stage.port)
        assert await again.works()
        for client in [again, *inside]:
            await client.close()
