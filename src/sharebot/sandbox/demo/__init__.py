"""A week in the life of an invented Alliance, played against the real bot."""
