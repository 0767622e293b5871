"""What Klamm costs beside a plain TCP proxy and others, in front of a real Kafka: `python -m tools.bench`."""
