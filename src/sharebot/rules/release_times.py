"""When an entry is released, and which of its times cannot be."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sharebot.errors import Refused
from sharebot.rules.timing import Timing, local_instant

EARLIEST_ZONE = "Pacific/Kiritimati"  # UTC+14: where every day begins


def decide_release(timing: Timing, expires_at: datetime, share_from: datetime | None, *, now: datetime) -> datetime:
    """Return when the first officers may be due. Raises Refused when one of the times cannot be."""
    release_at = _first_due(timing, now)
    if expires_at <= max(release_at, now):
        raise Refused("it would expire before it is sent")
    if share_from is not None and share_from >= expires_at:
        raise Refused("it would expire before it may be shared")
    return release_at


def _first_due(timing: Timing, now: datetime) -> datetime:
    if timing.send_on is None:
        if timing.send_at is not None and timing.send_at < now.replace(second=0, microsecond=0):
            raise Refused("the time to send lies in the past")
        return timing.send_at or now
    if timing.send_on < now.astimezone(ZoneInfo(EARLIEST_ZONE)).date():
        raise Refused("the day to send lies in the past")
    first = local_instant(timing.send_on, timing.send_local or time(0), EARLIEST_ZONE)
    return max(first, now)
