"""Ask YouTube's Data API, and keep count of its quota (developers.google.com/youtube/v3/determine_quota_cost)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.trackers.answers import ask, read_json
from sharebot.trackers.seam import Answer, Http, Purse

CURSOR = "units"
_PACIFIC = ZoneInfo("America/Los_Angeles")  # the quota's day begins there at midnight
_SPENT = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_KEY = frozenset({"keyInvalid", "API_KEY_INVALID", "accessNotConfigured", "keyExpired", "SERVICE_DISABLED"})


class NothingThere(Exception):
    """There is no such list."""


class Api:
    """Every call here costs one unit. What was used today is kept in a cursor, and in memory between two looks."""

    def __init__(self, http: Http, purse: Purse, *, base_url: str, key: str, daily_units: int) -> None:
        self._http, self._purse, self._key = http, purse, key
        self._base_url, self._daily_units = base_url.rstrip("/"), daily_units
        self._day: date | None = None
        self._used = 0

    def begin(self, cursors: Mapping[str, str], now: datetime) -> None:
        """Take up the day's count, the higher of what is remembered and what was written down."""
        today = now.astimezone(_PACIFIC).date()
        if self._day not in {None, today}:
            self._used = 0
        self._day = today
        day, _, used = cursors.get(CURSOR, "").partition(" ")
        if day == today.isoformat() and used.isascii() and used.isdigit():
            self._used = max(self._used, int(used[:9]))

    @property
    def cursor(self) -> dict[str, str]:
        """What to write down of the count."""
        return {CURSOR: f"{self._day.isoformat()} {self._used}"} if self._day else {}

    async def ask(self, method: str, **asked: str) -> list[dict[str, Any]]:
        """Return the items of one call; see `ask_page`."""
        return (await self.ask_page(method, **asked))[0]

    async def ask_page(self, method: str, **asked: str) -> tuple[list[dict[str, Any]], str | None]:
        """Return the items of one call, and the token of the next page.

        Raises Spent when the day's units are used up, NothingThere on 404, and RateLimited or TemporaryError. The
        key goes in a header, so that no address, log or error can show it.
        """
        if self._used >= self._daily_units or not self._purse.spend("unit", 1, micros=0):
            raise Spent(f"the {self._daily_units} units of YouTube's quota for today are used up")
        self._used += 1
        url = f"{self._base_url}/{method}?{urlencode({**asked, 'maxResults': '50'})}"
        answer = await ask(self._http, url, headers={"X-goog-api-key": self._key})
        if answer.status != 200:
            raise _refusal(answer)
        data = _object_of(answer)
        items, following = data.get("items"), data.get("nextPageToken")
        if items is None and data.get("kind"):
            items = []  # an empty list may be left out
        if not isinstance(items, list):
            raise TemporaryError("answered without a list of items")
        is_token = isinstance(following, str) and 0 < len(following) <= 500
        return [one for one in items if isinstance(one, dict)], following if is_token else None


def _refusal(answer: Answer) -> Exception:
    reasons = _reasons(answer)
    if reasons & _SPENT:
        return Spent("YouTube says that today's quota is used up")
    if reasons & _FAST:
        return RateLimited("too many requests", retry_after=timedelta(minutes=1))
    if reasons & _KEY:
        return TemporaryError("YouTube does not accept the API key: look at youtube.api_key and at the key's project")
    if answer.status == 404 and reasons:
        return NothingThere("no such list")
    return TemporaryError(f"answered {answer.status}")


def _reasons(answer: Answer) -> set[str]:
    """Return the words by which the API explains a refusal; none when it does not."""
    try:
        error = _object_of(answer).get("error")
    except TemporaryError:
        return set()
    if not isinstance(error, dict):
        return set()
    told = [*_list(error.get("errors")), *_list(error.get("details"))]
    return {str(one.get("reason")) for one in told if isinstance(one, dict)}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _object_of(answer: Answer) -> dict[str, Any]:
    data = read_json(answer)
    if not isinstance(data, dict):
        raise TemporaryError("answered JSON of another shape")
    return data
