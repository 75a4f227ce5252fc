"""Find the feeds of a page, and read what a page says of itself."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urljoin, urlsplit

from sharebot.errors import PermanentError, TemporaryError
from sharebot.sources.feed import poll
from sharebot.sources.fetch import Fetcher
from sharebot.sources.oembed import complete
from sharebot.sources.parser_pool import ParserPool
from sharebot.values.feeds import Cursor, Page
from sharebot.values.status import SourceKind

_USUAL_PLACES = ("/feed", "/rss.xml", "/atom.xml", "/feed.json")


@dataclass(frozen=True, slots=True)
class Found:
    """A feed and what it says of itself."""

    url: str
    kind: SourceKind
    title: str
    language: str | None
    items: int
    newest_at: datetime | None


async def read_page(url: str, *, fetcher: Fetcher, parsers: ParserPool) -> Page:
    """Fetch a page and read its title, text, picture, language and kind."""
    page, body = await _fetch_page(url, fetcher=fetcher, parsers=parsers)
    return await complete(page, body, fetcher=fetcher)


async def _fetch_page(url: str, *, fetcher: Fetcher, parsers: ParserPool) -> tuple[Page, bytes]:
    response = await fetcher.get(url, headers={"Accept": "text/html, */*;q=0.5"})
    if response.status != 200:
        raise PermanentError(f"the page answers {response.status}")
    content_type = response.headers.get("content-type", "")
    page = await parsers.parse_page(response.body, url=response.url, content_type=content_type)
    return page, response.body


async def discover(url: str, *, fetcher: Fetcher, parsers: ParserPool) -> list[Found]:
    """Return the feeds behind `url`: itself, those its page names, or those at the usual places.

    Raises what the fetcher raises when the address itself cannot be read.
    """
    url = _youtube_feed(url) or url
    try:
        return [await _look(url, fetcher=fetcher, parsers=parsers)]
    except PermanentError as error:
        if not str(error).startswith("not a feed"):
            raise
    page, _ = await _fetch_page(url, fetcher=fetcher, parsers=parsers)
    places = page.feed_urls or tuple(urljoin(url, place) for place in _USUAL_PLACES)
    found = []
    for place in places:
        try:
            found.append(await _look(place, fetcher=fetcher, parsers=parsers))
        except (PermanentError, TemporaryError):
            continue
    return found


def _youtube_feed(url: str) -> str | None:
    """Return the feed of a YouTube channel's address that carries its id."""
    parts = urlsplit(url)
    if parts.hostname not in {"www.youtube.com", "youtube.com", "m.youtube.com"}:
        return None
    channel = parts.path.removeprefix("/channel/").partition("/")[0] if "/channel/" in parts.path else ""
    channel = channel or parse_qs(parts.query).get("channel_id", [""])[0]
    return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}" if channel[:2] == "UC" else None


async def _look(url: str, *, fetcher: Fetcher, parsers: ParserPool) -> Found:
    result = await poll(url, Cursor(), fetcher=fetcher, parsers=parsers)
    feed = result.feed
    assert feed is not None  # noqa: S101 - an empty cursor matches nothing
    dates = [item.published_at for item in feed.items if item.published_at]
    return Found(url, feed.kind, feed.title, feed.language, len(feed.items), max(dates, default=None))
