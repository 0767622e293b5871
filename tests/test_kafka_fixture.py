"""The tests' own ground: both releases of a real Kafka start here, and Kafka's tools talk to them."""

from uuid import uuid4

from confluent_kafka.admin import AdminClient

from tests.kafka import Cluster, JavaTool, KafkaCluster


def test_each_release_starts_with_three_brokers(kafka: Cluster) -> None:
    metadata = AdminClient(kafka.client_config).list_topics(timeout=10)
    assert len(metadata.brokers) == 3
    assert {f"{broker.host}:{broker.port}" for broker in metadata.brokers.values()} == set(kafka.bootstrap.split(","))


def test_the_console_tools_create_list_write_and_read(kafka: Cluster) -> None:
    tool = JavaTool(kafka.release)
    topic, group = f"smoke-{uuid4().hex}", f"smoke-{uuid4().hex}"
    tool.run("kafka-topics", ["--create", "--topic", topic, "--partitions", "2"], bootstrap=kafka.bootstrap)
    assert topic in tool.run("kafka-topics", ["--list"], bootstrap=kafka.bootstrap).lines

    tool.run(
        "kafka-console-producer",
        ["--topic", topic],
        bootstrap=kafka.bootstrap,
        config={"linger.ms": "0"},
        input="one\ntwo\n",
    )
    read = tool.run(
        "kafka-console-consumer",
        ["--topic", topic, "--from-beginning", "--max-messages", "2", "--group", group],
        bootstrap=kafka.bootstrap,
        config={"client.id": "smoke"},
    )
    assert sorted(read.lines) == ["one", "two"]
    groups = tool.run("kafka-consumer-groups", ["--list"], bootstrap=kafka.bootstrap)
    assert group in groups.lines


def test_a_broker_that_goes_comes_back_on_its_port(breakable_kafka: KafkaCluster) -> None:
    breakable_kafka.stop_broker(3)
    assert set(AdminClient(breakable_kafka.client_config).list_topics(timeout=10).brokers) == {1, 2}
    breakable_kafka.start_broker(3)
    brokers = AdminClient(breakable_kafka.client_config).list_topics(timeout=10).brokers
    assert {key: broker.port for key, broker in brokers.items()} == breakable_kafka.broker_ports


def test_the_sasl_broker_lets_only_its_user_in(kafka_sasl: KafkaCluster) -> None:
    login = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="klamm" password="{}";'
    config = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"}
    tool = JavaTool(kafka_sasl.release)
    good = config | {"sasl.jaas.config": login.format("klamm-secret")}
    tool.run("kafka-topics", ["--create", "--topic", "behind-sasl"], bootstrap=kafka_sasl.bootstrap, config=good)
    assert "behind-sasl" in tool.run("kafka-topics", ["--list"], bootstrap=kafka_sasl.bootstrap, config=good).lines

    bad = config | {"sasl.jaas.config": login.format("guess")}
    refused = tool.run("kafka-topics", ["--list"], bootstrap=kafka_sasl.bootstrap, config=bad, check=False)
    assert refused.status != 0
    assert "SaslAuthenticationException" in refused.stdout + refused.stderr
