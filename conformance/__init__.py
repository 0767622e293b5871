"""Conformance: the tables held against generated values, Kafka's own schemas and other implementations."""
