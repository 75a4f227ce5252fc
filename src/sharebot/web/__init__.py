"""The staff pages, the short links and the health answers."""
