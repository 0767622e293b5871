"""Klamm: every tenant of a shared Apache Kafka gets a cluster of its own."""

__version__ = "0.1.0"
