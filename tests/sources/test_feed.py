"""Polling a feed over http: what is asked, what is parsed, what staff are told."""

import pytest

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.sources.feed import poll
from sharebot.values.feeds import Cursor
from tests.sources.site import Reply

RSS = b"<rss version='2.0'><channel><title>News</title><item><title>A</title></item></channel></rss>"
XML = {"Content-Type": "application/rss+xml"}


async def test_a_first_poll_reads_the_feed_and_remembers_it(site, fetcher, parsers):
    site.pages["/feed"] = Reply(RSS, headers={**XML, "ETag": '"1"', "Last-Modified": "yesterday"})
    result = await poll(site.url("/feed"), Cursor(), fetcher=fetcher, parsers=parsers)
    assert result.feed
    assert result.feed.title == "News"
    assert (result.cursor.etag, result.cursor.last_modified) == ('"1"', "yesterday")
    assert "if-none-match" not in site.asked[0].headers


async def test_a_feed_that_says_it_has_not_changed_is_not_parsed(site, fetcher, parsers):
    site.pages["/feed"] = Reply(status=304)
    cursor = Cursor(etag='"1"', last_modified="yesterday", body_sha256="x")
    result = await poll(site.url("/feed"), cursor, fetcher=fetcher, parsers=parsers)
    assert (result.feed, result.cursor, parsers.parses) == (None, cursor, 0)
    assert site.asked[0].headers["if-none-match"] == '"1"'
    assert site.asked[0].headers["if-modified-since"] == "yesterday"


async def test_the_same_bytes_again_are_not_parsed(site, fetcher, parsers):
    site.pages["/feed"] = Reply(RSS, headers=XML)
    first = await poll(site.url("/feed"), Cursor(), fetcher=fetcher, parsers=parsers)
    site.pages["/feed"] = Reply(RSS, headers={**XML, "ETag": '"2"'})
    second = await poll(site.url("/feed"), first.cursor, fetcher=fetcher, parsers=parsers)
    assert (second.feed, second.cursor.etag, parsers.parses) == (None, '"2"', 1)


async def test_a_feed_that_moved_for_good_is_read_and_the_new_place_named(site, fetcher, parsers):
    site.pages["/old"] = Reply(status=301, headers={"Location": "/new"})
    site.pages["/new"] = Reply(RSS, headers=XML)
    result = await poll(site.url("/old"), Cursor(), fetcher=fetcher, parsers=parsers)
    assert result.feed
    assert result.moved_to == site.url("/new")


@pytest.mark.parametrize(
    ("reply", "error", "why"),
    [
        (Reply(b""), TemporaryError, "empty response"),
        (Reply(b" \n "), TemporaryError, "empty response"),
        (Reply(status=304), TemporaryError, "unexpected status 304"),
        (Reply(status=404), TemporaryError, "unexpected status 404"),
        (Reply(status=410), PermanentError, "the feed is gone (410)"),
        (Reply(status=429), RateLimited, "too many requests (429)"),
        (Reply(status=502), TemporaryError, "server error (502)"),
        (Reply(b"<!DOCTYPE html><html><title>Log in", headers={"Content-Type": "text/html"}), PermanentError,
         "not a feed (text/html)"),
        (Reply(b"<p>Log in", headers={"Content-Type": "text/html; charset=utf-8"}), PermanentError,
         "not a feed (text/html)"),
        (Reply(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), PermanentError,
         "not a feed (application/pdf)"),
        (Reply(b"words"), PermanentError, "not a feed (no type given)"),
    ],
)  # fmt: skip
async def test_every_other_answer_has_its_clear_word(site, fetcher, parsers, reply, error, why):
    site.pages["/feed"] = reply
    with pytest.raises(error) as caught:
        await poll(site.url("/feed"), Cursor(), fetcher=fetcher, parsers=parsers)
    assert str(caught.value) == why


async def test_a_feed_served_as_html_is_still_a_feed(site, fetcher, parsers):
    site.pages["/feed"] = Reply(RSS, headers={"Content-Type": "text/html"})
    result = await poll(site.url("/feed"), Cursor(), fetcher=fetcher, parsers=parsers)
    assert result.feed


async def test_a_json_feed_is_known_by_its_first_sign(site, fetcher, parsers):
    body = b'\xef\xbb\xbf {"version": "https://jsonfeed.org/version/1", "title": "J", "items": []}'
    site.pages["/feed"] = Reply(body, headers={"Content-Type": "text/plain"})
    result = await poll(site.url("/feed"), Cursor(), fetcher=fetcher, parsers=parsers)
    assert result.feed
    assert result.feed.title == "J"
