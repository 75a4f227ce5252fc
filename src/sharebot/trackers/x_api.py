"""One request after the other to X's API v2, through tweepy's client in a thread."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sharebot.errors import RateLimited, SharebotError, Spent, TemporaryError
from sharebot.trackers.answers import parse_json
from sharebot.values.waits import read_wait

if TYPE_CHECKING:
    import requests
    import tweepy

_TIMEOUTS = (10, 30)  # seconds to connect, and between two reads
_LONGEST_WAIT = 120  # seconds for a whole answer, however slowly it comes
_LONGEST_BODY = 8 * 1024 * 1024
_PIECE = 65_536
_HOSTS = ("https://api.twitter.com", "https://api.x.com")  # tweepy has its host in the code
_CAPS = ("spendcap", "credits", "usage-capped", "usagecap", "usage cap", "spend cap")
_LONGEST_REASON = 120


class Unbilled(SharebotError):
    """X refused, so that nothing is charged; `error` is what it means for us."""

    def __init__(self, error: TemporaryError) -> None:
        super().__init__(str(error))
        self.error = error


class NotThere(TemporaryError):
    """What the route is about does not exist, or not for us."""


class _Refusal(Exception):
    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers, body


class XApi:
    """Asks `base_url` with the app's bearer token, which never leaves for another host.

    Without a `session` it makes one with its first request.
    """

    def __init__(self, token: str, base_url: str, session: "requests.Session | None" = None) -> None:
        self._token, self._base_url, self._session = token, base_url.rstrip("/"), session
        self._client: tweepy.Client | None = None
        self._turn = asyncio.Lock()

    async def get(self, route: str, params: Mapping[str, str | int]) -> dict[str, Any]:
        """Return the JSON object that `route` answers with.

        Raises Unbilled when X refused, TemporaryError when nobody knows whether it counted the request.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(_LONGEST_WAIT):
                    body = await asyncio.to_thread(self._get, route, dict(params))
            except TimeoutError:
                raise TemporaryError("no whole answer in time") from None
            except _Refusal as refusal:
                # Whoever stands between may send our own words back.
                refusal.body = refusal.body.replace(self._token.encode(), b"-")
                raise _meaning(refusal) from None
        try:
            answer = parse_json(body)
        except (ValueError, RecursionError) as error:
            raise TemporaryError("answered something that is not JSON") from error
        if not isinstance(answer, dict):
            raise TemporaryError("answered JSON of another shape")
        return answer

    def _get(self, route: str, params: dict[str, str | int]) -> bytes:
        # Loaded with the first request: 10 MB that a worker without X does not need.
        import requests  # noqa: PLC0415
        import tweepy  # noqa: PLC0415
        import urllib3  # noqa: PLC0415

        if self._client is None:
            logging.getLogger("tweepy").setLevel(logging.INFO)  # its debug lines hold the token
            self._client = tweepy.Client(self._token, return_type=requests.Response, wait_on_rate_limit=False)
            self._client.session = _Wire(self._session or requests.Session(), self._base_url)
        try:
            return bytes(self._client.request("GET", route, params=params).content)
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            tweepy.TweepyException,
            OSError,
            ValueError,
        ) as error:
            raise TemporaryError(f"no answer: {type(error).__name__}") from None


class _Wire:
    """The session that tweepy sends with: to our host, within our time, and answers no larger than we read."""

    def __init__(self, session: "requests.Session", base_url: str) -> None:
        session.trust_env = False
        self._session, self._base_url = session, base_url

    def request(self, method: str, url: str, **asked: Any) -> "requests.Response":
        """Send one request; raises _Refusal for every answer but 200."""
        host = next(host for host in _HOSTS if url.startswith(f"{host}/"))
        address = self._base_url + url.removeprefix(host)
        response = self._session.request(
            method, address, timeout=_TIMEOUTS, allow_redirects=False, stream=True, **asked
        )
        with response:
            body = _read(response.raw)
        if response.status_code != 200:
            raise _Refusal(response.status_code, dict(response.headers), body)
        response._content = body  # the documented way reads without a limit
        return response


def _read(raw: Any) -> bytes:
    """Read a body piece by piece, so that neither a long nor a slow one keeps the thread. Raises ValueError."""
    until, parts, size = time.monotonic() + _LONGEST_WAIT, list[bytes](), 0
    while part := raw.read1(_PIECE, decode_content=True):
        size += len(part)
        if size > _LONGEST_BODY or time.monotonic() > until:
            raise ValueError(f"more than {_LONGEST_BODY} bytes, or {_LONGEST_WAIT} seconds")
        parts.append(part)
    return b"".join(parts)


def _meaning(refusal: _Refusal) -> Unbilled:
    problem = _problem(refusal.body)
    told = " ".join(str(problem.get(key, "")) for key in ("type", "title", "detail", "reason")).lower()
    title = _readable(str(problem.get("title") or ""))
    if refusal.status == 402 or (refusal.status in {403, 429} and any(word in told for word in _CAPS)):
        return Unbilled(Spent(f"X wants to be paid first: {title}".rstrip(": ")))
    if refusal.status == 429:
        return Unbilled(RateLimited("too many requests", retry_after=read_wait(refusal.headers)))
    if refusal.status == 404 and "resource-not-found" in told:
        return Unbilled(NotThere("answered 404"))
    if refusal.status == 401:
        return Unbilled(TemporaryError("X does not accept the bearer token"))
    return Unbilled(TemporaryError(f"answered {refusal.status} {title}".rstrip()))


def _problem(body: bytes) -> dict[str, Any]:
    try:
        problem = parse_json(body[:10_000])
    except (ValueError, RecursionError):
        return {}
    return problem if isinstance(problem, dict) else {}


def _readable(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text[:_LONGEST_REASON]).strip()
