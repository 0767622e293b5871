"""What breaks and comes back behind the tenants' backs."""

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import closing, suppress

import pytest

from tests.clients.aiokafka_family import Aiokafka
from tests.clients.confluent_family import ConfluentKafka
from tests.clients.family import Family, Refusal, until
from tests.clients.front import Front, Tenant, at_once
from tests.clients.group_run import GroupRun
from tests.clients.kafka_python_family import KafkaPython
from tests.clients.steps import read_and_commit
from tests.clients.truth import truth_of
from tests.kafka import KafkaCluster

FAMILIES: tuple[Family, ...] = (ConfluentKafka(), Aiokafka(), KafkaPython())
STOPPED = 2


@pytest.fixture
def front(breakable_kafka: KafkaCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A Klamm of the test's own, in front of brokers that may be stopped."""
    front = Front(breakable_kafka, tmp_path_factory.mktemp("klamm"))
    front.start()
    try:
        yield front
    finally:
        front.stop()


class Users:
    """One tenant's consumer and its messages, with one library."""

    def __init__(self, tenant: Tenant, family: Family) -> None:
        self.tenant, self.family = tenant, family
        self.topic = f"lasting-{family.name}"
        family.create_topic(tenant.access, self.topic, partitions=3, replicas=3)
        self.run = GroupRun(lambda: family.member(tenant.access, self.topic, f"crew-{family.name}"))
        self.run.grow(1)

    def exchange(self, what: str) -> None:
        """Produce some messages, again if it has to be, and wait until the consumer has them."""
        values = self.tenant.values(5, what)

        def produced() -> bool:
            try:
                self.family.produce(self.tenant.access, self.topic, values)
            except Refusal:
                return False
            return True

        until(f"{self.tenant.name} produces {what} the stop by {self.family.name}", produced)
        self.run.await_all(values)


def test_clients_of_both_tenants_live_through_a_brokers_restart(front: Front, breakable_kafka: KafkaCluster) -> None:
    users = at_once_for_all(front)
    try:
        exchange(users, "before")
        breakable_kafka.stop_broker(STOPPED)
        try:
            exchange(users, "during")
        finally:
            with front.watch.looking_away():
                breakable_kafka.start_broker(STOPPED)
        exchange(users, "after")
    finally:
        for user in users:
            user.run.close()
    for user in users:
        assert all(user.tenant.marker in value for value in user.run.received)
    # Clients find the broker that was away, at its own address, once it leads again.
    for family in FAMILIES:
        assert len(family.brokers(front.pair[0].access)) == 3


def at_once_for_all(front: Front) -> list[Users]:
    """Return a consumer of each library for both tenants."""
    by_tenant = at_once(front.pair, lambda tenant: [Users(tenant, family) for family in FAMILIES])
    return [user for users in by_tenant for user in users]


def exchange(users: list[Users], what: str) -> None:
    """Let all users exchange messages, both tenants at the same time."""

    def of(tenant: Tenant) -> None:
        for user in users:
            if user.tenant == tenant:
                user.exchange(what)

    at_once((users[0].tenant, users[-1].tenant), of)


def test_sigterm_ends_klamm_cleanly_while_clients_are_connected(front: Front) -> None:
    acme = front.tenants["acme"]
    values = acme.values(3)
    ConfluentKafka().produce(acme.access, "until-the-end", values)
    members = [family.member(acme.access, "until-the-end", f"last-{family.name}") for family in FAMILIES]
    for member in members:
        read_and_commit(member, values)
    try:
        assert front.klamm.stop() == 0
        log = front.klamm.log()
        assert "stopped" in log.splitlines()[-1]
        assert "Traceback" not in log
    finally:
        front.klamm.start()
        for member in members:
            # aiokafka cancels its own leaving when it has just lost its coordinator; all the same it is gone then.
            with suppress(CancelledError):
                member.close()


def test_a_cluster_that_comes_after_klamm_is_served(
    kafka_sasl: KafkaCluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also the one run where Klamm itself logs in at the brokers."""
    kafka_sasl.stop_broker(1)
    front = Front(kafka_sasl, tmp_path_factory.mktemp("klamm"))
    front.start()
    try:
        until("Klamm notices that there is no cluster", lambda: "cannot be reached" in front.klamm.log())
        with front.watch.looking_away():
            kafka_sasl.start_broker(1)
        for family in FAMILIES:
            at_once(front.pair, lambda tenant, family=family: use_all(family, tenant))
        truth = truth_of(front)
        assert {"__vt_acme_behind-sasl-aiokafka", "__vt_globex_behind-sasl-confluent"} <= truth.topics
        assert {"__vt_acme_crew", "__vt_globex_crew"} <= truth.groups
        front.check()
        assert front.watch.seen == {kafka_sasl.bootstrap}
    finally:
        front.stop()


def use_all(family: Family, tenant: Tenant) -> None:
    """Create, produce, consume in a group, commit and list."""
    access, values, topic = tenant.access, tenant.values(5), f"behind-sasl-{family.name}"
    family.create_topic(access, topic)
    family.produce(access, topic, values)
    with closing(family.member(access, topic, "crew")) as member:
        received = read_and_commit(member, values)
        assert sorted(message.value for message in received) == sorted(values)
    assert topic in family.list_topics(access)
    assert "crew" in family.list_groups(access)
    assert family.brokers(access) and not [it for it in family.brokers(access) if not it.startswith("127.0.0.2:")]
