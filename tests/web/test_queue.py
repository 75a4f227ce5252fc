"""The queue's pages: lists, calendar, holds, results; each role and region does what it may."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from sharebot.models import AuditRecord, CountryHold, Delivery, Member, QueueEntry, Staff
from sharebot.rules.audience import Audience
from sharebot.store.database import Database
from sharebot.values.status import DeliveryStatus, EntryStatus, StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser
from tests.web.props import add_draft, add_hostile, queue_and_release


@pytest.fixture
def entry(app, database: Database) -> int:
    with database.write() as session:
        content_id = add_draft(session)
    return queue_and_release(database, content_id)


def regional(database: Database, region: str) -> None:
    """Let everybody of staff work for one region."""
    with database.write() as session:
        for one in session.exec(select(Staff)):
            one.region = region


def audited(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(one.action, one.subject) for one in session.exec(select(AuditRecord).order_by("id"))]


async def test_the_lists_show_what_goes_out_and_come_as_a_spreadsheet(browser: Browser, entry: int) -> None:
    client = await browser(StaffRole.VIEWER)
    assert "A story" in (await client.get("/queue")).text
    assert "A story" not in (await client.get("/queue?show=done")).text
    assert "Nothing waits for approval" in (await client.get("/queue?show=waiting")).text
    sheet = await client.get("/queue?format=csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert sheet.text.splitlines()[1].count(",") == sheet.text.splitlines()[0].count(",")


@pytest.mark.parametrize("query", ["page=-1", "page=0", "page=1e9", "page=999999999999", "sort=;drop", "dir=up"])
async def test_a_senseless_listing_is_refused(browser: Browser, query: str) -> None:
    """A13."""
    client = await browser(StaffRole.VIEWER)
    assert (await client.get(f"/queue?{query}")).status_code == 422


async def test_a_spreadsheet_holds_no_formula(browser: Browser, database: Database) -> None:
    """L9."""
    with database.write() as session:
        content_id = add_draft(session, {"en": "=HYPERLINK(1)", "fr": "@SUM"})
    queue_and_release(database, content_id)
    client = await browser(StaffRole.VIEWER)
    assert "'=HYPERLINK" in (await client.get("/queue?format=csv")).text


async def test_an_entry_moves_to_another_day_and_the_log_says_so(browser: Browser, database: Database) -> None:
    with database.write() as session:
        content_id = add_draft(session)
    number = queue_and_release(database, content_id)
    day = (NOW + timedelta(days=4)).date()
    client = await browser(StaffRole.APPROVER)
    assert (await client.post(f"/queue/{number}/move", data={"day": day.isoformat()})).status_code == 409
    with database.write() as session:
        moving = session.get_one(QueueEntry, number)
        moving.status, moving.released_at = EntryStatus.APPROVED, None
    answer = await client.post(f"/queue/{number}/move?from=calendar", data={"day": day.isoformat()})
    assert answer.headers["location"] == f"/queue/calendar?month={day:%Y-%m}&said=moved"
    assert "A story" in (await client.get(answer.headers["location"])).text
    assert audited(database)[-1] == ("entry.moved", f"entry:{number}")


@pytest.mark.parametrize("month", ["", "2026-11", "2026-02", "2031-12"])
async def test_the_calendar_shows_any_month(browser: Browser, entry: int, month: str) -> None:
    client = await browser(StaffRole.VIEWER, "fr")
    assert (await client.get(f"/queue/calendar?month={month}")).status_code == 200


@pytest.mark.parametrize("month", ["2026", "2026-13", "x-y", "0000-01", "2026-1-1", "9999-12"])
async def test_a_month_that_is_none_is_refused(browser: Browser, month: str) -> None:
    client = await browser(StaffRole.VIEWER)
    assert (await client.get(f"/queue/calendar?month={month}")).status_code == 422


async def test_a_country_is_put_on_hold_and_let_go(browser: Browser, database: Database, entry: int) -> None:
    client = await browser(StaffRole.APPROVER)
    days = {"first": NOW.date().isoformat(), "last": NOW.date().isoformat()}
    form = {"country": "BE", "what": "wait", "reason": "Vote <b>"} | days
    assert (await client.post("/queue/holds", data=form)).status_code == 303
    page = await client.get("/queue/holds")
    assert "Belgium" in page.text and "Vote &lt;b&gt;" in page.text
    with database.read() as session:
        until = session.get_one(CountryHold, 1).until_at
        assert {one.due_at for one in session.exec(select(Delivery))} == {until}
    assert (await client.post("/queue/holds/1/end")).status_code == 303
    assert (await client.post("/queue/holds/1/end")).status_code == 409
    assert [action for action, _ in audited(database)][-2:] == ["hold.begun", "hold.ended"]
    assert (await client.post("/queue/holds", data=form | {"country": "XX"})).status_code == 404
    assert (await client.post("/queue/holds", data=form | {"role": "admin"})).status_code == 422


async def test_staff_of_a_region_decide_on_what_is_meant_for_it_alone(
    browser: Browser, database: Database, entry: int
) -> None:
    client = await browser(StaffRole.APPROVER)
    regional(database, "Europe")
    assert (await client.post(f"/queue/{entry}/withdraw")).status_code == 403
    with database.write() as session:
        session.get_one(QueueEntry, entry).audience = Audience(regions=frozenset({"Europe"})).to_json()
        session.get_one(Member, 2).region = "Africa"
    page = await client.get(f"/queue/{entry}")
    assert "Party North" in page.text
    assert "Party South" not in page.text
    assert (await client.post(f"/queue/{entry}/withdraw")).status_code == 303
    with database.read() as session:
        assert session.get_one(QueueEntry, entry).status is EntryStatus.WITHDRAWN


async def test_progress_comes_as_a_piece_that_ends_when_all_is_sent(
    browser: Browser, database: Database, entry: int
) -> None:
    client = await browser(StaffRole.VIEWER)
    piece = (await client.get(f"/queue/{entry}/live")).text
    assert "data-live" in piece and "<html" not in piece
    with database.write() as session:
        for one in session.exec(select(Delivery)):
            one.status = DeliveryStatus.SENT
    assert "data-live" not in (await client.get(f"/queue/{entry}/live")).text


@pytest.mark.parametrize("language", ["en", "fr", "es"])
async def test_results_bear_hostile_names_and_speak_three_languages(
    browser: Browser, database: Database, language: str
) -> None:
    _, number = add_hostile(database)
    with database.read() as session:
        content_id = session.get_one(QueueEntry, number).content_id
    client = await browser(StaffRole.VIEWER, language)
    for path in (f"/contents/{content_id}/results", f"/queue/{number}", "/queue", "/queue/calendar"):
        page: httpx.Response = await client.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text and "onerror=alert(1)>" not in page.text


async def test_a_content_that_has_not_gone_out_says_so(browser: Browser, database: Database) -> None:
    with database.write() as session:
        content_id = add_draft(session)
    client = await browser(StaffRole.VIEWER)
    assert "It has not gone out yet" in (await client.get(f"/contents/{content_id}/results")).text
