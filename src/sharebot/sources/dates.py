"""Dates as publishers really write them, beyond what feedparser reads by itself."""

import email.utils
import re
import time
from datetime import UTC, datetime, timedelta

import feedparser

# First three letters of month names in French, Spanish and Portuguese that differ from English.
_MONTHS = {
    "ene": "Jan", "janv": "Jan", "fev": "Feb", "fév": "Feb", "févr": "Feb", "mars": "Mar", "mär": "Mar",
    "abr": "Apr", "avr": "Apr", "mai": "May", "juin": "Jun", "juil": "Jul", "ago": "Aug", "aoû": "Aug",
    "août": "Aug", "set": "Sep", "out": "Oct", "dic": "Dec", "dez": "Dec", "déc": "Dec",
}  # fmt: skip
_NUMERIC_ZONE = re.compile(
    r"(\d{1,2})\s+([^\W\d]{3,5})\.?\s+(\d{4})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s*([+-]\d{4}|[A-Z]+)?"
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
    """Read `Seg, 24 Set 2018 19:42:40 -0300`: RFC 822 with month names of another language."""
    match = _NUMERIC_ZONE.search(text)
    if match is None:
        return None
    day, month, year, clock, zone = match.groups()
    english = _MONTHS.get(month.lower())
    if english is None:
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
