"""Real clients, two tenants, a real Kafka, and Klamm between them: the main job as its users see it."""
