"""Hostile documents against real parser processes: a clear refusal, no crash, no stalled loop."""

import asyncio
import random
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sharebot.errors import PermanentError
from sharebot.sources.prepare import prepare

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{}</channel></rss>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


async def parse(parsers, document: str | bytes, content_type: str = "application/xml"):
    body = document if isinstance(document, bytes) else document.encode()
    return await parsers.parse_feed(body, url="https://example.org/feed", content_type=content_type)


async def refusal(parsers, document: str | bytes) -> str:
    with pytest.raises(PermanentError) as caught:
        await parse(parsers, document)
    return str(caught.value)


# F5, F6, F7, F8: entities


@pytest.mark.parametrize(
    "declared",
    [
        f'<!ENTITY l0 "lol">{LAUGHS}',
        f'<!ENTITY a "{"a" * 100_000}">',
        '<!ENTITY xxe SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/evil.dtd"> %p;',
        '<!-- <rss> --><!entity a "a">',
    ],
    ids=["laughs", "blow-up", "file", "parameter", "behind a comment"],
)
async def test_entities_are_not_allowed(parsers, declared):
    item = "<item><title>&l9;&a;&xxe;</title></item>"
    document = RSS.format(item).replace("<rss", f"<!DOCTYPE rss [{declared}]><rss", 1)
    assert await refusal(parsers, document) == "entities are not allowed"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_entities_in_another_encoding_are_seen(encoding):
    document = '<!DOCTYPE rss [<!ENTITY a "a">]><rss/>'
    with pytest.raises(PermanentError, match="entities are not allowed"):
        prepare(document.encode(encoding))


@pytest.mark.parametrize(
    "before", ["", "<!-- <a> -->" * 50_000, '<?x <a> ?><?xml-stylesheet href="a"?>', " " * 200_000]
)
def test_entities_are_seen_behind_whatever_comes_first(before):
    with pytest.raises(PermanentError, match="entities are not allowed"):
        prepare(f'{before}<!DOCTYPE rss [<!-- <a> --><!ENTITY a "a">]><rss/>'.encode())


async def test_an_article_about_entities_is_read(parsers):
    text = '<![CDATA[<p>Never write &lt;!ENTITY x> or <!ENTITY y "z"> here</p>]]>'
    feed = await parse(parsers, RSS.format(f"<item><title>A</title><description>{text}</description></item>"))
    assert feed.items[0].title == "A"


async def test_an_old_doctype_without_entities_is_read(parsers):
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/x.dtd">'
    document = RSS.format("<item><title>A</title></item>").replace("<rss", f"{doctype}<rss", 1)
    assert (await parse(parsers, document)).items[0].title == "A"


# F12: time and memory


async def test_a_document_that_takes_too_long_is_given_up_and_the_loop_goes_on(parsers):
    attributes = " ".join(f'a{n}="{n}"' for n in range(100_000))
    pauses: list[float] = []
    watch = asyncio.create_task(_watch(pauses))
    assert await refusal(parsers, f"<rss {attributes}><channel><title>T</title></rss") == "parser time limit"
    watch.cancel()
    assert max(pauses) < 2  # the parser worked for five seconds
    assert (await parse(parsers, RSS.format(""))).title == "T"


async def _watch(pauses: list[float]) -> None:
    while True:
        before = time.monotonic()
        await asyncio.sleep(0.01)
        pauses.append(time.monotonic() - before)


async def test_a_document_that_takes_too_much_memory_is_given_up(parsers):
    await parse(parsers, RSS.format(""))
    (process,) = parsers._running
    _leave_only(process.pid, 5_000_000)
    assert await refusal(parsers, RSS.format(f"<a>{'x' * 8_000_000}</a>")) == "parser memory limit"
    assert (await parse(parsers, RSS.format(""))).title == "T"


def _leave_only(pid: int, more: int) -> None:
    used = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (used + more, used + more))


async def test_a_parser_that_died_in_between_is_replaced(parsers):
    await parse(parsers, RSS.format(""))
    (process,) = parsers._running
    process.kill()
    await process.wait()
    assert (await parse(parsers, RSS.format(""))).title == "T"
    assert parsers.parses == 2


async def test_a_poll_that_is_cancelled_leaves_a_pool_that_works(parsers):
    await parse(parsers, RSS.format(""))
    task = asyncio.create_task(parse(parsers, RSS.format("<item><title>x</title></item>" * 900)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await parse(parsers, RSS.format(""))).title == "T"


async def test_more_jobs_than_parsers_wait_their_turn(parsers):
    feeds = await asyncio.gather(*(parse(parsers, RSS.format(f"<item><title>{n}</title></item>")) for n in range(8)))
    assert [feed.items[0].title for feed in feeds] == [str(n) for n in range(8)]
    assert len(parsers._running) == 1


# F13, F14, F15, F16, F17, F18


@pytest.mark.parametrize("oldest_first", [False, True])
async def test_of_very_many_items_the_newest_are_kept(parsers, oldest_first):
    days = range(100_000) if oldest_first else range(100_000, 0, -1)
    items = "".join(f"<item><guid>{day}</guid><pubDate>{_date(day)}</pubDate></item>" for day in days)
    feed = await parse(parsers, RSS.format(items)[:10_000_000])
    newest = max(days)
    assert [item.external_id for item in feed.items] == [str(newest - step) for step in range(200)]
    assert feed.warnings == ("only the 200 newest items were read",)


def _date(minutes: int) -> str:
    return datetime.fromtimestamp(1_500_000_000 + minutes * 60, UTC).strftime("%Y-%m-%dT%H:%MZ")


async def test_a_title_of_ten_megabytes_is_cut(parsers):
    feed = await parse(parsers, RSS.format(f"<item><title>{'word ' * 1_990_000}</title></item>"))
    item = feed.items[0]
    assert len(item.title) <= 500
    assert item.title.endswith("…")
    assert "title cut" in item.warnings


async def test_a_text_of_megabytes_is_cut(parsers):
    text = "<![CDATA[" + "<p>word</p>" * 400_000 + "]]>"
    feed = await parse(parsers, RSS.format(f"<item><title>A</title><description>{text}</description></item>"))
    assert len(feed.items[0].text) <= 20_000
    assert "text cut" in feed.items[0].warnings


async def test_deeply_nested_tags_do_no_harm(parsers):
    try:
        feed = await parse(parsers, RSS.format("<a>" * 200_000 + "</a>" * 200_000))
        assert feed.title == "T"
    except PermanentError as error:
        assert str(error) in {"parser time limit", "parser memory limit"}
    assert (await parse(parsers, RSS.format(""))).title == "T"


async def test_deeply_nested_html_in_a_text_does_no_harm(parsers):
    text = "<![CDATA[" + "<div>" * 30_000 + "deep" + "]]>"
    feed = await parse(parsers, RSS.format(f"<item><title>A</title><description>{text}</description></item>"))
    assert feed.items[0].title == "A"


async def test_control_characters_are_stripped(parsers):
    feed = await parse(parsers, RSS.format("<item><title>A\x00B\x07C\u0085D\u009bE</title></item>"))
    assert feed.items[0].title.replace(" ", "") == "ABC…D›E"  # as Windows means them


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "cp1251"])
async def test_other_encodings_than_the_declared_one_are_read_or_refused(parsers, encoding):
    document = RSS.format("<item><title>Привет, мир</title></item>")
    try:
        feed = await parse(parsers, document.encode(encoding))
    except PermanentError as error:
        assert str(error).startswith("not a feed")
        return
    if encoding != "cp1251":  # nothing in the document says so
        assert feed.items[0].title == "Привет, мир"


async def test_a_feed_that_breaks_off_keeps_what_came_whole_and_says_so(parsers):
    items = "".join(f"<item><guid>{n}</guid><title>Item {n}</title></item>" for n in range(5))
    document = RSS.format(items)
    feed = await parse(parsers, document[: document.index("Item 3") + 3])
    titles = [item.title for item in feed.items]
    assert titles[:3] == ["Item 0", "Item 1", "Item 2"]
    assert feed.warnings == ("damaged feed",)
    assert all("damaged feed" in item.warnings for item in feed.items)


@pytest.mark.parametrize("seed", range(30))
async def test_noise_never_ends_in_anything_but_a_feed_or_a_refusal(parsers, seed):
    noise = random.Random(seed)  # noqa: S311
    document = bytearray(RSS.format("<item><title>A</title><link>https://a.example/</link></item>" * 5).encode())
    for _ in range(40):
        document[noise.randrange(len(document))] = noise.randrange(256)
    try:
        await parse(parsers, bytes(document))
    except PermanentError as error:
        assert str(error)
