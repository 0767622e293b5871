"""Clients that begin with ApiVersions 5, which no broker here knows: they are led down, and then served like others."""

from struct import unpack_from

from protocol_tables import registry
from tests.clients.console import Console
from tests.clients.front import Front, Tenant, at_once
from tests.clients.go_client import run_franz_go
from tests.clients.newest_java import JAVA_4_4
from tests.recorder import Tape, frames

API_VERSIONS = 18
UNSUPPORTED_VERSION = 35


def test_kafka_4_4s_java_client_produces_and_consumes(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        tools, values = Console(JAVA_4_4, tenant.access), tenant.values(4)
        tools.run("kafka-console-producer", "--topic newest-java", lines=values)
        read = "--topic newest-java --group crew-newest --from-beginning --max-messages 4 --timeout-ms 45000"
        assert sorted(tools.run("kafka-console-consumer", read).lines) == sorted(values)

    before = len(front.recorder.tapes)
    at_once(front.pair, use)
    assert_began_with_version_5(front, front.recorder.tapes[before:])


def test_franz_go_produces_and_consumes(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        values = tenant.values(4)
        assert sorted(run_franz_go(tenant.access, "newest-go", "crew-newest-go", values)) == sorted(values)

    before = len(front.recorder.tapes)
    at_once(front.pair, use)
    assert_began_with_version_5(front, front.recorder.tapes[before:])


def assert_began_with_version_5(front: Front, tapes: list[Tape]) -> None:
    """Assert that both tenants' clients asked for ApiVersions 5 and that each answer was one that clients can read."""
    asked = {tenant.name: 0 for tenant in front.pair}
    for tape in tapes:
        requests, answers = frames(tape.sent), frames(tape.received)
        for request, answer in zip(requests, answers, strict=False):
            key, version, correlation_id = unpack_from(">hhi", request)
            if (key, version) == (API_VERSIONS, 5):
                assert unpack_from(">i", answer) == (correlation_id,)
                assert_readable(answer[4:])
                asked[tape.tenant] += 1
    assert all(asked.values()), f"not everybody asked for ApiVersions 5: {asked}"


def assert_readable(body: bytes) -> None:
    """Assert that an answer to ApiVersions 5 is in that version's layout, or says error 35 in version 0's."""
    api = registry.BY_KEY[API_VERSIONS]
    (code,) = unpack_from(">h", body)
    assert code in (0, UNSUPPORTED_VERSION)
    answer = api.response(0 if code else 5).parse(body)
    (own,) = [it for it in answer["api_keys"] if it["api_key"] == API_VERSIONS]
    assert own["max_version"] >= (0 if code else 5)
