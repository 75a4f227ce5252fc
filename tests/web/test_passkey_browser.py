"""A real browser with a virtual authenticator: make a passkey, sign out, come in with it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from sharebot.config.settings import Settings, Web
from sharebot.runtime import Runtime
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from sharebot.web.server import serve
from tests.cast import NOW
from tests.needs import needs_program

CHROMIUM = Path("/usr/bin/chromium")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
pytestmark = [pytest.mark.browser, needs_program("chromium")]


@pytest.fixture
async def home(runtime: Runtime) -> AsyncIterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    app = build_app(replace(runtime, settings=Settings(web=Web(public_url=url, port=port))))
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, host="127.0.0.1", port=port, stop=stop, ready=ready.set_result))
    await ready
    yield url
    stop.set()
    await asyncio.wait_for(task, 10)


@pytest.fixture
async def page(home: str) -> AsyncIterator[Page]:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(base_url=home, viewport={"width": 390, "height": 800})
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield page
        await browser.close()


async def test_a_passkey_is_made_and_opens_the_pages_again(page: Page, database: Database) -> None:
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    with database.write() as session:
        add_staff(session, "eva@alliance.example", role=StaffRole.APPROVER, language="en", now=NOW)
        token = create_link(session, "eva@alliance.example", now=NOW)
    await page.goto(f"/sign-in/{token}")
    await page.click("main button")
    await page.wait_for_url("**/account?said=add_passkey")
    await page.click("text=Add a passkey of this device")
    await page.wait_for_url("**/account?said=passkey_added")
    assert "Chrome on" in await page.locator(".own").first.inner_text()
    # A second one of the same device is refused by the device, in words.
    await page.click("text=Add a passkey of this device")
    await page.wait_for_selector("text=This device may have one of yours already")
    await page.click("text=Sign out")
    await page.wait_for_url("**/sign-in?said=signed_out")
    await page.click("text=Sign in with a passkey")
    await page.wait_for_url("**/")
    await page.goto("/account")
    assert "by a passkey" in await page.locator("main").inner_text()
    assert troubles == []
