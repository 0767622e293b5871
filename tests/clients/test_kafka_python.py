"""The promises, kept for kafka-python."""

from tests.clients.kafka_python_family import KafkaPython
from tests.clients.promises import ClientPromises


class TestKafkaPython(ClientPromises):
    """See `ClientPromises`."""

    family = KafkaPython()
