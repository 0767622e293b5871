"""The promises, kept for confluent-kafka (librdkafka)."""

from tests.clients.confluent_family import ConfluentKafka
from tests.clients.promises import ClientPromises


class TestConfluentKafka(ClientPromises):
    """See `ClientPromises`."""

    family = ConfluentKafka()
