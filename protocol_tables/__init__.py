"""What Kafka says: one file per API, every version in one declaration. No logic."""
