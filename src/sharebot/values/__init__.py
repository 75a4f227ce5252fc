"""Plain values that travel between the layers: frozen, without behaviour that needs the outside world."""
