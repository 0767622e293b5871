"""Who is there: SASL on both sides, as state machines over bytes that know neither sockets nor tenants' data."""
