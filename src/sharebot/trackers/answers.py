"""Turn a JSON API's answers into data or into our errors."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.trackers.seam import Answer, Http
from sharebot.values.waits import read_wait as retry_after

__all__ = ["ask", "get_json", "parse_json", "read_instant", "read_json", "retry_after"]

_LONGEST_REASON = 200
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


async def get_json(http: Http, url: str) -> dict[str, Any]:
    """Fetch `url` and return the JSON object it answers with.

    Raises PermanentError only when the server itself explains, in JSON and with 400, that it refuses what
    was asked for; RateLimited on 429; TemporaryError for anything else.
    """
    response = await ask(http, url)
    if response.status == 200:
        return _object_of(response)
    raise _refusal(response)


async def ask(http: Http, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """Fetch `url` and return the answer, whatever its status but 429 and 5xx; see `get_json` for what is raised."""
    try:
        response = await http.get(url, headers={"Accept": "application/json", **(headers or {})})
    except PermanentError as error:
        # This says something of the server or of our settings, nothing of the account asked for.
        raise TemporaryError(f"cannot ask: {error}") from error
    except (TimeoutError, OSError) as error:
        raise TemporaryError(f"no answer: {type(error).__name__}") from error
    if response.status == 429:
        raise RateLimited("too many requests", retry_after=retry_after(response.headers))
    if response.status >= 500:
        raise TemporaryError(f"answered {response.status}")
    return response


def read_json(response: Answer) -> Any:
    """Return the JSON of an answer. Raises TemporaryError when it is none."""
    try:
        return parse_json(response.body)
    except (ValueError, RecursionError) as error:
        raise TemporaryError("answered something that is not JSON") from error


def parse_json(body: bytes | str) -> Any:
    """Return what JSON says; half a character, which neither a database nor a cleaner takes, becomes "?".

    Raises ValueError or RecursionError when it is none.
    """
    text = body.decode("utf-8-sig", "replace") if isinstance(body, bytes) else body
    found = json.loads(text)
    if not _SURROGATE.search(text):
        return found
    return json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))


def read_instant(value: object) -> datetime | None:
    """Return an RFC 3339 time with an offset as aware UTC; None for anything else."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _refusal(response: Answer) -> PermanentError | TemporaryError:
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
    data = read_json(response)
    if not isinstance(data, dict):
        raise TemporaryError("answered JSON of another shape")
    return data


def _readable(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text[:_LONGEST_REASON]).strip()
