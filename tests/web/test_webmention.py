"""Other sites tell us that they link to us; only the page of a registered site is believed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.applications import Starlette

from sharebot.config.settings import Settings, Websites
from sharebot.models import LostReshare, ObservedPost, Reshare, SocialAccount, Variant
from sharebot.runtime import Runtime
from sharebot.sandbox.apis import routes
from sharebot.sandbox.world import Sandbox
from sharebot.sources.fetch import Fetcher
from sharebot.store.database import Database
from sharebot.trackers.seam import Answer
from sharebot.trackers.websites import WebsitesTracker
from sharebot.values.status import AccountStatus, Evidence, Network
from sharebot.web.app import build_app
from tests.cast import FixedClock, add_cast
from tests.loopback import serving_app
from tests.web.conftest import BASE
from tests.web.props import add_draft, queue_and_release

TARGET = "https://alliance.example/story/1/en"
CROSS = {"Sec-Fetch-Site": "cross-site", "Origin": "https://north.example"}


@dataclass
class Asked:
    """A fetcher that keeps what it was asked."""

    fetcher: Fetcher
    urls: list[str] = field(default_factory=list)

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        self.urls.append(url)
        return await self.fetcher.get(url, headers=headers)


@dataclass
class Place:
    """North's own site, and our pages that anybody may send to."""

    client: httpx.AsyncClient
    sandbox: Sandbox
    site: str
    http: Asked

    async def send(self, source: str, target: str, **headers: str) -> httpx.Response:
        return await self.client.post("/webmention", data={"source": source, "target": target}, headers=CROSS | headers)

    def write(self, slug: str, body: str) -> str:
        self.sandbox.sites.publish(f"/north/{slug}", f"<html><body>{body}</body></html>", "text/html")
        return f"{self.site}/{slug}"


@pytest.fixture
async def place(runtime: Runtime, database: Database, clock: FixedClock) -> AsyncIterator[Place]:
    add_cast(database)
    sandbox = Sandbox(clock=clock)
    async with serving_app(Starlette(routes=routes(sandbox))) as base:
        fetcher = Fetcher(allowed=frozenset({base.removeprefix("http://")}))
        site = f"{base}/site/north"
        with database.write() as session:
            content_id = add_draft(session)
            identity = site.removeprefix("http://")
            session.add(
                SocialAccount(
                    member_id=1,
                    network=Network.WEBSITE,
                    handle=site,
                    external_id=identity,
                    status=AccountStatus.WATCHED,
                )
            )
        queue_and_release(database, content_id)
        http = Asked(fetcher)
        app = build_app(replace(runtime, trackers={Network.WEBSITE: WebsitesTracker(http)}))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            yield Place(client, sandbox, site, http)
        await fetcher.aclose()


def shares(database: Database) -> list[tuple[int, Network | None, Evidence]]:
    with database.read() as session:
        return [(row.member_id, row.network, row.evidence) for row in session.exec(select(Reshare))]


async def test_a_partys_page_that_links_to_us_counts_once(place: Place, database: Database) -> None:
    source = place.write("story", f'<article><p>Read <a href="{TARGET}">this</a>.</p></article>')
    for _ in range(2):
        answer = await place.send(source, TARGET)
        assert answer.status_code == 202
        assert "set-cookie" not in answer.headers
    assert shares(database) == [(1, Network.WEBSITE, Evidence.OBSERVED)]
    with database.read() as session:
        (post,) = session.exec(select(ObservedPost))
        assert post.external_id == source.replace("http://", "https://")


@pytest.mark.parametrize(
    "body",
    [
        "<p>Nothing of yours.</p>",
        f"<p>{TARGET}</p>",
        f'<!-- <a href="{TARGET}">x</a> -->',
        f"<script>'<a href=\"{TARGET}\">'</script>",
        f'<article>Ours.</article><a href="{TARGET}">partner</a>',
        f'<a rel="ugc nofollow" href="{TARGET}">a comment</a>',
        f'<a href="{TARGET}/other">x</a>',
        f'<a href="https://alliance.example.evil.example/story/1/en">x</a><a title="{TARGET}">y</a>',
    ],
)
async def test_what_the_page_does_not_really_link_to_does_not_count(
    place: Place, database: Database, body: str
) -> None:
    assert (await place.send(place.write("story", body), TARGET)).status_code == 202
    assert shares(database) == []


@pytest.mark.parametrize(
    "source",
    [
        "https://stranger.example/story",
        "http://127.0.0.1:22/north/story",
        "http://169.254.169.254/latest/meta-data",
        "{site}-evil/story",
        "{site}/../south/story",
        "http://north.example@{host}/site/north/story",
    ],
)
async def test_nothing_but_a_registered_site_is_ever_asked(place: Place, database: Database, source: str) -> None:
    place.write("story", f'<a href="{TARGET}">x</a>')
    host = place.site.removeprefix("http://").partition("/")[0]
    answer = await place.send(source.format(site=place.site, host=host), TARGET)
    assert answer.status_code in {202, 400}
    assert (place.http.urls, shares(database)) == ([], [])


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("", TARGET),
        ("https://north.example/a", ""),
        ("ftp://north.example/a", TARGET),
        ("javascript:alert(1)", TARGET),
        ("https://north.example/a", "https://elsewhere.example/"),
        ("https://north.example/a", "https://alliance.example.evil.example/story/1/en"),
        (TARGET, TARGET),
        ("https://north.example/" + "a" * 2100, TARGET),
        ("https://north.example/\x00", TARGET),
    ],
)
async def test_what_is_no_mention_of_ours_is_refused(place: Place, source: str, target: str) -> None:
    assert (await place.send(source, target)).status_code == 400
    assert place.http.urls == []


async def test_a_short_link_of_ours_is_a_target_and_no_answer_tells_which_there_are(place: Place) -> None:
    for code in ("0000000000", "nonsense"):
        assert (await place.send("https://stranger.example/a", f"{BASE}/r/{code}")).status_code == 202


async def test_a_page_that_is_gone_loses_what_it_counted_for(place: Place, database: Database) -> None:
    source = place.write("story", f'<a href="{TARGET}">x</a>')
    await place.send(source, TARGET)
    place.sandbox.sites.files.clear()
    await place.send(source, TARGET)
    assert shares(database) == []
    with database.read() as session:
        assert len(session.exec(select(LostReshare)).all()) == 1


async def test_a_mention_of_another_page_takes_nothing_away(place: Place, database: Database) -> None:
    source = place.write("story", f'<a href="{TARGET}">x</a>')
    await place.send(source, TARGET)
    assert (await place.send(source, f"{BASE}/r/0000000000")).status_code == 202
    assert len(shares(database)) == 1


async def test_a_page_that_redirects_to_another_site_does_not_count(place: Place, database: Database) -> None:
    other = place.site.replace("/north", "/south")
    place.sandbox.sites.publish("/south/story", f'<a href="{TARGET}">x</a>', "text/html")
    assert (await place.send(f"{other}/story", TARGET)).status_code == 202
    assert shares(database) == []


async def test_one_site_is_asked_thirty_times_in_ten_minutes_at_most(place: Place) -> None:
    for number in range(40):
        await place.send(f"{place.site}/{number}", TARGET)
    assert len(set(place.http.urls)) == 30


async def test_one_address_may_send_sixty_in_ten_minutes(place: Place) -> None:
    answers = [(await place.send("https://stranger.example/a", TARGET)).status_code for _ in range(61)]
    assert answers == [202] * 60 + [429]


async def test_without_the_setting_there_is_no_receiver(runtime: Runtime, database: Database) -> None:
    add_cast(database)
    app = build_app(replace(runtime, settings=Settings(websites=Websites(webmention=False))))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        answer = await client.post("/webmention", data={"source": "https://a.example/", "target": TARGET})
        assert answer.status_code == 404


async def test_a_short_link_says_where_webmentions_go(server: httpx.AsyncClient, code: str, app: FastAPI) -> None:
    answer = await server.get(f"/r/{code}")
    assert answer.headers["link"] == f'<{BASE}/webmention>; rel="webmention"'


@pytest.mark.parametrize("tail", ["/amp", "//", "?utm_source=nobody", "/amp/amp#top"])
async def test_another_address_of_a_page_that_leads_nowhere_takes_nothing_away(
    place: Place, database: Database, tail: str
) -> None:
    source = place.write("story", f'<a href="{TARGET}">x</a>')
    await place.send(source, TARGET)
    await place.send(f"{source}{tail}", TARGET)
    assert shares(database) == [(1, Network.WEBSITE, Evidence.OBSERVED)]


async def test_one_page_under_many_queries_counts_once(place: Place, database: Database) -> None:
    source = place.write("story", f'<article><a href="{TARGET}">x</a></article>')
    for query in ("", "?n=1", "?n=2", "?utm_source=a&n=3"):
        assert (await place.send(f"{source}{query}", TARGET)).status_code == 202
    assert len(shares(database)) == 1


async def test_no_answer_tells_what_is_to_be_released(place: Place, database: Database) -> None:
    """An item may be about a page elsewhere, which nobody is to hear of before its time."""
    elsewhere = "https://partner.example/report"
    with database.write() as session:
        content_id = add_draft(session)
        for variant in session.exec(select(Variant).where(Variant.content_id == content_id)):
            variant.url = elsewhere
            session.add(variant)
    assert (await place.send("https://stranger.example/a", elsewhere)).status_code == 400
    queue_and_release(database, content_id)
    assert (await place.send("https://stranger.example/a", elsewhere)).status_code == 202
