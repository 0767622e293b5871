"""klamm-inspect: any Kafka frame made readable, and what Klamm does to it."""
