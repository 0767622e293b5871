"""The promises, kept for aiokafka."""

from tests.clients.aiokafka_family import Aiokafka
from tests.clients.promises import ClientPromises


class TestAiokafka(ClientPromises):
    """See `ClientPromises`."""

    family = Aiokafka()
