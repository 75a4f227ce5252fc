"""Sources on the page: found behind an address, added, switched, followed to where they moved."""

import httpx
import pytest
from sqlmodel import select

from sharebot.models import Source
from sharebot.store.database import Database
from sharebot.store.sources import add_source
from sharebot.values.status import SourceKind, SourceStatus, StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser

FEED = "https://alliance.example/feed"


def source(database: Database) -> Source:
    with database.read() as session:
        return session.exec(select(Source)).one()


@pytest.fixture
def one(app, database: Database) -> int:
    with database.write() as session:
        return add_source(session, FEED, kind=SourceKind.FEED, title="News", language="en", now=NOW).id or 0


async def test_what_a_source_says_of_itself_is_shown(browser: Browser, database: Database, one: int) -> None:
    with database.write() as session:
        row = session.get_one(Source, one)
        row.title, row.error, row.failures = "<b>News", "the server answers 500", 3
        row.status = SourceStatus.FAILING
    client = await browser(StaffRole.VIEWER)
    page = (await client.get("/sources")).text
    assert "&lt;b&gt;News" in page and "the server answers 500" in page and "3 times in a row" in page
    assert "Look for feeds" not in page, "a viewer adds nothing"
    assert "&lt;b&gt;News" not in (await client.get("/sources?status=active")).text
    assert "does not answer" in (await client.get("/")).text


async def test_a_source_is_switched_and_follows_only_where_it_said(
    browser: Browser, database: Database, one: int
) -> None:
    """F32: an address changes only when staff say so."""
    client = await browser(StaffRole.EDITOR)

    async def say(word: str) -> int:
        return (await client.post(f"/sources/{one}", data={"word": word})).status_code

    assert await say("move") == 409
    with database.write() as session:
        session.get_one(Source, one).moved_to = "https://new.example/feed"
    assert "https://new.example/feed" in (await client.get("/sources")).text
    assert source(database).url == FEED
    assert await say("move") == 303
    assert (source(database).url, source(database).moved_to) == ("https://new.example/feed", None)
    assert await say("off") == 303
    assert await say("poll") == 409
    assert await say("on") == 303
    assert source(database).status is SourceStatus.ACTIVE
    assert await say("delete") == 422


async def test_an_address_that_cannot_be_read_is_explained_and_nothing_is_kept(
    browser: Browser, database: Database
) -> None:
    client = await browser(StaffRole.EDITOR)
    answer: httpx.Response = await client.post("/sources/find", data={"url": "http://127.0.0.1/feed"})
    assert answer.status_code == 200
    assert "cannot be read" in answer.text
    with database.read() as session:
        assert session.exec(select(Source)).all() == []


async def test_a_found_feed_is_added_once(browser: Browser, database: Database) -> None:
    client = await browser(StaffRole.EDITOR)
    form = {"url": FEED, "kind": "feed", "title": "News", "language": "fr"}
    assert (await client.post("/sources", data=form)).status_code == 303
    assert (await client.post("/sources", data=form)).status_code == 409
    assert source(database).language == "fr"
