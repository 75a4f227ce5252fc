"""The inbox: what waits, in parts; drafts of one story made one, and many put away at once."""

import re

import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.models import AuditRecord, Content
from sharebot.store.database import Database
from sharebot.values.status import ContentStatus, StaffRole
from tests.store.test_stories import decided, spoken, three_feeds
from tests.web.conftest import Browser
from tests.web.props import HOSTILE, add_draft


def contents(database: Database, status: ContentStatus) -> list[int]:
    with database.read() as session:
        return sorted(one or 0 for one in session.exec(select(Content.id).where(Content.status == status)))


async def test_old_addresses_lead_here(browser: Browser) -> None:
    client = await browser(StaffRole.VIEWER)
    for old, new in (("/contents", "/inbox"), ("/proposals", "/inbox?show=proposals")):
        answer = await client.get(old)
        assert (answer.status_code, answer.headers["location"]) == (303, new)


async def test_three_feeds_one_story_one_click(app: FastAPI, browser: Browser, database: Database) -> None:
    with database.write() as session:
        ids = three_feeds(session)
    editor = await browser(StaffRole.EDITOR)
    page = (await editor.get("/inbox")).text
    assert "These look like one story" in page
    form = page[page.index("Make one item") - 600 : page.index("Make one item")]
    ticked = re.findall(r'name="content" value="(\d+)"', form)
    answer = await editor.post("/inbox/merge", data={"content": ticked})
    assert answer.headers["location"] == f"/contents/{ids[0]}?said=merged"
    assert "One item now" in (await editor.get(answer.headers["location"])).text
    page = (await editor.get("/inbox")).text
    assert "These look like one story" not in page and page.count("data-tick>") == 1
    taken = await editor.post(f"/contents/{ids[0]}/split", data={"language": "es"})
    assert taken.status_code == 303
    with database.read() as session:
        assert spoken(session, ids[0]) == ["en", "fr"]
        noted = session.exec(select(AuditRecord.action)).all()
    assert [one for one in noted if one.startswith("content.")] == ["content.merged"] * 2 + ["content.split"]


async def test_several_are_put_away_at_once_or_none(app: FastAPI, browser: Browser, database: Database) -> None:
    with database.write() as session:
        ids = [add_draft(session) for _ in range(3)]
        decided(session, ids[2])
    editor = await browser(StaffRole.EDITOR)
    assert (await editor.post("/inbox/put-away", data={"content": ids})).status_code == 409
    assert contents(database, ContentStatus.ARCHIVED) == []
    answer = await editor.post("/inbox/put-away", data={"content": ids[:2], "show": "odd"})
    assert answer.headers["location"] == "/inbox?show=odd&said=archived"
    assert contents(database, ContentStatus.ARCHIVED) == ids[:2]
    assert (await editor.post("/inbox/put-away", data={})).headers["location"].endswith("said=nothing_ticked")
    assert (await editor.post("/inbox/put-away", data={"content": "x"})).status_code == 422
    assert (await editor.post("/inbox/merge", data={"content": ids[2]})).status_code == 409


async def test_odd_drafts_say_why_and_what_to_do(app: FastAPI, browser: Browser, database: Database) -> None:
    with database.write() as session:
        add_draft(session, {"en": HOSTILE}, quarantine="links to a foreign host: bad.example\nno date")
    client = await browser(StaffRole.VIEWER)
    page = (await client.get("/inbox?show=odd")).text
    assert "links to a foreign site, bad.example" in page and "Open the link." in page
    assert "<script>alert" not in page and "Put away" not in page
    assert "Nothing to review" in (await client.get("/inbox")).text


async def test_drafts_are_narrowed_sorted_and_downloaded(app: FastAPI, browser: Browser, database: Database) -> None:
    with database.write() as session:
        add_draft(session, {"en": "Water for all"})
        add_draft(session, {"fr": "=HYPERLINK(1)"})
    client = await browser(StaffRole.VIEWER)
    for asked, shown, hidden in (
        ("q=water", "Water for all", "HYPERLINK"),
        ("language=fr", "HYPERLINK", "Water for all"),
        ("kind=post&source=", "Water for all", "Nothing fits"),
        ("source=hand", "Nothing fits", "Water for all"),
        ("q=%25", "Nothing fits", "Water for all"),
    ):
        page = (await client.get(f"/inbox?{asked}")).text
        assert shown in page and hidden not in page, asked
    newest, oldest = (await client.get("/inbox")).text, (await client.get("/inbox?dir=asc&sort=date")).text
    assert "Water" in newest and "Water" in oldest
    sheet = await client.get("/inbox?format=csv")
    assert sheet.headers["content-disposition"] == 'attachment; filename="inbox-drafts.csv"'
    assert "Water for all" in sheet.text and "'=HYPERLINK" in sheet.text
    assert (await client.get("/inbox?show=waiting&format=csv")).status_code == 200
    assert (await client.get("/inbox?show=proposals&format=csv")).status_code == 200


@pytest.mark.parametrize("asked", ["show=x", "kind=x", "page=0", "page=-1", "sort=;drop", "dir=up"])
async def test_what_cannot_be_asked_is_refused(browser: Browser, asked: str) -> None:
    assert (await (await browser(StaffRole.VIEWER)).get(f"/inbox?{asked}")).status_code == 422


@pytest.mark.parametrize("tab", ["drafts", "odd", "proposals", "waiting"])
async def test_an_empty_part_says_what_to_do_next(browser: Browser, tab: str) -> None:
    page = (await (await browser(StaffRole.EDITOR, "fr")).get(f"/inbox?show={tab}")).text
    assert 'class="empty"' in page
