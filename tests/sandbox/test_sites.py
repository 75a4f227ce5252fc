"""The publisher's site: files, conditional requests, and media that are what they say."""

from datetime import timedelta

import httpx
import pytest

from sharebot.sandbox.sites import draw_landscape, make_wav
from sharebot.sandbox.world import Sandbox
from tests.cast import FixedClock

LATER, EARLIER = "Mon, 23 Nov 2026 08:00:00 GMT", "Mon, 23 Nov 2026 07:59:59 GMT"


@pytest.fixture
def feed(sandbox: Sandbox) -> str:
    sandbox.sites.publish("/feed.xml", "<rss>é</rss>", "application/rss+xml")
    return "/site/feed.xml"


async def test_a_file_comes_with_its_type_and_its_marks(web: httpx.AsyncClient, feed: str) -> None:
    answer = await web.get(feed)
    assert answer.content == "<rss>é</rss>".encode()
    assert answer.headers["content-type"].startswith("application/rss+xml")
    assert answer.headers["last-modified"] == LATER
    assert answer.headers["etag"].startswith('"')


async def test_who_has_the_file_is_told_so(web: httpx.AsyncClient, feed: str) -> None:
    etag = (await web.get(feed)).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await web.get(feed, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag), known


async def test_the_date_alone_will_do(web: httpx.AsyncClient, feed: str) -> None:
    for since, status in ((LATER, 304), (EARLIER, 200), ("yesterday", 200), ("", 200)):
        assert (await web.get(feed, headers={"if-modified-since": since})).status_code == status, since


async def test_the_tag_outweighs_the_date(web: httpx.AsyncClient, feed: str) -> None:
    headers = {"if-none-match": '"other"', "if-modified-since": LATER}
    assert (await web.get(feed, headers=headers)).status_code == 200


async def test_a_changed_file_comes_anew(
    web: httpx.AsyncClient, sandbox: Sandbox, feed: str, clock: FixedClock
) -> None:
    old = (await web.get(feed)).headers
    clock.at += timedelta(hours=1)
    sandbox.sites.publish("/feed.xml", "<rss>new</rss>", "application/rss+xml")
    headers = {"if-none-match": old["etag"], "if-modified-since": old["last-modified"]}
    answer = await web.get(feed, headers=headers)
    assert (answer.status_code, answer.text) == (200, "<rss>new</rss>")
    assert answer.headers["last-modified"] != old["last-modified"]


async def test_what_is_not_there_is_not_found_and_counted(web: httpx.AsyncClient, sandbox: Sandbox) -> None:
    assert (await web.get("/site/nothing")).status_code == 404
    assert (await web.get("/site/nothing")).status_code == 404
    assert sandbox.sites.hits == {"/nothing": 2}


async def test_another_process_may_publish(web: httpx.AsyncClient) -> None:
    page = {"path": "/story", "body": "<p>A story</p>", "content_type": "text/html"}
    await web.post("/_sandbox/sites", json=page)
    assert (await web.get("/site/story")).text == "<p>A story</p>"


def test_a_landscape_is_a_picture_of_its_own_and_the_same_each_time() -> None:
    assert draw_landscape(1) == draw_landscape(1) != draw_landscape(2)
    assert draw_landscape(1).startswith(b"\x89PNG")


def test_silence_has_the_length_asked_for() -> None:
    wav = make_wav(1.5)
    assert (wav[:4], wav[8:12]) == (b"RIFF", b"WAVE")
    assert len(wav) == 44 + 12_000
    assert int.from_bytes(wav[4:8], "little") == len(wav) - 8
