"""Reports, settings and the first page: figures of any week, files, and what went wrong."""

import pytest

from sharebot.models import Alert, Report
from sharebot.store.database import Database
from sharebot.texts.catalogue import translator
from sharebot.values.status import ReportKind, ReportStatus, StaffRole
from tests.cast import NOW
from tests.store.week import PERIOD
from tests.web.conftest import Browser
from tests.web.props import add_draft, queue_and_release


@pytest.fixture
def mailed(app, database: Database) -> None:
    with database.write() as session:
        queue = add_draft(session)
        session.add(
            Report(
                recipient="chair@alliance.example",
                kind=ReportKind.WEEKLY,
                period="2026-W47",
                language="fr",
                status=ReportStatus.FAILED,
                error="550 no such mailbox",
                due_at=NOW,
                message_id="<x@alliance.example>",
            )
        )
    queue_and_release(database, queue)


async def test_a_week_is_shown_and_comes_as_files(browser: Browser, mailed) -> None:
    client = await browser(StaffRole.VIEWER, "fr")
    listed = (await client.get("/reports")).text
    assert "chair@alliance.example" in listed and "550 no such mailbox" in listed
    page = await client.get(f"/reports/{PERIOD}")
    assert page.status_code == 200 and "<table" in page.text
    table = await client.get(f"/reports/{PERIOD}/parties.csv")
    assert table.content.startswith(b"\xef\xbb\xbf") and "attachment" in table.headers["content-disposition"]
    alone = await client.get(f"/reports/{PERIOD}/report.html")
    assert "attachment" in alone.headers["content-disposition"]
    assert "<style" in alone.text, "it stands alone"


@pytest.mark.parametrize("period", ["2026-W54", "x", "2099-W01", "2026-48"])
async def test_a_week_that_is_none_or_has_not_begun_is_refused(browser: Browser, period: str) -> None:
    client = await browser(StaffRole.VIEWER)
    assert (await client.get(f"/reports/{period}")).status_code == 422


async def test_settings_hold_no_secret(browser: Browser) -> None:
    client = await browser(StaffRole.VIEWER, "es")
    page = await client.get("/settings")
    assert page.status_code == 200
    assert "Europe/Brussels" in page.text


@pytest.mark.parametrize("language", ["en", "fr", "es"])
async def test_today_says_what_went_wrong_and_what_to_do(browser: Browser, database: Database, language: str) -> None:
    with database.write() as session:
        session.add(Alert(code="disk_low", subject="", detail="120", opened_at=NOW))
    client = await browser(StaffRole.VIEWER, language)
    page = (await client.get("/")).text
    assert translator("alerts", language)("The disk is nearly full") in page
