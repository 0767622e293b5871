"""Kafka's settings for the tests' nodes: what makes them small and quick, and nothing that changes the protocol."""

__all__ = ["SASL_PASSWORD", "SASL_USERNAME", "broker_settings", "controller_settings", "replication_settings"]

SASL_USERNAME = "klamm"
SASL_PASSWORD = "klamm-secret"

PLAIN_LOGIN = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required"
    f' username="{SASL_USERNAME}" password="{SASL_PASSWORD}" user_{SASL_USERNAME}="{SASL_PASSWORD}";'
)

COMMON = {
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
    "num.partitions": "3",  # the broker's word counts for a topic created by use, the controller's for one created bare
    # A restarted broker waits until its old session has lapsed (9 s by default).
    "broker.session.timeout.ms": "5000",
}

BROKER = {
    "process.roles": "broker",
    "auto.create.topics.enable": "true",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "500",
    # Each partition costs a log with its index files: a few are enough to spread coordinators over three brokers.
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.num.partitions": "3",
    "share.coordinator.state.topic.num.partitions": "3",
    "log.index.size.max.bytes": "1048576",
    "log.cleaner.dedupe.buffer.size": "4194304",
}

SASL = {
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": PLAIN_LOGIN,
}


def controller_settings(node_id: int, port: int) -> dict[str, str]:
    """Return the settings of the cluster's one controller."""
    return COMMON | {
        "process.roles": "controller",
        "node.id": str(node_id),
        "controller.quorum.voters": f"{node_id}@127.0.0.1:{port}",
        "listeners": f"CONTROLLER://127.0.0.1:{port}",
    }


def broker_settings(node_id: int, port: int, *, voters: str, sasl: bool) -> dict[str, str]:
    """Return the settings of one broker; with `sasl` its clients and its peers log in by PLAIN."""
    protocol = "SASL_PLAINTEXT" if sasl else "PLAINTEXT"
    address = f"{protocol}://127.0.0.1:{port}"
    own = {
        "node.id": str(node_id),
        "controller.quorum.voters": voters,
        "listeners": address,
        "advertised.listeners": address,
        "inter.broker.listener.name": protocol,
    }
    return COMMON | BROKER | own | (SASL if sasl else {})


def replication_settings(brokers: int) -> dict[str, str]:
    """Return the settings of the internal topics: in three copies where there are three brokers.

    One copy in sync is enough to go on, so that a test may stop any broker and still commit.
    """
    topics = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
    copies = {f"{topic}.replication.factor": str(min(3, brokers)) for topic in topics}
    return copies | {f"{topic}.min.isr": "1" for topic in topics[1:]}
