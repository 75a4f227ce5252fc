"""The editor in a real browser: it counts as the server does, shows what is typed, and two clicks approve a draft."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright
from sqlmodel import select

from sharebot.models import QueueEntry
from sharebot.rules.share_links import post_length
from sharebot.runtime import Runtime
from sharebot.store.database import Database
from sharebot.store.editing import get_draft
from sharebot.store.staff import add_staff, create_link
from sharebot.values.status import EntryStatus, Network, StaffRole
from sharebot.web.app import build_app
from sharebot.web.brand import script
from sharebot.web.server import serve
from tests.cast import NOW, add_cast
from tests.needs import needs_program
from tests.web.props import add_draft

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.browser, needs_program("chromium")]

TEXTS = [
    "",
    "Plain words.",
    "Ça suffit – « l’eau » est à nous… €",
    "¿Qué pasa? ¡Ahora!",
    "Việt Nam độc lập, Ấ ế ộ",
    "世界人民团结起来",
    "ひとつの声で。",
    "한국어 텍스트",
    "سلام على الجميع",
    "שלום לכולם",
    "Ελληνικά και Кириллица",
    "हिन्दी क्ष",
    "বাংলা ক্ষ",
    "ไทย น้ำ",
    "😀",
    "👩‍👩‍👧‍👦 family",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🇪🇺🇫🇷🇪🇸",
    "👍🏽 👍",
    "1️⃣ #️⃣ ©️ © ™ ❤ ❤️",
    "e\u0301\u0323\u0335 and é",
    "https://alliance.example/story?a=1&b=2#c",
    "See https://alliance.example/a, and alliance.example/b too.",
    "Read it (https://alliance.org/story). Then https://alliance.org/wiki/Open_(hand)!",
    "http://127.0.0.1:8080/r/xxxxxxxxxx",
    "mail@alliance.org is no address, nor is @alliance.org",
    "alliance.org and actions.info, but not e.g. this.Thing",
    "https://münchen.example/straße",
    "HTTPS://ALLIANCE.EXAMPLE",
    "#GlobalVax #Santé #团结",
    "Line one\nline two\n\nline three",
    "• “quotes” ‘and’ — dashes",
    "x" * 300,
    "😀" * 150,
    "é" * 301,
    "мир " * 80,
    "a\u200bb\u2066c",
    "½ ² ① Ⅷ",
]


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def page(runtime: Runtime, database: Database, chromium: Browser) -> AsyncIterator[Page]:
    add_cast(database)
    with database.write() as session:
        add_draft(session)
        add_staff(session, "eva@alliance.example", role=StaffRole.APPROVER, language="en", now=NOW)
        token = create_link(session, "eva@alliance.example", now=NOW)
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(build_app(runtime), host="127.0.0.1", port=0, stop=stop, ready=port.set_result))
    context = await chromium.new_context(base_url=f"http://127.0.0.1:{await port}")
    page = await context.new_page()
    await page.goto(f"/sign-in/{token}")
    async with page.expect_navigation():
        await page.click("main button")
    yield page
    await context.close()
    stop.set()
    await asyncio.wait_for(task, 10)


async def test_the_browser_counts_as_the_server_does(chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.add_script_tag(content=script())
    counted = await page.evaluate(
        "(texts) => texts.map((text) => Object.fromEntries("
        "Object.entries(sharebotCounts).map(([place, [measure]]) => [place, measure(text)])))",
        TEXTS,
    )
    ours = [{place: post_length(Network(place), text, "")[0] for place in counted[0]} for text in TEXTS]
    for text, theirs, mine in zip(TEXTS, counted, ours, strict=True):
        assert theirs == mine, text
    await page.close()


async def test_what_is_typed_is_counted_and_previewed_and_kept_with_one_button(page: Page, database: Database) -> None:
    await page.goto("/contents/1")
    await page.click(".own summary >> nth=0")
    await page.fill("#x-1", "x" * 257)
    assert await page.inner_text("[data-for=x-1]") == "292 / 280"  # X shortens no numeric address
    assert "over" in (await page.get_attribute("[data-for=x-1]", "class") or "")
    await page.fill("#x-1", "Words for X.")
    await page.fill("#title-1", "A title that nobody has kept")
    await page.locator(".posted", has_text="Words for X.").wait_for()
    assert "A title that nobody has kept" in await page.inner_text(".bubble")
    await page.click(".looks button:has-text('French')")
    await page.locator(".bubble[lang=fr]").wait_for()
    assert await page.locator("[data-unkept]").is_visible()
    with database.read() as session:
        assert get_draft(session, 1).versions[0].title == "A story"
    async with page.expect_navigation():
        await page.click("[data-keep]")
    assert page.url.endswith("/contents/1?said=edited")
    with database.read() as session:
        assert get_draft(session, 1).versions[0].own == ((Network.X, "Words for X."),)


@pytest.mark.parametrize("width", [360, 1280])
async def test_opening_a_draft_and_approving_it_are_two_clicks_on_any_screen(
    page: Page, database: Database, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto("/contents/1")
    approve = page.locator(".deed button:has-text('Approve')")
    box = await approve.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800  # in view without scrolling
    wide = await page.locator("main *:visible").evaluate_all(
        "(all, width) => all.filter((one) => one.getBoundingClientRect().right > width + 1).length", width
    )
    assert wide == 0
    async with page.expect_navigation():
        await approve.click()
    with database.read() as session:
        assert session.exec(select(QueueEntry)).one().status is EntryStatus.APPROVED
