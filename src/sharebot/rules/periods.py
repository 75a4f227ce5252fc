"""ISO weeks as periods of a report, counted in a zone."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from sharebot.rules.timing import local_instant

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def period_of(at: datetime, zone: str) -> str:
    """Return the ISO week an instant lies in, such as `2026-W48`."""
    year, week, _ = at.astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02}"


def first_day(period: str) -> date:
    """Return the week's Monday. Raises ValueError for what is no week."""
    match = _WEEK.fullmatch(period)
    if match is None:
        raise ValueError(f"{period} is not a week such as 2026-W48")
    return date.fromisocalendar(int(match[1]), int(match[2]), 1)


def bounds(period: str, zone: str) -> tuple[datetime, datetime]:
    """Return the UTC instants a week begins and ends at: 167 to 169 hours apart when clocks change."""
    monday = first_day(period)
    return local_instant(monday, time(0), zone), local_instant(monday + timedelta(days=7), time(0), zone)


def previous_period(period: str) -> str:
    """Return the week before."""
    year, week, _ = (first_day(period) - timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02}"


def reported_period(slot: datetime, zone: str) -> str:
    """Return the week that a report due at `slot` is about: the last one that is over."""
    return previous_period(period_of(slot, zone))


def due_slots(schedule: str, zone: str, *, after: datetime, now: datetime) -> Iterator[datetime]:
    """Yield the instants of a cron-like schedule after one and up to another, right across clock changes."""
    for slot in CronSim(schedule, after.astimezone(ZoneInfo(zone))):
        instant = slot.astimezone(UTC)
        if instant > now:
            return
        # CronSim takes the second of two equal hours for the first, and yields what was over before `after`.
        if instant > after:
            yield instant
