"""Finding the feeds behind an address."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from sharebot.errors import PermanentError, TemporaryError
from sharebot.sources.discovery import Found, discover
from sharebot.sources.fetch import Fetcher, Response
from sharebot.values.status import SourceKind
from tests.sources.site import Reply

HTML = {"Content-Type": "text/html; charset=utf-8"}


def rss(title: str) -> Reply:
    item = "<item><guid>1</guid><title>A</title><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item>"
    body = f"<rss version='2.0'><channel><title>{title}</title><language>es</language>{item}</channel></rss>"
    return Reply(body.encode(), headers={"Content-Type": "application/rss+xml"})


def page(head: str) -> Reply:
    return Reply(f"<!DOCTYPE html><html><head><title>T</title>{head}</head></html>".encode(), headers=HTML)


async def test_an_address_that_is_a_feed_is_found_as_it_is(site, fetcher, parsers):
    site.pages["/feed"] = rss("News")
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    found = await discover(site.url("/feed"), fetcher=fetcher, parsers=parsers)
    assert found == [Found(site.url("/feed"), SourceKind.FEED, "News", "es", 1, at)]


async def test_the_feeds_a_page_names_are_found(site, fetcher, parsers):
    site.pages["/"] = page(
        "<link rel='alternate' type='application/rss+xml' href='/es.xml'>"
        "<link rel='alternate' type='application/feed+json' href='/fr.json'>"
        "<link rel='alternate' type='application/atom+xml' href='/broken'>"
        "<link rel='alternate' type='application/rss+xml' href='https://localhost/inner'>"
    )
    site.pages["/es.xml"] = rss("Noticias")
    site.pages["/fr.json"] = Reply(json.dumps({"version": "https://jsonfeed.org/version/1", "title": "N"}).encode())
    found = await discover(site.url(), fetcher=fetcher, parsers=parsers)
    assert [(one.url, one.title) for one in found] == [
        (site.url("/es.xml"), "Noticias"),
        (site.url("/fr.json"), "N"),
    ]


async def test_without_any_named_the_usual_places_are_tried(site, fetcher, parsers):
    site.pages["/news/today"] = page("")
    site.pages["/rss.xml"] = rss("Usual")
    found = await discover(site.url("/news/today"), fetcher=fetcher, parsers=parsers)
    assert [one.title for one in found] == ["Usual"]
    assert [asked.path for asked in site.asked[2:]] == ["/feed", "/rss.xml", "/atom.xml", "/feed.json"]


async def test_a_page_without_feeds_yields_none(site, fetcher, parsers):
    site.pages["/"] = page("")
    assert await discover(site.url(), fetcher=fetcher, parsers=parsers) == []


async def test_an_address_that_cannot_be_read_says_why(site, fetcher, parsers):
    with pytest.raises(TemporaryError, match="404"):
        await discover(site.url("/missing"), fetcher=fetcher, parsers=parsers)
    with pytest.raises(PermanentError, match="only https"):
        await discover("http://example.org/", fetcher=fetcher, parsers=parsers)


class OnlyAddresses(Fetcher):
    """Stands where the network would be, and notes what is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        self.asked.append(url)
        raise TemporaryError("no network here")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/channel/UCP7uiEZIqci43m22KDl0sNw",
        "https://www.youtube.com/channel/UCP7uiEZIqci43m22KDl0sNw/videos",
        "https://m.youtube.com/channel/UCP7uiEZIqci43m22KDl0sNw/",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCP7uiEZIqci43m22KDl0sNw",
    ],
)
async def test_a_youtube_channel_leads_to_its_feed(parsers, url):
    network = OnlyAddresses()
    with pytest.raises(TemporaryError):
        await discover(url, fetcher=network, parsers=parsers)
    assert network.asked == ["https://www.youtube.com/feeds/videos.xml?channel_id=UCP7uiEZIqci43m22KDl0sNw"]


async def test_a_youtube_handle_is_looked_up_on_its_page(parsers):
    network = OnlyAddresses()
    with pytest.raises(TemporaryError):
        await discover("https://www.youtube.com/@alliance", fetcher=network, parsers=parsers)
    assert network.asked == ["https://www.youtube.com/@alliance"]
