"""What two tenants with the same names may rely on, whichever client library they use.

Each promise is kept by both at the same time. The test modules beside this one say by which library.
"""

import re
import time
from contextlib import closing
from dataclasses import replace

import pytest

from tests.clients.family import Family, Refusal, until
from tests.clients.front import Front, Tenant, at_once
from tests.clients.group_run import GroupRun
from tests.clients.steps import abort_a_copy, await_values, copy_all, read_and_commit
from tests.clients.truth import truth_of
from tests.recorder import frames

__all__ = ["ClientPromises"]

NO_SUCH_TOPIC = re.compile("unknown.?topic|topic .* not found", re.IGNORECASE)
UNKNOWN_TOPIC_OR_PARTITION = 3
TOPIC_AUTHORIZATION_FAILED = 29
TOPIC_ALREADY_EXISTS = 36
SASL_AUTHENTICATION_FAILED = 58


class ClientPromises:
    """The promises; a subclass names the family."""

    family: Family

    def name(self, topic: str) -> str:
        """Return a name that both tenants use in one test of one family."""
        return f"{topic}-{self.family.name}"

    def test_both_tenants_own_orders(self, front: Front) -> None:
        def use(tenant: Tenant) -> None:
            values = tenant.values(5)
            self.family.produce(tenant.access, "orders", values)
            with closing(self.family.member(tenant.access, "orders", "payments-svc")) as member:
                received = read_and_commit(member, values)
            assert all(tenant.marker in message.value for message in received)
            with closing(self.family.copier(tenant.access, "copier")) as copier:
                copier.begin()
                copier.send("orders", tenant.values(1))
                copier.commit()
            assert all(tenant.marker in value for value in self.family.read(tenant.access, "orders"))

        at_once(front.pair, use)
        truth = truth_of(front)
        assert {"__vt_acme_orders", "__vt_globex_orders"} <= truth.topics
        assert {"__vt_acme_payments-svc", "__vt_globex_payments-svc"} <= truth.groups
        assert {"__vt_acme_copier", "__vt_globex_copier"} <= truth.transactional_ids
        assert not {"orders"} & truth.topics | {"payments-svc"} & truth.groups | {"copier"} & truth.transactional_ids

    def test_clients_know_no_other_address_than_klamms(self, front: Front) -> None:
        for known in at_once(front.pair, lambda tenant: self.family.brokers(tenant.access)):
            assert len(known) == 3
            assert known <= front.addresses()

    def test_topics_are_created_listed_and_described_by_their_own_names(self, front: Front) -> None:
        shared = self.name("stock")

        def use(tenant: Tenant) -> None:
            own = tenant.own(self.name("ledger"))
            self.family.create_topic(tenant.access, shared, partitions=2, replicas=3)
            self.family.create_topic(tenant.access, own, partitions=4)
            with pytest.raises(Refusal) as again:
                self.family.create_topic(tenant.access, shared)
            assert again.value.code == TOPIC_ALREADY_EXISTS
            # One broker after the other hears of a new topic, and each question may go to another one.
            until("both are listed", lambda: {shared, own} <= self.family.list_topics(tenant.access))
            until("both are described", lambda: self._describes(tenant, {shared: 2, own: 4}))

        at_once(front.pair, use)
        truth = truth_of(front).topics
        for tenant, listed in zip(front.pair, at_once(front.pair, self._topics), strict=True):
            prefix = f"__vt_{tenant.name}_"
            assert listed == {topic.removeprefix(prefix) for topic in truth if topic.startswith(prefix)}
            assert prefix + shared in truth

    def _topics(self, tenant: Tenant) -> set[str]:
        return self.family.list_topics(tenant.access)

    def _describes(self, tenant: Tenant, partitions: dict[str, int]) -> bool:
        try:
            return self.family.describe_topics(tenant.access, list(partitions)) == partitions
        except Refusal as refusal:
            if refusal.code != UNKNOWN_TOPIC_OR_PARTITION:
                raise
            return False

    def test_every_kind_of_produce_arrives(self, front: Front) -> None:
        topic = self.name("kinds")

        def use(tenant: Tenant) -> None:
            access, sent = tenant.access, []
            self.family.create_topic(access, topic)
            kinds = [{"acks": "1"}, {"acks": "0"}, {"idempotent": True}]
            kinds += [{"compression": compression} for compression in self.family.compressions]
            for kind in kinds:
                values = tenant.values(20, f"{kind}")
                self.family.produce(access, topic, values, **kind)
                sent += values
            # What was sent with acks=0 is on its way for as long as it likes.
            until("all has arrived", lambda: sorted(self.family.read(access, topic)) == sorted(sent))

        at_once(front.pair, use)

    def test_three_members_share_a_group_and_each_message_is_seen_once(self, front: Front) -> None:
        topic, group = self.name("shared-out"), self.name("crew")

        def use(tenant: Tenant) -> None:
            access = tenant.access
            self.family.create_topic(access, topic, partitions=3)
            with closing(GroupRun(lambda: self.family.member(access, topic, group))) as run:
                for members in (1, 3, 2):
                    run.grow(members)
                    run.shrink(members)
                    run.settle(3)
                    values = tenant.values(30, f"to {members}")
                    self.family.produce(access, topic, values)
                    run.await_all(values)
            assert set(run.received.values()) == {1}
            assert all(tenant.marker in value for value in run.received)

        at_once(front.pair, use)

    def test_commits_are_remembered_and_read_on_from(self, front: Front) -> None:
        topic, group = self.name("bookmarks"), self.name("reader")

        def use(tenant: Tenant) -> None:
            access = tenant.access
            self.family.create_topic(access, topic, partitions=2)
            first, second = tenant.values(10, "first"), tenant.values(10, "second")
            self.family.produce(access, topic, first)
            with closing(self.family.member(access, topic, group)) as member:
                read_and_commit(member, first)
                assert sum(member.committed().values()) == len(first)
            self.family.produce(access, topic, second)
            with closing(self.family.member(access, topic, group)) as successor:
                assert sorted(message.value for message in await_values(successor, second)) == sorted(second)
                assert sum(successor.committed().values()) == len(first)

        at_once(front.pair, use)

    def test_consumers_seek_to_the_beginning_to_an_offset_and_to_a_time(self, front: Front) -> None:
        topic = self.name("tape")

        def use(tenant: Tenant) -> None:
            access = tenant.access
            self.family.create_topic(access, topic, partitions=1)
            early, late = tenant.values(5, "early"), tenant.values(5, "late")
            self.family.produce(access, topic, early)
            time.sleep(0.05)  # the two batches must differ in their timestamps
            self.family.produce(access, topic, late)
            with closing(self.family.member(access, topic, self.name("seeker"))) as member:
                received = read_and_commit(member, early + late)
                assert [message.value for message in received] == early + late
                member.seek_to_beginning()
                assert [message.value for message in await_values(member, late)] == early + late
                member.seek(0, 8)
                assert [message.value for message in await_values(member, late[-1:])] == late[3:]
                offset = member.offset_at(0, received[5].timestamp)
                assert offset == received[5].offset == 5
                member.seek(0, offset)
                assert [message.value for message in await_values(member, late)] == late

        at_once(front.pair, use)

    def test_groups_are_listed_described_and_deleted_by_their_own_names(self, front: Front) -> None:
        topic, group = self.name("visits"), self.name("auditors")

        def use(tenant: Tenant) -> set[str]:
            access, values = tenant.access, tenant.values(3)
            own = tenant.own(self.name("secret"))
            self.family.produce(access, topic, values)
            for name in (group, own):
                with closing(self.family.member(access, topic, name)) as member:
                    read_and_commit(member, values)
                    assert self.family.describe_group(access, name) == ("STABLE", {topic})
                until("the group is empty", lambda name=name: self.family.describe_group(access, name)[0] == "EMPTY")
            listed = self.family.list_groups(access)
            assert {group, own} <= listed
            if self.family.deletes_groups:
                self.family.delete_group(access, own)
                assert self.family.list_groups(access) == listed - {own}
            return self.family.list_groups(access)

        listings = at_once(front.pair, use)
        truth = truth_of(front).groups
        for tenant, listed in zip(front.pair, listings, strict=True):
            prefix = f"__vt_{tenant.name}_"
            assert listed == {name.removeprefix(prefix) for name in truth if name.startswith(prefix)}
            assert prefix + group in truth

    def test_a_topics_configuration_is_described(self, front: Front) -> None:
        topic = self.name("settings")

        def use(tenant: Tenant) -> None:
            self.family.create_topic(tenant.access, topic)
            until("the topic is known", lambda: self._describes(tenant, {topic: 3}))
            config = self.family.topic_config(tenant.access, topic)
            assert config["cleanup.policy"] == "delete"
            assert int(config["max.message.bytes"] or 0) > 100_000

        at_once(front.pair, use)

    def test_a_transactional_copy_is_exactly_once(self, front: Front) -> None:
        source, target, group = self.name("source"), self.name("target"), self.name("copying")

        def use(tenant: Tenant) -> None:
            access, values = tenant.access, tenant.values(20)
            for topic in (source, target):
                self.family.create_topic(access, topic, partitions=2)
            self.family.produce(access, source, values)
            member, copier = self.family.member(access, source, group), self.family.copier(access, self.name("copier"))
            with closing(member), closing(copier):
                abort_a_copy(member, copier, target, values)
                assert self.family.read(access, target, committed_only=True) == []
                assert len(self.family.read(access, target)) == len(values)
                copy_all(member, copier, target, values)
            copies = self.family.read(access, target, committed_only=True)
            assert sorted(copies) == sorted(f"copied {value}" for value in values)

        at_once(front.pair, use)
        transactional_ids = truth_of(front).transactional_ids
        assert {f"__vt_{tenant.name}_{self.name('copier')}" for tenant in front.pair} <= transactional_ids

    def test_a_topic_that_does_not_exist_yet_is_created_by_its_first_use(self, front: Front) -> None:
        topic = self.name("first-use")

        def use(tenant: Tenant) -> None:
            values = tenant.values(10)
            self.family.produce(tenant.access, topic, values)
            assert sorted(self.family.read(tenant.access, topic)) == sorted(values)

        at_once(front.pair, use)
        assert {f"__vt_{tenant.name}_{topic}" for tenant in front.pair} <= truth_of(front).topics

    def test_a_tenant_with_a_list_gets_listed_topics_only(self, front: Front) -> None:
        initech, unlisted = front.tenants["initech"], self.name("unlisted")
        values = initech.values(3)
        self.family.produce(initech.access, "welcome", values)
        assert set(values) <= set(self.family.read(initech.access, "welcome"))
        self._refused_to_produce(initech, unlisted)
        with pytest.raises(Refusal) as refused:
            self.family.create_topic(initech.access, unlisted)
        assert refused.value.code == TOPIC_AUTHORIZATION_FAILED
        assert self.family.list_topics(initech.access) == {"welcome"}
        assert f"__vt_initech_{unlisted}" not in truth_of(front).topics

    def test_a_tenant_that_may_not_create_by_use_is_told_so(self, front: Front) -> None:
        hooli, absent, present = front.tenants["hooli"], self.name("absent"), self.name("present")
        self._refused_to_produce(hooli, absent)
        assert f"__vt_hooli_{absent}" not in truth_of(front).topics
        self.family.create_topic(hooli.access, present)
        values = hooli.values(3)
        self.family.produce(hooli.access, present, values)
        assert sorted(self.family.read(hooli.access, present)) == sorted(values)

    def _refused_to_produce(self, tenant: Tenant, topic: str) -> None:
        with pytest.raises(Refusal) as refused:
            self.family.produce(tenant.access, topic, tenant.values(1))
        assert refused.value.code in (UNKNOWN_TOPIC_OR_PARTITION, None)
        assert NO_SUCH_TOPIC.search(refused.value.text), f"not clear: {refused.value}"

    def test_a_wrong_password_is_refused_as_kafka_does(self, front: Front) -> None:
        for tenant in front.pair:
            before = len(front.recorder.tapes)
            with pytest.raises(Refusal) as refused:
                self.family.log_in(replace(tenant.access, password="guess"))
            assert "uthentication" in refused.value.text, f"not clear: {refused.value}"
            answers = [frame for tape in front.recorder.tapes[before:] for frame in frames(tape.received)]
            # After the correlation id; in the newer versions the header ends with one byte of tags.
            assert any(SASL_AUTHENTICATION_FAILED.to_bytes(2, "big") in (it[4:6], it[5:7]) for it in answers)
            self.family.log_in(tenant.access)
