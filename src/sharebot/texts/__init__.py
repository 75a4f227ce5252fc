"""Every word people read, from gettext catalogues: the English text is the key."""
