"""Ask a network's oEmbed service, which needs no login, whose a pasted post is and what it says (oembed.com).

It tells the author by handle, and rarely a link: X shows its own shortened ones. What cannot be asked for that way
stays what the officer says.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import urlencode, urlsplit

from sharebot.config.settings import Settings
from sharebot.errors import TemporaryError
from sharebot.trackers.answers import ask, read_json
from sharebot.trackers.markup import clean
from sharebot.trackers.seam import Http, Watched
from sharebot.values.posts import PastedLink, Post
from sharebot.values.status import Network

_MAX_TEXT = 5000
_NOT_THERE = frozenset({400, 401, 403, 404, 410})
_TAG = re.compile(r"#([^\W_]\w{0,99})")
_HREF = re.compile(r"<a href=\"([^\"]{1,2048})\"")
_NAME = re.compile(r"[\w.·-]{1,100}")


@dataclass(frozen=True, slots=True)
class Service:
    """One network's: where it is asked, and how the post's own address is written for a post's id and author."""

    network: Network
    url: str
    page: str


def open_lookups(settings: Settings, http: Http) -> "dict[Network, OembedLookup]":
    """Return what can be asked about pasted links on networks that are not watched here."""
    part = settings.oembed
    services = (
        Service(Network.X, part.x_url, "https://x.com/{handle}/status/{id}"),
        Service(Network.YOUTUBE, part.youtube_url, "https://www.youtube.com/watch?v={id}"),
        Service(Network.TIKTOK, part.tiktok_url, "https://www.tiktok.com/@{handle}/video/{id}"),
    )
    return {one.network: OembedLookup(http, one) for one in services} if part.enabled else {}


class OembedLookup:
    """The part of a tracker that looks at single posts."""

    def __init__(self, http: Http, service: Service) -> None:
        self._http, self._service = http, service

    async def look_up(self, link: PastedLink, accounts: Sequence[Watched]) -> Post | None:
        """Return the post that a pasted link names; None when it is gone, hidden, or was never there.

        Its author is a handle in lower case, never the handle in the pasted address, which the network ignores. When
        it is that of one of `accounts` whose id was looked up at another time, nothing is proved by it: handles
        change hands. Raises RateLimited or TemporaryError when the network does not answer.
        """
        if not link.external_id or not _NAME.fullmatch(link.external_id):
            return None
        page = self._service.page.format(id=link.external_id, handle=link.handle or "i")
        query = urlencode({"url": page, "format": "json", "omit_script": "1", "dnt": "1"})
        answer = await ask(self._http, f"{self._service.url}?{query}")
        if answer.status in _NOT_THERE:
            return None
        if answer.status != 200:
            raise TemporaryError(f"answered {answer.status}")
        data = read_json(answer)
        author = _author(data) if isinstance(data, dict) else None
        if author is None:
            raise TemporaryError("answered without an author")
        return _post(self._service.network, link, author, data)


def _post(network: Network, link: PastedLink, author: str, data: Mapping[str, Any]) -> Post:
    shown = data.get("html") if network is Network.X else None
    kept = clean(shown[:50_000], tags={"a"}, attributes={"a": {"href"}}) if _is_text(shown) else ""
    words = html.unescape(re.sub(r"<[^<>]*>", " ", kept))
    title = data.get("title")
    text = " ".join(f"{title if _is_text(title) else ''} {words}".split())[:_MAX_TEXT]
    links = [html.unescape(one) for one in _HREF.findall(kept)]
    return Post(
        network=network,
        external_id=link.external_id or "",
        author_id=author,
        url=link.url,
        links=tuple(dict.fromkeys(one for one in links if one.startswith(("https://", "http://"))))[:20],
        text=text,
        hashtags=tuple(dict.fromkeys(_TAG.findall(text)))[:50],
    )


def _author(data: Mapping[str, Any]) -> str | None:
    """Return the author's handle, or a channel's id, from its page's address; in lower case where case is nothing."""
    told = data.get("author_unique_id")
    url = data.get("author_url")
    if not _is_text(told) and _is_text(url):
        try:
            told = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        except ValueError:
            return None
    name = told.removeprefix("@") if _is_text(told) else ""
    if not _NAME.fullmatch(name):
        return None
    # Beyond ASCII case is no matter of ours: the sign for kelvin would become a "k".
    return name if re.fullmatch(r"UC[\w-]{22}", name) or not name.isascii() else name.lower()


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value)
