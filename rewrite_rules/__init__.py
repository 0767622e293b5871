"""What changes: rules files, field path -> verb, read by ``klamm.rewriting``. No logic."""
