"""Play the demo and take the pictures of docs/images: `python tests/e2e/pictures.py [FOLDER]`."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright

from sharebot.cli.stage import Stage, set_stage
from sharebot.reports.page import report_page
from sharebot.sandbox.demo import fiction
from sharebot.store import staff
from sharebot.store.figures import get_figures

VIEWS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((720, "light"), (390, "dark"))


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        async with set_stage(Path(place), seed=1) as stage, async_playwright() as tools:
            await stage.week.play(lambda _share, _at: None)
            browser = await tools.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            await _report(browser, stage, folder)
            await _pages(browser, stage, folder)
            await browser.close()


async def _report(browser: Browser, stage: Stage, folder: Path) -> None:
    settings = stage.runtime.settings
    with stage.runtime.database.read() as session:
        figures = get_figures(session, "2026-W47", zone=settings.report_zone)
    for language in ("en", "fr", "es"):
        for width, scheme in VIEWS:
            page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            await page.set_content(report_page(figures, language, settings))
            await page.screenshot(path=folder / _report_name(language, scheme), full_page=True)
            await page.close()


def _report_name(language: str, scheme: str) -> str:
    return f"report-{language}.png" if scheme == "light" else f"report-{language}-dark-phone.png"


async def _pages(browser: Browser, stage: Stage, folder: Path) -> None:
    base = stage.runtime.settings.web.public_url
    with stage.runtime.database.write() as session:
        token = staff.create_link(session, fiction.STAFF, now=stage.runtime.now())
    context = await browser.new_context(viewport={"width": 1100, "height": 800})
    page = await context.new_page()
    await page.goto(f"{base}/sign-in/{token}")
    await page.locator("main button").first.click()
    for name, path in (("overview", "/"), ("contents", "/contents"), ("content", "/contents/1"), ("queue", "/queue")):
        await page.goto(base + path)
        await page.screenshot(path=folder / f"page-{name}.png", full_page=name != "content")
    await page.goto(f"{stage.sandbox.base_url}/")
    await page.screenshot(path=folder / "sandbox.png")
    await page.goto(f"{stage.sandbox.base_url}/mail/0")
    await page.screenshot(path=folder / "mail.png")
    await context.close()


if __name__ == "__main__":
    chosen = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
