"""For how long an item is one officer's, as their colleagues are told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sharebot.values.cards import Taken


def hold(name: str, until: datetime, *, now: datetime, zone: str) -> Taken:
    """Return the word of whoever has the item; by the reader's clock it ends today, or on another day."""
    clock = ZoneInfo(zone)
    return Taken(name, until, until.astimezone(clock).date() == now.astimezone(clock).date())
