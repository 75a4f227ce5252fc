"""The desk on its stage: a real process on a furnished database, one browser, and a clerk whose clicks are counted."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from sharebot.store.database import Database
from sharebot.store.staff import get_staff
from sharebot.store.staff_sessions import open_session
from sharebot.store.vault import Vault, new_key, parse_keys
from sharebot.values.sign_in import Way
from tests.e2e.desk_furniture import EVA, furnish
from tests.reliability.processes import Process

CHROMIUM = Path("/usr/bin/chromium")
_ADDRESS = re.compile(r"ready on (http://[\w.:]+)")


class Size(NamedTuple):
    """A screen, in CSS pixels."""

    width: int
    height: int


PHONE, DESKTOP = Size(360, 740), Size(1280, 900)


class Stage(NamedTuple):
    """A furnished database, the process that serves it, and a browser. Tests bring what they change."""

    database: Database
    base: str
    browser: Browser

    async def open(self, size: Size, *, scripts: bool = True, bypass_csp: bool = False) -> BrowserContext:
        """Open a browser in which Eva, who may do everything, is signed in."""
        now = datetime.now(UTC)
        with self.database.write() as session:
            token = open_session(session, get_staff(session, EVA).id or 0, now=now, way=Way.LINK)
        context = await self.browser.new_context(
            base_url=self.base,
            java_script_enabled=scripts,
            bypass_csp=bypass_csp,
            viewport={"width": size.width, "height": size.height},
            color_scheme="light",
        )
        await context.add_cookies([{"name": "sharebot", "value": token, "url": self.base}])
        context.set_default_timeout(10_000)
        return context


class Clerk:
    """Somebody at the desk: what they type is free, each click is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    async def click(self, selector: str) -> None:
        """Click what opens or ticks something on this page."""
        self.clicks += 1
        await self.page.click(selector)

    async def follow(self, selector: str) -> None:
        """Click what leads to another page, and wait for it."""
        async with self.page.expect_navigation():
            await self.click(selector)


@asynccontextmanager
async def set_desk(folder: Path, migrated: Path) -> AsyncIterator[Stage]:
    """Furnish a copy of the migrated database, serve it with `sharebot web`, and start the browser."""
    shutil.copy(migrated, folder / "sharebot.db")
    (folder / "none.toml").touch()
    key = new_key()
    database = Database(f"sqlite:///{folder / 'sharebot.db'}", vault=Vault(parse_keys(key)))
    furnish(database, now=datetime.now(UTC).replace(microsecond=0))
    env = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ} | {
        "SHAREBOT_CONFIG": str(folder / "none.toml"),
        "SHAREBOT_DATABASE_URL": f"sqlite:///{folder / 'sharebot.db'}",
        "SHAREBOT_SECRET_KEY": key,
        "SHAREBOT_WEB__PORT": "0",
    }
    process = Process(folder, env, "web", 0)
    try:
        process.wait_ready()
        address = _ADDRESS.search(process.log.read_text())
        assert address is not None, process.tail()
        async with async_playwright() as player:
            browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            yield Stage(database, address[1], browser)
            await browser.close()
    finally:
        process.kill()
        database.dispose()
