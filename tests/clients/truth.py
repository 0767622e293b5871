"""What the cluster itself says it holds, asked past Klamm."""

from dataclasses import dataclass

from kafka import KafkaAdminClient

from tests.clients.front import Front
from tests.kafka.settings import SASL_PASSWORD, SASL_USERNAME

__all__ = ["Truth", "truth_of"]


@dataclass(frozen=True)
class Truth:
    """The names of everything, as the brokers know it."""

    topics: set[str]
    groups: set[str]
    transactional_ids: set[str]


def truth_of(front: Front) -> Truth:
    """Ask the brokers of a front's cluster themselves."""
    login = {}
    if front.cluster.sasl:
        login = {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": SASL_USERNAME,
            "sasl_plain_password": SASL_PASSWORD,
        }
    with front.watch.looking_away():
        admin = KafkaAdminClient(bootstrap_servers=front.cluster.bootstrap.split(","), **login)
        try:
            return Truth(
                set(admin.list_topics()),
                {group["group_id"] for group in admin.list_groups()},
                {it.transactional_id for listed in admin.list_transactions().values() for it in listed},
            )
        finally:
            admin.close()
