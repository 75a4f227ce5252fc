"""The JSON API of other programs, under /api/v1: one file a resource."""
