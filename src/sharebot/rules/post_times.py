"""When a post was published, as far as its id tells by itself, without asking anybody."""

import re
import string
from datetime import UTC, datetime, timedelta

from sharebot.values.status import Network

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_X_EPOCH_MS = 1_288_834_974_657  # first ids of this kind: 4 November 2010
_INSTAGRAM_EPOCH_MS = 1_314_220_021_721
_LAST = datetime(2100, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)
_SHORTCODE = re.compile(r"[A-Za-z0-9_-]{10,11}", re.ASCII)  # longer ones are of accounts that show nothing
_LINKEDIN = re.compile(r"(?:urn:li:)?(?:activity|share|ugcPost)[:-](\d{15,20})", re.ASCII)
_MASTODON = re.compile(r"https://[^/\s]+/(?:users/[^/\s]+/statuses|@[^/\s]+)/(\d{15,20})", re.ASCII)
_SIXTY_FOUR = {sign: n for n, sign in enumerate(string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_")}
_STARTS = {  # nothing of a network is older; an id that says so is of another kind
    Network.X: datetime(2010, 11, 5, tzinfo=UTC),
    Network.TIKTOK: datetime(2014, 1, 1, tzinfo=UTC),
    Network.INSTAGRAM: datetime(2011, 8, 25, tzinfo=UTC),
    Network.LINKEDIN: datetime(2008, 1, 1, tzinfo=UTC),
    Network.MASTODON: datetime(2016, 1, 1, tzinfo=UTC),
}


def published_at(network: Network, external_id: str) -> datetime | None:
    """Return the instant that a post's id carries; None for networks and ids that carry none, or none that can be.

    Bluesky's record keys are not read: whoever posts chooses them.
    """
    found = _milliseconds(network, external_id)
    if found is None or not 0 <= found < 2**43:
        return None
    at = _EPOCH + timedelta(milliseconds=found)
    return at if _STARTS[network] <= at < _LAST else None


def _milliseconds(network: Network, external_id: str) -> int | None:
    if network is Network.INSTAGRAM:
        return _of_shortcode(external_id)
    if network is Network.LINKEDIN:
        found = _LINKEDIN.fullmatch(external_id)
        return int(found[1]) >> 22 if found else None
    if network is Network.MASTODON:
        found = _MASTODON.fullmatch(external_id)
        return int(found[1]) >> 16 if found else None
    if network not in {Network.X, Network.TIKTOK} or not _NUMBER.fullmatch(external_id):
        return None
    number = int(external_id)
    return (number >> 22) + _X_EPOCH_MS if network is Network.X else (number >> 32) * 1000


def _of_shortcode(code: str) -> int | None:
    if not _SHORTCODE.fullmatch(code):
        return None
    number = 0
    for sign in code:
        number = number * 64 + _SIXTY_FOUR[sign]
    return (number >> 23) + _INSTAGRAM_EPOCH_MS
