"""The promises, kept for the console tools that come with each Kafka release."""

from dataclasses import replace

from tests.clients.confluent_family import ConfluentKafka
from tests.clients.console import Console
from tests.clients.family import until
from tests.clients.front import Front, Tenant, at_once
from tests.clients.truth import truth_of
from tests.kafka import ToolResult


def console(front: Front, tenant: Tenant) -> Console:
    """Return a tenant at the console of the cluster's own release."""
    return Console(front.cluster.release, tenant.access)


def test_kafka_topics_creates_lists_and_describes_but_may_not_delete(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        tools, own = console(front, tenant), tenant.own("ledger-tools")
        tools.run("kafka-topics", f"--create --topic {own} --partitions 2 --replication-factor 3")
        assert "TopicExistsException" in tools.refused("kafka-topics", f"--create --topic {own}")
        tools.run("kafka-topics", "--create --topic stock-tools --partitions 2")
        assert {own, "stock-tools"} <= set(tools.run("kafka-topics", "--list").lines)
        described = tools.run("kafka-topics", f"--describe --topic {own}").stdout
        assert f"Topic: {own}\t" in described
        assert "PartitionCount: 2" in described
        assert "TopicDeletionDisabledException" in tools.refused("kafka-topics", f"--delete --topic {own}")
        assert own in tools.run("kafka-topics", "--list").lines

    at_once(front.pair, use)
    assert {"__vt_acme_stock-tools", "__vt_globex_stock-tools"} <= truth_of(front).topics


def test_console_producer_and_consumer_meet_in_a_group_that_its_tool_shows_and_resets(front: Front) -> None:
    topic, group = "orders-tools", "crew-tools"

    def use(tenant: Tenant) -> None:
        tools, values = console(front, tenant), tenant.values(6)
        tools.run("kafka-console-producer", f"--topic {topic}", lines=values)
        read = f"--topic {topic} --group {group} --from-beginning --max-messages 6 --timeout-ms 45000"
        assert sorted(tools.run("kafka-console-consumer", read).lines) == sorted(values)

        assert group in tools.run("kafka-consumer-groups", "--list").lines
        rows = described(tools.run("kafka-consumer-groups", f"--describe --group {group}"), topic)
        assert sum(int(row[3]) for row in rows) == 6
        assert sum(int(row[5]) for row in rows) == 0
        reset = f"--reset-offsets --group {group} --topic {topic} --to-earliest --execute"
        tools.run("kafka-consumer-groups", reset)
        rows = described(tools.run("kafka-consumer-groups", f"--describe --group {group}"), topic)
        assert sum(int(row[5]) for row in rows) == 6

    at_once(front.pair, use)
    truth = truth_of(front)
    assert {f"__vt_acme_{topic}", f"__vt_globex_{topic}"} <= truth.topics
    assert {f"__vt_acme_{group}", f"__vt_globex_{group}"} <= truth.groups


def described(result: ToolResult, topic: str) -> list[list[str]]:
    """Return the rows of a described group: group, topic, partition, current offset, end offset, lag, ..."""
    return [row for line in result.lines if (row := line.split())[1:2] == [topic]]


def test_kafka_configs_describes_a_topic(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        own = tenant.own("settings-tools")
        ConfluentKafka().create_topic(tenant.access, own)
        said = console(front, tenant).run("kafka-configs", f"--describe --all --topic {own}").stdout
        assert f"configs for topic {own} are:" in said
        assert "cleanup.policy=delete" in said

    at_once(front.pair, use)


def test_kafka_configs_changes_own_topics_and_groups_and_nothing_else(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        own, tools = tenant.own("tuned-tools"), console(front, tenant)
        ConfluentKafka().create_topic(tenant.access, own)
        topic = f"--entity-type topics --entity-name {own}"
        tools.run("kafka-configs", f"--alter {topic} --add-config retention.ms=123456,cleanup.policy=[compact,delete]")
        said = tools.run("kafka-configs", f"--describe {topic}").stdout
        assert "retention.ms=123456" in said
        assert "cleanup.policy=compact,delete" in said
        tools.run("kafka-configs", f"--alter {topic} --delete-config cleanup.policy")
        assert "compact" not in tools.run("kafka-configs", f"--describe {topic}").stdout
        for setting in ("preallocate=true", "leader.replication.throttled.replicas=[0:1]", "flush.messages=1"):
            said = tools.refused("kafka-configs", f"--alter {topic} --add-config {setting}")
            assert "PolicyViolationException" in said
        assert "InvalidConfigurationException" in tools.refused(
            "kafka-configs", f"--alter {topic} --add-config no.such.key=1"
        )
        refused = tools.refused("kafka-configs", "--alter --entity-type brokers --entity-name 1 --add-config a=1")
        assert "ClusterAuthorizationException" in refused

    at_once(front.pair, use)


def test_kafka_transactions_lists_and_describes_a_tenants_own(front: Front) -> None:
    def use(tenant: Tenant) -> None:
        own, tools = tenant.own("copier-tools"), console(front, tenant)
        ConfluentKafka().copier(tenant.access, own).close()
        listed: set[str] = set()

        def shown() -> bool:
            listed.update(line.split()[0] for line in tools.run("kafka-transactions", "list").lines[1:])
            return own in listed

        until("the transactional id is listed", shown)
        foreign = {other.marker for other in front.tenants.values()} - {tenant.marker}
        assert not [name for name in listed for marker in foreign if marker in name]
        assert own in tools.run("kafka-transactions", f"describe --transactional-id {own}").stdout

    at_once(front.pair, use)


def test_a_tenant_gets_only_the_topics_it_may_have(front: Front) -> None:
    welcome = "--topic welcome"

    def use(tenant: Tenant) -> None:
        tools = console(front, tenant)
        if tenant.name == "initech":
            tools.run("kafka-console-producer", welcome, lines=tenant.values(2))
            refused = tools.refused("kafka-topics", "--create --topic unlisted-tools")
            assert "TopicAuthorizationException" in refused
        brief = {"max.block.ms": "3000"}
        said = tools.run("kafka-console-producer", "--topic unlisted-tools", lines=["x"], properties=brief)
        assert "UNKNOWN_TOPIC_OR_PARTITION" in said.stdout + said.stderr

    at_once((front.tenants["initech"], front.tenants["hooli"]), use)
    topics = truth_of(front).topics
    assert "__vt_initech_welcome" in topics
    assert not {"__vt_initech_unlisted-tools", "__vt_hooli_unlisted-tools"} & topics


def test_a_wrong_password_is_refused_as_kafka_does(front: Front) -> None:
    wrong = Console(front.cluster.release, replace(front.tenants["acme"].access, password="guess"))
    assert "SaslAuthenticationException" in wrong.refused("kafka-topics", "--list")
