"""What is odd about an arriving item, so that staff look twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sharebot.values.feeds import FeedItem

OLD = timedelta(days=30)
MANY = 50
_FUTURE = timedelta(hours=24)


def find_oddities(item: FeedItem, *, home_hosts: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Return short English reasons to look twice at `item`; empty when nothing is odd.

    `home_hosts` are the hosts the Alliance publishes on.
    """
    reasons = list(item.warnings)
    host = urlsplit(item.url).hostname if item.url else None
    if item.url is None:
        reasons.append("no link")
    elif host and not _is_home(host, home_hosts):
        reasons.append(f"links to a foreign host: {host}")
    if item.published_at is None:
        reasons.append("no date")
    elif item.published_at < now - OLD:
        reasons.append("older than 30 days")
    elif item.published_at > now + _FUTURE:
        reasons.append("dated in the future")
    return tuple(reasons)


def is_flood(new_items: int, *, first_poll: bool) -> bool:
    """Whether so many new items at once look like an accident; a first poll always brings many."""
    return not first_poll and new_items >= MANY


def _is_home(host: str, home_hosts: Iterable[str]) -> bool:
    return any(host == home or host.endswith("." + home) for home in home_hosts)
