"""When a pause ends: a day that somebody wrote, or one of the usual ones."""

import re
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)


def read_day(text: str) -> date | None:
    """Read 2026-12-24, 24.12.2026 or 24/12/2026; None for anything else."""
    words = text.strip()
    if match := _ISO.fullmatch(words):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(words):
        day, month, year = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def end_of_pause(choice: str, today: date) -> date | None:
    """Return the day of "tomorrow", "monday" (the next one) or "weeks" (two); None for a pause without an end."""
    match choice:
        case "tomorrow":
            return today + timedelta(days=1)
        case "monday":
            return today + timedelta(days=7 - today.weekday())
        case "weeks":
            return today + timedelta(weeks=2)
    return None
