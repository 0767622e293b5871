"""What operators see of a running Klamm: log lines and counters."""
