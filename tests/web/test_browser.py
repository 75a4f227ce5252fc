"""A real browser, without JavaScript: sign in, narrow the audience, approve. Counted clicks: tests/e2e."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright
from sqlmodel import select

from sharebot.models import QueueEntry
from sharebot.runtime import Runtime
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from sharebot.web.server import serve
from tests.cast import NOW, add_cast
from tests.needs import needs_program
from tests.web.props import add_draft

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    needs_program("chromium"),
]


@pytest.fixture
async def base(runtime: Runtime, database: Database) -> AsyncIterator[str]:
    add_cast(database)
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    app = build_app(runtime)
    task = asyncio.create_task(serve(app, host="127.0.0.1", port=0, stop=stop, ready=port.set_result))
    yield f"http://127.0.0.1:{await port}"
    stop.set()
    await asyncio.wait_for(task, 10)


@pytest.fixture
async def page(base: str, database: Database) -> AsyncIterator[Page]:
    with database.write() as session:
        add_staff(session, "eva@alliance.example", role=StaffRole.APPROVER, language="en", now=NOW)
        token = create_link(session, "eva@alliance.example", now=NOW)
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(
            base_url=base, java_script_enabled=False, viewport={"width": 390, "height": 800}
        )
        page = await context.new_page()
        await page.goto(f"/sign-in/{token}")
        await press(page, "main button")
        yield page
        await browser.close()


async def press(page: Page, selector: str) -> None:
    """Click what leads to another page, and wait for it."""
    async with page.expect_navigation():
        await page.click(selector)


def entries(database: Database) -> list[QueueEntry]:
    with database.read() as session:
        return list(session.exec(select(QueueEntry)))


async def test_a_narrowed_audience_is_shown_before_it_is_approved(page: Page, database: Database) -> None:
    with database.write() as session:
        draft = add_draft(session)
    await page.goto(f"/contents/{draft}")
    await page.click("summary:has-text('Audience')")
    await page.check("input[name=languages][value=fr]")
    await press(page, "button:has-text('Approve')")
    assert entries(database) == []
    assert await page.locator("[role=alert]").is_visible()
    assert "1 party gets nothing." in await page.locator(".outlook").inner_text()
    await press(page, "button:has-text('Approve')")
    assert entries(database)[0].audience == '{"languages": ["fr"]}'
