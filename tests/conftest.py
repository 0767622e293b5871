"""What all tests share: the real Kafka."""

pytest_plugins = ("tests.kafka.fixtures",)
