"""When to come back to an item: a day after somebody took it, or when they said."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sharebot.rules.asks import Habits
from sharebot.rules.timing import local_instant, openings

_EVENING = time(18, 0)
_LAST_CALL = timedelta(hours=2)  # before an item is over: later it would be a tease


def ask_at(taken_at: datetime, habits: Habits, *, expires_at: datetime) -> datetime | None:
    """Return when to ask how it went: the first opening on a later day, or None when the item is over by then."""
    today = taken_at.astimezone(ZoneInfo(habits.zone)).date()
    later = (
        opens
        for day, opens in openings(taken_at, zone=habits.zone, window=habits.window, holidays=habits.holidays)
        if day > today
    )
    moment = next(later, expires_at)
    return moment if moment < expires_at else None


def later_at(word: str, habits: Habits, *, now: datetime, expires_at: datetime) -> datetime | None:
    """Return the moment that an officer means by `evening`, `tomorrow` or `week`; weekends are their own choice.

    Before the item is over, or None when it nearly is.
    """
    last = expires_at - _LAST_CALL
    return min(_meant(word, habits, now), last) if now < last else None


def _meant(word: str, habits: Habits, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(habits.zone))
    if word == "evening" and local.time() < _EVENING:
        return local_instant(local.date(), _EVENING, habits.zone)
    return local_instant(_day(word, local.date()), habits.window.opens, habits.zone)


def _day(word: str, today: date) -> date:
    return today + timedelta(days=7 - today.weekday() if word == "week" else 1)
