"""Play the demo, fill staff's desk, and take the pictures of docs/images: `python -m tests.e2e.pictures [FOLDER]`."""

import asyncio
import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright
from sqlmodel import select

from sharebot.cli.stage import Stage, set_stage
from sharebot.models import QueueEntry
from sharebot.reports.page import report_page
from sharebot.sandbox.demo import fiction
from sharebot.store import staff
from sharebot.store.figures import get_figures
from tests.e2e.full_desk import FullDesk

VIEWS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((720, "light"), (390, "dark"))
WEEK = "2026-W47"
LARGEST = 190_000  # bytes of a picture


@dataclass(frozen=True, slots=True)
class Shot:
    """A page as a desk or a phone shows it at first, or from the element `at` on; {words} are numbers of contents."""

    name: str
    path: str
    is_phone: bool = False
    at: str = ""
    height: int = 900


SHOTS = (
    Shot("today", "/", height=1080),
    Shot("today-phone-dark", "/", is_phone=True),
    Shot("inbox", "/inbox"),
    Shot("editor", "/contents/{draft}"),
    Shot("editor-phone-dark", "/contents/{draft}", is_phone=True),
    Shot("audience", "/contents/{proposed}", at="#approving", height=1000),
    Shot("results", "/contents/{out}/results", height=1000),
    Shot("calendar", "/queue/calendar", height=1180),
    Shot("members", "/members"),
    Shot("member", "/members/sur-cl", height=1000),
    Shot("library", "/library"),
    Shot("report", f"/reports/{WEEK}", height=1000),
    Shot("account", "/account"),
    Shot("tracking", "/tracking", height=1180),
    Shot("tracking-phone-dark", "/tracking", is_phone=True, at="#watched"),
    Shot("tracking-accounts", "/tracking", at="#accounts", height=620),
    Shot("member-accounts", "/members/lumen-ke", at="#accounts", height=620),
)


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        async with set_stage(Path(place), seed=1) as stage, async_playwright() as tools:
            await stage.week.play(lambda _share, _at: None)
            browser = await tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            await _report(browser, stage, folder)
            await _sandbox(browser, stage, folder)
            await _desk(browser, stage, folder)
            await browser.close()


async def _report(browser: Browser, stage: Stage, folder: Path) -> None:
    settings = stage.runtime.settings
    with stage.runtime.database.read() as session:
        figures = get_figures(session, WEEK, zone=settings.report_zone)
    for language in ("en", "fr", "es"):
        for width, scheme in VIEWS:
            page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            await page.set_content(report_page(figures, language, settings))
            name = f"report-{language}" if scheme == "light" else f"report-{language}-dark-phone"
            _keep(await page.screenshot(full_page=True), folder / f"{name}.png")
            await page.close()


async def _sandbox(browser: Browser, stage: Stage, folder: Path) -> None:
    page = await browser.new_page(viewport={"width": 1100, "height": 800})
    for name, path in (("sandbox", "/"), ("mail", "/mail/0")):
        await page.goto(f"{stage.sandbox.base_url}{path}")
        _keep(await page.screenshot(), folder / f"{name}.png")
    await page.close()


async def _desk(browser: Browser, stage: Stage, folder: Path) -> None:
    numbers = await FullDesk(stage, stage.runtime).lay()
    with stage.runtime.database.read() as session:
        out = select(QueueEntry.content_id).where(QueueEntry.id == 1)
        numbers["out"] = session.exec(out).one()
    base = stage.runtime.settings.web.public_url
    desk = await browser.new_page(base_url=base, color_scheme="light")
    phone = await browser.new_page(
        base_url=base, color_scheme="dark", viewport={"width": 390, "height": 844}, device_scale_factor=2
    )
    for page in (desk, phone):
        await _sign_in(page, stage)
    for shot in SHOTS:
        page = phone if shot.is_phone else desk
        if not shot.is_phone:
            await page.set_viewport_size({"width": 1280, "height": shot.height})
        await page.goto(shot.path.format(**numbers), wait_until="networkidle")
        if shot.at:
            await page.locator(shot.at).evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 16)")
        _keep(await page.screenshot(), folder / f"desk-{shot.name}.png")


async def _sign_in(page: Page, stage: Stage) -> None:
    with stage.runtime.database.write() as session:
        token = staff.create_link(session, fiction.STAFF, now=stage.runtime.now())
    await page.goto(f"/sign-in/{token}")
    await page.locator("main button").first.click()
    await page.wait_for_url("**/")


def _keep(picture: bytes, file: Path) -> None:
    """Save it, in few colours where it would be large."""
    full = Image.open(io.BytesIO(picture)).convert("RGB")
    full.save(file, optimize=True)
    if file.stat().st_size > LARGEST:
        full.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    chosen = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
