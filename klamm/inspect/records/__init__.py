"""Record batches and message sets: what Produce and Fetch carry, which Klamm never opens but people want to read."""
