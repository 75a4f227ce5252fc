"""Jobs: what runs by the clock; each is safe to run twice."""
