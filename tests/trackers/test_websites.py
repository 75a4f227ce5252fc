"""Parties' own sites: which pages are theirs, what is read of them, and how little is asked."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from sharebot.errors import TemporaryError
from sharebot.sandbox.sites import Refusing
from sharebot.trackers.seam import Watched
from sharebot.trackers.websites_addresses import Site, page_id, site_at, site_of
from sharebot.trackers.websites_feeds import Feed, Sitemap, read_instant, read_listing
from sharebot.trackers.websites_pages import read_page
from sharebot.values.posts import PastedLink
from sharebot.values.status import Network
from sharebot.values.tracking import Unobservable
from tests.trackers.contract import MEMBERS, look_at
from tests.trackers.stage_websites import START, WebsitesStage

OURS = "https://alliance.example/story"
LINK = f'<p>Read <a href="{OURS}">this</a>.</p>'


@pytest.fixture
async def stage() -> AsyncIterator[WebsitesStage]:
    async with WebsitesStage() as opened:
        yield opened


def test_a_page_is_one_however_a_feed_a_mention_or_an_officer_writes_it() -> None:
    written = (
        "http://www.NORTH.example:80/a/amp",
        "https://m.north.example/a/index.html?utm_source=x#top",
        "https://north.example./a/)",
    )
    assert {page_id(url) for url in written} == {"https://north.example/a"}
    assert page_id("https://north.example/?p=12") != page_id("https://north.example/?p=13")
    for url in (
        "mailto:a@north.example",
        "https://a@north.example/",
        "https://north.example\\@evil.example/",
        "https://",
    ):
        assert page_id(url) is None


def test_a_very_long_address_still_fits_the_column_and_stays_itself() -> None:
    one, other = (page_id(f"https://north.example/{'a' * 1500}{mark}") for mark in "xy")
    assert one and other and one != other
    assert max(len(one), len(other)) <= 500


@pytest.mark.parametrize(
    ("site", "url", "holds"),
    [
        ("north.example", "https://www.north.example/a", True),
        ("north.example", "http://north.example/a", True),
        ("north.example", "https://north.example.evil.example/a", False),
        ("north.example", "https://blog.north.example/a", False),
        ("north.example", "https://nоrth.example/a", False),
        ("north.example", "https://north.example@evil.example/a", False),
        ("north.example", "https://north.example:8443/a", False),
        ("sites.example/north", "https://sites.example/north", True),
        ("sites.example/north", "https://sites.example/north/a", True),
        ("sites.example/north", "https://sites.example/north-evil/a", False),
        ("sites.example/north", "https://sites.example/north/../south/a", False),
        ("sites.example/north", "https://sites.example/north/%2e%2e/south/a", False),
        ("sites.example/north", "https://sites.example/", False),
    ],
)
def test_only_the_very_host_and_path_are_a_partys(site: str, url: str, holds: bool) -> None:
    assert site_of(site).holds(url) is holds


def test_a_front_page_names_its_site() -> None:
    assert site_at("https://www.North.example/") == Site("north.example")
    assert site_at("https://sites.example/north/") == Site("sites.example", "/north")
    assert site_at("nonsense") is None


async def test_links_and_words_come_from_the_feed_and_from_the_page_behind_a_summary(stage: WebsitesStage) -> None:
    whole = stage.post_as(2, "Whole", markup=LINK)
    short = stage.post_as(4, "Short", markup=LINK + "<p>Many more words here.</p>", summary="In short.")
    mapped = stage.post_as(3, "Mapped", markup=LINK)
    posts = {post.external_id: post for post in (await look_at(stage.tracker(), stage.look())).posts}
    assert {posts[one].links for one in (whole, short, mapped)} == {(OURS,)}
    assert "Many more words" in posts[short].text
    assert posts[whole].text.startswith("Whole")
    assert "Imprint" not in posts[mapped].text
    assert [posts[one].author_id for one in (whole, mapped, short)] == [stage.identity(row) for row in MEMBERS]
    assert posts[short].at == stage.clock.now() - timedelta(minutes=1)


async def test_a_long_text_without_our_links_needs_no_page(stage: WebsitesStage) -> None:
    stage.post_as(2, "Long", markup="<p>" + "Words. " * 500 + "</p>")
    seen = await look_at(stage.tracker(), stage.look())
    assert len(seen.posts) == 1
    assert stage.sandbox.sites.hits == {f"/parties/{one}": 1 for one in ("p4",)} | {
        "/parties/p2/feed.xml": 1,
        "/parties/p3/sitemap.xml": 1,
        "/parties/p4/feed.xml": 1,
    }


async def test_what_has_not_changed_is_asked_for_once_more_and_read_no_more(stage: WebsitesStage) -> None:
    for member in MEMBERS:
        stage.post_as(member, markup=LINK)
    seen = await look_at(stage.tracker(), stage.look())
    before = stage.asked
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert (again.posts, again.seen, stage.asked - before) == ([], set(MEMBERS), 3)
    assert all(len(value) <= 1000 for value in seen.cursors.values())


async def test_an_article_that_was_changed_is_looked_at_again(stage: WebsitesStage) -> None:
    stage.post_as(2, "First", markup="<p>No link yet.</p>")
    seen = await look_at(stage.tracker(), stage.look())
    stage.world.write("p2", "a0", "First", LINK)
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert [post.links for post in again.posts] == [(OURS,)]


async def test_ten_pages_of_a_site_are_read_in_one_look_and_the_rest_in_the_next(stage: WebsitesStage) -> None:
    wanted = {stage.post_as(3, markup=LINK) for _ in range(25)}
    seen, rounds = await look_at(stage.tracker(), stage.look()), [10]
    for _ in range(2):
        more = await look_at(stage.tracker(), stage.look(seen.cursors))
        assert not more.ids & seen.ids
        rounds.append(len(more.posts))
        seen.posts += more.posts
        seen.cursors |= more.cursors
    assert (rounds, seen.ids) == ([10, 10, 5], wanted)


async def test_old_entries_and_pages_of_others_are_left_out(stage: WebsitesStage) -> None:
    feed = (
        "<rss><channel><link>{home}</link>"
        "<item><title>Old</title><link>{home}/old</link><pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate></item>"
        "<item><title>Theirs</title><link>{other}/x</link><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item>"
        "<item><title>Elsewhere</title><link>https://evil.example/x</link></item></channel></rss>"
    )
    text = feed.format(home=stage.world.home("p2"), other=stage.world.home("p3"))
    stage.sandbox.sites.publish("/parties/p2/feed.xml", text, "application/rss+xml")
    seen = await look_at(stage.tracker(), stage.look())
    assert (seen.posts, 2 in seen.seen) == ([], True)


async def test_robots_txt_is_obeyed_and_asked_once_a_day(stage: WebsitesStage) -> None:
    stage.sandbox.sites.publish("/robots.txt", "User-agent: sharebot\nDisallow: /site/parties/p3/", "text/plain")
    shut, mapped = stage.post_as(2, markup=LINK), stage.post_as(3, markup=LINK)
    tracker = stage.tracker()
    seen = await look_at(tracker, stage.look())
    posts = {post.external_id: post for post in seen.posts}
    assert (posts[shut].links, posts[mapped].links) == ((OURS,), ())
    assert not any(re.fullmatch(r"/parties/p3/a\d+", path) for path in stage.sandbox.sites.hits)


async def test_a_site_that_asks_to_wait_is_left_alone_and_no_other(stage: WebsitesStage) -> None:
    stage.sandbox.sites.refusing["/parties/p2"] = Refusing(503, {"Retry-After": "7200"})
    other = stage.post_as(3, markup=LINK)
    seen = await look_at(stage.tracker(), stage.look())
    assert (list(seen.missed), seen.ids, seen.failed) == ([2], {other}, {})
    stage.sandbox.sites.refusing.clear()
    hits = dict(stage.sandbox.sites.hits)
    again = await look_at(stage.tracker(), stage.look(seen.cursors))
    assert "left alone" in again.missed[2]
    assert stage.sandbox.sites.hits["/parties/p2/feed.xml"] == hits["/parties/p2/feed.xml"]
    stage.clock.move_to(stage.clock.now() + timedelta(hours=3))
    assert 2 in (await look_at(stage.tracker(), stage.look(seen.cursors))).seen


async def test_when_none_of_many_sites_answers_the_fault_may_be_ours(stage: WebsitesStage) -> None:
    stage.break_with(502)
    sites = [Watched(row, f"{stage.base_url}/{row}", f"{urlsplit(stage.base_url).netloc}/{row}") for row in range(9)]
    with pytest.raises(TemporaryError, match="none of 9 sites"):
        await look_at(stage.tracker(), replace(stage.look(), accounts=sites))


async def test_the_address_a_page_gives_itself_is_its_id_when_it_is_the_sites(stage: WebsitesStage) -> None:
    home = stage.world.home("p2")
    page = '<link rel="canonical" href="{}"><article>{}</article>'
    accounts = [Watched(2, stage.handles[2], stage.identity(2))]
    for name, canonical in {"own": f"{home}/real", "foreign": OURS, "front": home}.items():
        stage.sandbox.sites.publish(f"/parties/p2/{name}", page.format(canonical, LINK), "text/html")
    found = {
        name: await stage.tracker().look_up(PastedLink(Network.WEBSITE, f"{home}/{name}"), accounts)
        for name in ("own", "foreign", "front")
    }
    ids = {name: post.external_id.rpartition("/")[2] if post else None for name, post in found.items()}
    assert ids == {"own": "real", "foreign": "foreign", "front": "front"}


async def test_a_pasted_page_of_another_site_is_never_asked_for(stage: WebsitesStage) -> None:
    theirs = stage.post_as(3, markup=LINK)
    before = stage.asked
    accounts = [Watched(2, stage.handles[2], stage.identity(2))]
    for url in (stage.link(theirs).url, "http://169.254.169.254/latest/", f"http://p2@{stage.identity(2)}/a"):
        post = await stage.tracker().look_up(PastedLink(Network.WEBSITE, url), accounts)
        assert post is not None
        assert (post.author_id == stage.identity(2), post.links) == (False, ())
    assert stage.asked == before
    with pytest.raises(TemporaryError, match="not looked up yet"):
        await stage.tracker().look_up(stage.link(theirs), [Watched(9, "https://nine.example")])


async def test_a_site_that_moved_to_another_host_is_gone_and_a_stranger_is_not_found(stage: WebsitesStage) -> None:
    gone = Watched(2, f"{stage.world.home('nobody')}/feed.xml", stage.identity(2))
    found = await stage.tracker().identify([gone, replace(gone, account_id=3, external_id=None)])
    assert (found[2].reason, found[3].reason) == (Unobservable.GONE, Unobservable.NOT_FOUND)


async def test_a_feed_of_the_whole_host_stands_for_the_whole_host(stage: WebsitesStage) -> None:
    host = urlsplit(stage.base_url).netloc
    item = f"<item><link>{stage.base_url}/2026/11/x</link></item>"
    rss = f"<rss><channel><link>{stage.base_url}/site/blog</link>{item}</channel></rss>"
    stage.sandbox.sites.publish("/blog/feed.xml", rss, "application/rss+xml")
    found = await stage.tracker().identify([Watched(2, f"{stage.base_url}/site/blog/feed.xml")])
    assert found[2].external_id == host


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/a"/><updated>2026-11-23T08:00:00Z</updated>'
         '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Hi</div></content></entry></feed>', 1),
        ('<rdf:RDF xmlns:rdf="x" xmlns="y"><channel/><item><link>https://north.example/a</link></item></rdf:RDF>', 1),
        ('<rss><channel><item><guid>https://north.example/a</guid><description>a&nbsp;b</description></item>'
         "</channel></rss>", 1),
        ('<rss><channel><item><link>javascript:alert(1)</link></item><item/></channel></rss>', 0),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/a", "content_html": "x"}, 7, {}]}', 1),
    ],
)  # fmt: skip
def test_every_kind_of_feed_is_read(body: str, entries: int) -> None:
    feed = read_listing(body.encode(), "https://north.example/feed")
    assert isinstance(feed, Feed)
    assert [one.url for one in feed.entries] == ["https://north.example/a"] * entries


def test_sitemaps_of_pages_news_and_sitemaps_are_read() -> None:
    news = (
        b'<urlset xmlns="s" xmlns:n="n"><url><loc>https://north.example/a</loc><n:news>'
        b"<n:publication_date>2026-11-23</n:publication_date></n:news></url><url><loc>bad url</loc></url></urlset>"
    )
    index = b"<sitemapindex><sitemap><loc>https://north.example/s.xml</loc></sitemap></sitemapindex>"
    assert read_listing(news, "https://north.example/") == Sitemap(
        pages=(
            ("https://north.example/a", datetime(2026, 11, 23, tzinfo=UTC)),
            ("https://north.example/bad%20url", None),
        )
    )
    assert read_listing(index, "https://north.example/") == Sitemap(others=(("https://north.example/s.xml", None),))


BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'


@pytest.mark.parametrize("body", [BOMB, b"<rss><channel>", b"<rss>" * 5000, b"<rss>" + b"x" * 3_000_001], ids=range(4))
def test_damaged_and_hostile_feeds_are_refused(body: bytes) -> None:
    with pytest.raises(TemporaryError):
        read_listing(body, "https://north.example/feed")


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x01", b"<html></html>", b"{}", b"[" * 9999, b'{"items": 7}'], ids=range(6)
)
def test_what_is_no_feed_is_none(body: bytes) -> None:
    assert read_listing(body, "https://north.example/feed") is None


@pytest.mark.parametrize("text", ["", "soon", "9999-99-99", "Mon, 99 Nov 2026", "0001-01-01T00:00:00+23:59"])
def test_a_date_that_is_none_is_left_out(text: str) -> None:
    assert read_instant(text) is None


PAGE = f"""<!doctype html><html><head><title>T</title><link rel="canonical" href="/real">
<link rel="alternate" type="application/atom+xml" href="/feed"><meta property="article:published_time"
content="2026-11-23T08:00:00+01:00"></head><body><nav><a href="https://nav.example/">n</a></nav><main>
<article><h1>Title</h1><p>Words <a href="{OURS}?a=1&amp;b=2">x</a><img src="/i.png"></p>
<script>document.write('<a href="https://script.example/">')</script></article>
<article><a href="https://comment.example/" rel="ugc">c</a></article></main>
<a href="https://footer.example/">f</a></body></html>"""


def test_of_a_page_only_the_articles_own_links_count() -> None:
    page = read_page(PAGE.encode(), url="https://north.example/x", content_type="text/html")
    assert page.links == (f"{OURS}?a=1&b=2", "https://north.example/i.png")
    assert (page.text, page.canonical) == ("Title Words x", "https://north.example/real")
    assert page.feeds == ("https://north.example/feed",)
    assert page.at == START - timedelta(hours=1)


HOSTILE = ["<a" * 100_000, "<" * 300_000, "<div>" * 120_000, '<a href="' * 50_000, "&" * 300_000, "<i></b>" * 80_000]


@pytest.mark.parametrize("part", HOSTILE, ids=range(6))
def test_hostile_pages_cost_little(part: str) -> None:
    read_page(part.encode(), url="https://north.example/x", content_type="text/html; charset=hex")


def test_headers_of_any_character_set_are_read() -> None:
    page = read_page(
        "<p>Été</p>".encode("latin-1"), url="https://n.example/", content_type="text/html; charset=latin-1"
    )
    assert page.text == "Été"
