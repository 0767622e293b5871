"""A listener set that is bound to a tenant lets clients in without a login, and gives them that tenant's cluster."""

from contextlib import closing

import pytest

from tests.clients.aiokafka_family import Aiokafka
from tests.clients.confluent_family import ConfluentKafka
from tests.clients.console import Console
from tests.clients.family import Family
from tests.clients.front import Front, Tenant, at_once
from tests.clients.go_client import run_franz_go
from tests.clients.kafka_python_family import KafkaPython
from tests.clients.steps import read_and_commit
from tests.clients.truth import truth_of

FAMILIES = (ConfluentKafka(), Aiokafka(), KafkaPython())


def unknown_visitors(front: Front) -> tuple[Tenant, Tenant]:
    """Return acme and globex as they come in without a login."""
    return front.anonymous("acme"), front.anonymous("globex")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_library_works_without_a_login(front: Front, family: Family) -> None:
    topic, group = f"open-{family.name}", f"crew-open-{family.name}"

    def use(tenant: Tenant) -> None:
        access, values = tenant.access, tenant.values(5)
        assert family.brokers(access) <= front.addresses(tenant.name)
        family.create_topic(access, topic)
        family.produce(access, topic, values)
        with closing(family.member(access, topic, group)) as member:
            received = read_and_commit(member, values)
            assert sorted(message.value for message in received) == sorted(values)
        assert group in family.list_groups(access)
        # It is the same cluster that those with a login see.
        assert sorted(family.read(front.tenants[tenant.name].access, topic)) == sorted(values)

    at_once(unknown_visitors(front), use)
    assert {f"__vt_acme_{topic}", f"__vt_globex_{topic}"} <= truth_of(front).topics


def test_console_tools_and_franz_go_work_without_a_login(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        tools, values = Console(front.cluster.release, tenant.access), tenant.values(3)
        tools.run("kafka-console-producer", "--topic open-tools", lines=values)
        read = "--topic open-tools --group crew-open --from-beginning --max-messages 3 --timeout-ms 45000"
        assert sorted(tools.run("kafka-console-consumer", read).lines) == sorted(values)
        values = tenant.values(3)
        assert sorted(run_franz_go(tenant.access, "open-go", "crew-open-go", values)) == sorted(values)

    at_once(unknown_visitors(front), use)
