"""A local stand-in for the outside world: Telegram, mail, the Alliance's sites, Bluesky, Mastodon."""
