"""Dates as publishers really write them, beyond what feedparser reads by itself."""

import email.utils
import re
import time
from datetime import UTC, datetime, timedelta

import feedparser

# How month names begin in French, Spanish, Portuguese, German and Italian where English differs.
_MONTHS = {
    "juin": "Jun", "juil": "Jul", "ene": "Jan", "gen": "Jan", "fév": "Feb", "fev": "Feb", "mär": "Mar",
    "abr": "Apr", "avr": "Apr", "mai": "May", "mag": "May", "giu": "Jun", "lug": "Jul", "ago": "Aug",
    "aoû": "Aug", "set": "Sep", "out": "Oct", "okt": "Oct", "ott": "Oct", "dic": "Dec", "dez": "Dec",
    "déc": "Dec",
}  # fmt: skip
_ENGLISH = frozenset(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
_DAY_AND_MONTH = re.compile(
    r"(\d{1,2})\s+(?:de\s+)?([^\W\d]{3,10})\.?\s+(?:de\s+)?(\d{4})"
    r"\s+(\d{1,2}:\d{2}(?::\d{2})?)\s*([+-]\d{4}|[A-Z]+)?"
)
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_LATEST = timedelta(days=730)
_AMERICAN = ("%A, %B %d, %Y %I:%M %p", "%B %d, %Y %I:%M %p", "%B %d, %Y")


def register() -> None:
    """Teach feedparser the two forms below; its own handlers are asked after these."""
    feedparser.registerDateHandler(read_american)
    feedparser.registerDateHandler(read_foreign_months)


def read_iso(text: str) -> datetime | None:
    """Read an ISO 8601 date; without a zone it counts as UTC."""
    try:
        at = datetime.fromisoformat(text.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def likely(at: datetime, *, now: datetime) -> tuple[datetime | None, list[str]]:
    """Return the date, or None and a warning when it lies before the web or years ahead."""
    if EARLIEST <= at <= now + _LATEST:
        return at, []
    return None, [f"unlikely date {at:%Y-%m-%d} dropped"]


def read_foreign_months(text: str) -> time.struct_time | None:
    """Read `Seg, 24 Set 2018 19:42:40 -0300`: RFC 822 with day and month names of another language."""
    match = _DAY_AND_MONTH.search(text)
    if match is None:
        return None
    day, month, year, clock, zone = match.groups()
    english = _MONTHS.get(month[:4].lower()) or _MONTHS.get(month[:3].lower()) or month[:3].title()
    if english not in _ENGLISH:
        return None
    parsed = email.utils.parsedate_tz(f"{day} {english} {year} {clock} {zone or '+0000'}")
    return time.gmtime(email.utils.mktime_tz(parsed)) if parsed else None


def read_american(text: str) -> time.struct_time | None:
    """Read `Friday, January 29, 2021 04:42 PM`; without a zone it counts as UTC."""
    for form in _AMERICAN:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC).utctimetuple()
        except ValueError:
            continue
    return None
