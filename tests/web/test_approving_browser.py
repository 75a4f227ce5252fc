"""A real browser decides: clicks counted, with JavaScript and without."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright
from sqlmodel import select

from sharebot.models import QueueEntry
from sharebot.runtime import Runtime
from sharebot.store.approvals import propose
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from sharebot.web.server import serve
from tests.cast import NOW, add_cast
from tests.needs import needs_program
from tests.store.props import approval_of
from tests.web.props import add_draft

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.browser, needs_program("chromium")]


@pytest.fixture
async def base(runtime: Runtime, database: Database) -> AsyncIterator[str]:
    add_cast(database)
    with database.write() as session:
        add_draft(session)
        add_staff(session, "eva@alliance.example", role=StaffRole.APPROVER, language="en", now=NOW)
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(build_app(runtime), host="127.0.0.1", port=0, stop=stop, ready=port.set_result))
    yield f"http://127.0.0.1:{await port}"
    stop.set()
    await asyncio.wait_for(task, 10)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def open_draft(chromium: Browser, base: str, database: Database, *, scripts: bool) -> Page:
    """Sign in and open the content, as by the first click in the inbox."""
    with database.write() as session:
        token = create_link(session, "eva@alliance.example", now=NOW)
    context = await chromium.new_context(
        base_url=base, java_script_enabled=scripts, viewport={"width": 390, "height": 800}, color_scheme="dark"
    )
    page = await context.new_page()
    await page.goto(f"/sign-in/{token}")
    async with page.expect_navigation():
        await page.click("main button")
    await page.goto("/contents/1")
    return page


async def press(page: Page, selector: str) -> None:
    async with page.expect_navigation():
        await page.click(selector)


def entry_of(database: Database) -> QueueEntry:
    with database.read() as session:
        return session.exec(select(QueueEntry)).one()


def let_an_editor_propose(database: Database) -> None:
    with database.write() as session:
        propose(session, replace(approval_of(session), by="editor@alliance.example"), now=NOW)


async def test_a_proposal_is_approved_by_the_second_click(base: str, chromium: Browser, database: Database) -> None:
    let_an_editor_propose(database)
    page = await open_draft(chromium, base, database, scripts=False)
    await press(page, ".proposal button:text-is('Approve')")
    assert page.url.endswith("/queue/1?said=approved")
    assert entry_of(database).approved_by == "eva@alliance.example"


async def test_an_embargo_takes_three_clicks_without_scripts(base: str, chromium: Browser, database: Database) -> None:
    page = await open_draft(chromium, base, database, scripts=False)
    await page.check("input[name=embargo]")
    await press(page, "#plan button:text-is('Approve')")
    assert "You changed the form." in await page.locator("#approving [role=alert]").inner_text()
    await press(page, "#plan button:text-is('Approve')")
    assert str(entry_of(database).share_from) == "2026-11-24 08:00:00+00:00"


async def test_the_outlook_follows_the_form_and_parties_are_found_by_name(
    base: str, chromium: Browser, database: Database
) -> None:
    page = await open_draft(chromium, base, database, scripts=True)
    await page.click("#plan summary:has-text('Audience')")
    await page.fill("#plan [data-filter]", "sou")
    found = await page.locator("[data-filtered] .choices label:visible").all_inner_texts()
    assert [one.strip() for one in found] == ["Party South Belgium"]
    await page.check("#plan input[value=south]")
    await page.wait_for_selector(".outlook :text('1 party gets nothing.')")
    await page.check("#plan input[name=embargo]")
    await page.wait_for_selector("#plan .act :text('May be shared from')")
    await press(page, "#plan button:text-is('Approve')")
    assert entry_of(database).audience == '{"members": ["south"]}'
    assert entry_of(database).share_from is not None
