"""How long an answer asks to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=1)
# Bluesky's, Mastodon's and X's spellings of when a limit is lifted.
_RESETS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")


def read_wait(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a 429 asks to wait, between nothing and a day; None when it does not say.

    Reads `Retry-After` (seconds or a date), else when the limit is lifted (epoch seconds or RFC 3339), instants
    counted by the server's own `Date`, so that our clock does not matter.
    """
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    asked = lowered.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        return _bounded(int(asked[:9]))
    there = _instant(lowered.get("date", ""))
    lifted = next((at for name in _RESETS if (at := _lifted(lowered.get(name, "")))), None)
    until = _instant(asked) or lifted
    if there is None or until is None:
        return None
    return _bounded((until - there).total_seconds())


def _bounded(seconds: float) -> timedelta:
    return min(max(timedelta(seconds=seconds), timedelta(0)), _LONGEST)


def _instant(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _lifted(text: str) -> datetime | None:
    if text.isascii() and text.isdigit() and len(text) <= 11:
        return datetime.fromtimestamp(int(text), UTC)
    try:
        parsed = datetime.fromisoformat(text) if len(text) <= 40 else None
    except ValueError:
        return None
    return parsed if parsed and parsed.tzinfo else None
