"""Trackers watch public accounts of one network each; TRACKERS is the table of those there are."""

from collections.abc import Callable

from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.trackers.seam import Http, Tracker
from sharebot.values.status import Network

TRACKERS: dict[Network, Callable[[Http, str], Tracker]] = {Network.BLUESKY: BlueskyTracker}
