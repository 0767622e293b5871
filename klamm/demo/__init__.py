"""``klamm demo``: a small broker, Klamm in front of it, two tenants, and the isolation shown."""
