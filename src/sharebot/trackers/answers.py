"""Turn a JSON API's answers into data or into our errors."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.trackers.seam import Answer, Http

_LONGEST_WAIT = timedelta(days=1)
_LONGEST_REASON = 200


async def get_json(http: Http, url: str) -> dict[str, Any]:
    """Fetch `url` and return the JSON object it answers with.

    Raises PermanentError only when the server itself explains, in JSON and with 400, that it refuses what
    was asked for; RateLimited on 429; TemporaryError for anything else.
    """
    try:
        response = await http.get(url, headers={"Accept": "application/json"})
    except PermanentError as error:
        # This says something of the server or of our settings, nothing of the account asked for.
        raise TemporaryError(f"cannot ask: {error}") from error
    except (TimeoutError, OSError) as error:
        raise TemporaryError(f"no answer: {type(error).__name__}") from error
    if response.status == 200:
        return _object_of(response)
    raise _refusal(response)


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a 429 asks to wait, between nothing and a day; None when it does not say.

    Reads `Retry-After` (seconds or a date), else `ratelimit-reset` (epoch seconds), both counted by the
    server's own `Date`, so that our clock does not matter.
    """
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    asked = lowered.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        return _bounded(int(asked[:9]))
    there = _instant(lowered.get("date", ""))
    until = _instant(asked) or _epoch(lowered.get("ratelimit-reset", ""))
    if there is None or until is None:
        return None
    return _bounded((until - there).total_seconds())


def _refusal(response: Answer) -> PermanentError | TemporaryError:
    if response.status == 429:
        return RateLimited("too many requests", retry_after=retry_after(response.headers))
    if response.status != 400:
        return TemporaryError(f"answered {response.status}")
    try:
        answer = _object_of(response)
    except TemporaryError:
        return TemporaryError("answered 400 without saying why")
    word = answer.get("error")
    if not isinstance(word, str):
        return TemporaryError("answered 400 without saying why")
    message = answer.get("message")
    return PermanentError(_readable(message if isinstance(message, str) and message else word))


def _object_of(response: Answer) -> dict[str, Any]:
    try:
        data = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise TemporaryError("answered something that is not JSON") from error
    if not isinstance(data, dict):
        raise TemporaryError("answered JSON of another shape")
    return data


def _readable(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text[:_LONGEST_REASON]).strip()


def _bounded(seconds: float) -> timedelta:
    return min(max(timedelta(seconds=seconds), timedelta(0)), _LONGEST_WAIT)


def _instant(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _epoch(text: str) -> datetime | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), UTC)
