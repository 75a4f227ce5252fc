"""Ask servers of the Fediverse by Mastodon's API (docs.joinmastodon.org/methods), one server at a time."""

import logging
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

from sharebot.config.settings import Mastodon
from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.trackers.answers import ask, read_json
from sharebot.trackers.patience import MOST_IN_A_ROW
from sharebot.trackers.seam import Answer, Http

_NEXT = re.compile(r"<[^<>]{1,2000}[?&]max_id=([A-Za-z0-9_-]{1,64})[^<>]{0,2000}>; *rel=\"?next\"?", re.ASCII)
_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z][a-z0-9-]*[a-z0-9](?::\d{1,5})?", re.ASCII)

log = logging.getLogger(__name__)


class Missing(PermanentError):
    """The server knows no such thing."""


class LoginWanted(PermanentError):
    """The server shows it to logged-in people only."""


class Server:
    """One server, `name` as handles have it. After a 429, or three failures in a row, it is left alone.

    `token` is sent with every question, so it belongs to this server.
    """

    def __init__(self, http: Http, name: str, base_url: str, *, token: str | None = None) -> None:
        self.name, self.base_url, self.has_token = name, base_url.rstrip("/"), token is not None
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._in_a_row = 0
        self.closed: TemporaryError | None = None
        self.last: TemporaryError | None = None
        self.has_answered = False

    async def get(self, path: str, **asked: str | list[str]) -> dict[str, Any]:
        """Return the entity at /api/v1/`path`. Raises Missing, LoginWanted, RateLimited or TemporaryError."""
        found: dict[str, Any] = read_json(await self._get(path, asked, dict))
        return found

    async def pages(self, path: str, *, max_pages: int, **asked: str | list[str]) -> AsyncIterator[list[Any]]:
        """Yield the pages of a list, newest first; its last one when there are no more or `max_pages` were read."""
        more: dict[str, str] = {}
        for _ in range(max_pages):
            answer = await self._get(path, {**asked, **more}, list)
            items = read_json(answer)
            yield items
            # Only the place is taken from the link: where to ask is never for an answer to say.
            found = _NEXT.search(_header(answer, "link"))
            if not items or not found or more.get("max_id") == found[1]:
                return
            more = {"max_id": found[1]}
        log.info("mastodon list longer than read server=%s pages=%s", self.name, max_pages)

    async def _get(self, path: str, asked: Mapping[str, str | list[str]], shape: type) -> Answer:
        if self.closed:
            raise self.closed
        query = f"?{urlencode(asked, doseq=True)}" if asked else ""
        try:
            answer = await self._ask(f"{self.base_url}/api/v1/{path}{query}", shape)
        except TemporaryError as error:
            self._in_a_row, self.last = self._in_a_row + 1, error
            if isinstance(error, RateLimited) or self._in_a_row == MOST_IN_A_ROW:
                self.closed = error
            raise
        self._in_a_row, self.has_answered = 0, True
        return answer

    async def _ask(self, url: str, shape: type) -> Answer:
        answer = await ask(self._http, url, headers=self._headers)
        if answer.status == 200:
            found = read_json(answer)
            if not isinstance(found, shape) or (isinstance(found, dict) and not isinstance(found.get("id"), str)):
                raise TemporaryError("answered JSON of another shape")
            return answer
        # A proxy's or a parked domain's page says nothing of what was asked for.
        says_why = answer.status in {401, 403, 404, 410} and _is_explained(answer)
        if not says_why:
            raise TemporaryError(f"answered {answer.status}")
        self._in_a_row, self.has_answered = 0, True
        raise LoginWanted("login wanted") if answer.status in {401, 403} else Missing("not found")


def _is_explained(answer: Answer) -> bool:
    try:
        told = read_json(answer)
    except TemporaryError:
        return False
    return isinstance(told, dict) and isinstance(told.get("error"), str)


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers.items() if key.lower() == name), "")[:8000]


class Servers:
    """The servers of one look, each opened once; where they are is the settings' word, else their name's."""

    def __init__(self, http: Http, part: Mastodon) -> None:
        self._http, self._part = http, part
        self._open: dict[str, Server] = {}
        self._home = (part.server or "").strip().lower().removeprefix("https://").rstrip("/")

    def of_handle(self, handle: str) -> Server | None:
        """Return the server that "name@server" names."""
        return self.of_host(handle.strip().lower().rpartition("@")[2]) if "@" in handle.strip("@") else None

    def of_host(self, host: str) -> Server | None:
        """Return the server called `host`; None when that is no name of one."""
        if host not in self._open and _HOST.fullmatch(host):
            base_url = self._part.servers.get(host, f"https://{host}")
            token = self._part.token.get_secret_value() if self._part.token and host == self._home else None
            self._open[host] = Server(self._http, host, base_url, token=token or None)
        return self._open.get(host)

    def home(self) -> Server | None:
        """Return the Alliance's own server; None when none is set."""
        return self.of_host(self._home) if self._home else None

    def raise_if_silent(self) -> None:
        """Raise what the Alliance's own server failed with, or any server when none answered at all."""
        home = self._open.get(self._home)
        if home and home.last and (home.closed or not home.has_answered):
            raise home.last
        failures = [one.last for one in self._open.values() if one.last]
        if failures and not any(one.has_answered for one in self._open.values()):
            raise next((one for one in failures if isinstance(one, RateLimited)), failures[0])
