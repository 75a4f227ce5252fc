"""Single words, pages, feeds and files that are made to hurt."""

from datetime import timedelta

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sharebot.sources.fetch import Fetcher
from sharebot.trackers import mastodon_views, x_views
from sharebot.trackers.answers import parse_json
from sharebot.trackers.oembed import _author
from sharebot.trackers.seam import Watched
from sharebot.trackers.websites_addresses import page_id
from sharebot.trackers.websites_feeds import Feed, read_listing
from sharebot.trackers.websites_http import Reply
from sharebot.trackers.websites_pages import read_page
from sharebot.trackers.websites_robots import Robots
from sharebot.trackers.websites_state import State
from sharebot.values.page_urls import normalise_url
from tests.cast import NOW
from tests.loopback import serving_app


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'["\\ud83d\\ude00"]', ["😀"]),
        (b'["a\\ud800b", {"\\udfff": "\\udc00\\ud800"}]', ["a?b", {"?": "??"}]),
        (b'["\xed\xa0\x80"]', ["\ufffd" * 3]),
        (b"\xef\xbb\xbf[1]", [1]),
    ],
)
def test_half_a_character_is_never_read(body: bytes, told: object) -> None:
    assert parse_json(body) == told


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "utf-7", "unicode_escape", "raw_unicode_escape", "rot13", "hex"]
)
def test_no_page_is_read_by_a_character_set_of_no_page(charset: str) -> None:
    body = b"<p>\\ud800 +2AA- " + b"a" * 20_000 + b"-" + b"z9" * 200_000
    page = read_page(body, url="https://a.example/", content_type=f"text/html; charset={charset}")
    assert page.text.startswith("\\ud800 +2AA- a")


def test_what_a_site_leaves_fits_its_cursor() -> None:
    account = Watched(1, "a.example")
    reply = Reply(200, "", {"etag": '"' * 150, "last-modified": "\\" * 150}, b"")
    for url in ("https://a.example/" + "é" * 380, 'https://a.example/"' * 15):
        state = State.read(account, {}).after(url, reply).waiting(NOW)
        (value,) = state.cursor(account).values()
        assert len(value) <= 1000
        assert State.read(account, {"site:1": value}).must_wait(NOW - timedelta(hours=1)) == timedelta(hours=1)


def test_a_wait_that_nobody_may_ask_for_is_a_clocks_error() -> None:
    account = Watched(1, "a.example")
    assert State.read(account, {}).waiting(NOW + timedelta(days=30)).must_wait(NOW) is None


@pytest.mark.parametrize("host", ["é." * 900, "ß" * 1000, "a" * 254])
def test_an_endless_host_is_none(host: str) -> None:
    assert normalise_url(f"https://{host}.example/a") is None
    assert page_id(f"https://{host}.example/a") is None


def test_a_sign_that_only_looks_like_a_letter_is_no_authors() -> None:
    """The sign for kelvin becomes a "k" in lower case; the handle with it is another one."""
    told = {"author_url": "https://www.youtube.com/@\u212aparty"}
    assert _author(told) == "\u212aparty"
    assert _author({"author_url": "https://x.com/KParty"}) == "kparty"


@pytest.mark.parametrize("wrong", [{}, [], 7, None, {"id": {}}])
def test_what_is_no_word_is_none_of_the_words_that_are_looked_for(wrong: object) -> None:
    status = {"account": {"uri": "https://a.example/u"}, "uri": "https://a.example/1", "visibility": wrong}
    assert mastodon_views.read_status({**status, "created_at": "2026-11-23T08:00:00Z"}, server="a.example") is None
    raw = {"id": "12", "author_id": "7", "created_at": wrong, "entities": wrong, "text": wrong}
    assert x_views.read_post(raw) is not None


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_all_calendars_is_that_of_the_number(at: str) -> None:
    post = x_views.read_post({"id": "1991000000000000000", "author_id": "7", "created_at": at})
    assert post is not None
    assert post.at == x_views.instant_of("1991000000000000000")


LINES = (
    "Crawl-delay: ²",
    f"Crawl-delay: {'9' * 5000}",
    "Request-rate: ²/³",
    "Disallow: //[",
    "Allow: http://[::1",
    "\0",
)


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
async def test_whatever_stands_in_a_robots_file_the_rest_is_obeyed(line: str) -> None:
    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(f"User-agent: *\n{line}\nDisallow: /hidden\n\nUser-agent: zzz\nDisallow: /")(
            scope, receive, send
        )

    async with serving_app(told) as base_url:
        fetcher = Fetcher(allowed=frozenset({base_url.removeprefix("http://")}))
        robots = Robots(fetcher)
        assert await robots.allows(f"{base_url}/open", now=NOW)
        assert not await robots.allows(f"{base_url}/hidden/a", now=NOW)
        await fetcher.aclose()


@pytest.mark.parametrize("depth", [2_000, 200_000])
def test_what_lies_deep_in_a_feed_is_read_without_its_tags(depth: int) -> None:
    deep = "<d>" * depth + "Words" + "</d>" * depth
    entry = f'<entry><link href="https://a.example/1"/><content type="xhtml">{deep}</content></entry>'
    listing = read_listing(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode(), "https://a.example/")
    assert isinstance(listing, Feed)
    assert [one.markup for one in listing.entries] == ["Words"]
