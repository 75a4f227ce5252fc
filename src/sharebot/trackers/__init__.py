"""Trackers watch public accounts of one network each; TRACKERS is the table of those there are."""

from collections.abc import Callable, Mapping

from sharebot.config.settings import Settings
from sharebot.trackers import bluesky, linkedin, mastodon, websites, x, youtube
from sharebot.trackers.seam import Http, Purse, Tracker
from sharebot.values.status import Network

Opener = Callable[[Settings, Http, Purse], Tracker | None]

TRACKERS: Mapping[Network, Opener] = {
    Network.BLUESKY: bluesky.open_tracker,
    Network.MASTODON: mastodon.open_tracker,
    Network.X: x.open_tracker,
    Network.YOUTUBE: youtube.open_tracker,
    Network.WEBSITE: websites.open_tracker,
    Network.LINKEDIN: linkedin.open_tracker,
}

# Watched, but a single post is shown to nobody like us: a link there stays what the officer says.
NO_SINGLE_POST = frozenset({Network.LINKEDIN})


def open_trackers(settings: Settings, http: Http, purse_of: Callable[[Network], Purse]) -> dict[Network, Tracker]:
    """Return the trackers that this installation has switched on."""
    made = {network: opener(settings, http, purse_of(network)) for network, opener in TRACKERS.items()}
    return {network: tracker for network, tracker in made.items() if tracker is not None}
