"""Get a political network's posts, videos and episodes shared by its member parties."""

__version__ = "0.1.0"
