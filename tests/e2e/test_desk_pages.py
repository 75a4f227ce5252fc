"""Every page of the desk in a real browser: no grave fault, nothing wider than a phone, no error, no great weight."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import BrowserContext, Page

from sharebot.config.settings import Settings
from sharebot.rules.periods import period_of
from sharebot.web.brand import script, style_sheet
from tests.e2e.desk_stage import DESKTOP, PHONE, Size, Stage
from tests.needs import needs_program
from tests.web.addresses import addresses, pages

pytestmark = [
    pytest.mark.browser,
    needs_program("chromium"),
    pytest.mark.xdist_group("desk-browser"),
    pytest.mark.asyncio(loop_scope="session"),
]
# One of what the desk is furnished with, for every part of an address.
SAMPLES = {
    "content_id": "6",
    "entry_id": "4",
    "code": "aube-sn",
    "campaigns.code": "water",
    "list_id": "1",
    "staff_id": "2",
    "period": period_of(datetime.now(UTC) - timedelta(days=7), Settings().report_zone),
    "asset_id": "1",
}
NO_PAGES = {
    "/contents",  # leads on
    "/proposals",  # leads on
    "/queue/{entry_id}/live",
    "/reports/{period}/parties.csv",
    "/reports/{period}/report.html",
    "/uploads/{asset_id}",
}
# The same pages when they show something else.
OTHERS = (
    *(f"/contents/{number}" for number in (2, 3, 4)),
    *(f"/queue/{number}" for number in (1, 2, 3)),
    *(f"/inbox?show={part}" for part in ("odd", "proposals", "waiting")),
    "/queue?show=done",
    "/library?q=nowhere",
)
FOR_STRANGERS = ("/sign-in", "/sign-in/some-token")
HEAVIEST, HEAVIEST_LOOKS = 150_000, 60_000  # bytes, not compressed
AT_ONCE = 3  # tabs
TROUBLE = {"error", "warning"}
UNFOLD = """() => { for (const one of document.querySelectorAll("details")) one.open = true }"""
FRAME = ["header.top", "nav.menu", "nav.quick", "footer.foot"]  # the same around every page
AXE = """async ({rules, without}) => (await axe.run({include: [["html"]], exclude: without.map((one) => [one])}, {
  resultTypes: ["violations"], preload: false,
  ...(rules ? {runOnly: {type: "rule", values: rules}} : {})
})).violations.filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join("  ")}`)"""
# What stands in a strip that scrolls by itself, such as a row of tabs, may reach beyond the edge.
TOO_WIDE = """() => {
  const scrolls = (one) => one && one !== document.body
    && (["auto", "scroll"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .filter((one) => !scrolls(one.parentElement))
    .map((one) => `too wide: ${one.outerHTML.slice(0, 120)}`).slice(0, 3)
}"""
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => sum + one.decodedBodySize, 0)"""


def all_addresses() -> list[str]:
    return [*(next(addresses(route, SAMPLES)) for route in pages() if route not in NO_PAGES), *OTHERS]


async def visit(context: BrowserContext, look: Callable[[Page, str], Awaitable[list[str]]]) -> list[str]:
    """Look at every page, some at once, and at those for strangers; return what is wrong, each with its address."""
    faults: list[str] = []

    async def walk(addresses: Iterator[str]) -> None:
        page = await context.new_page()
        for address in addresses:
            faults.extend(f"{address} {fault}" for fault in await look(page, address))
        await page.close()

    left = iter(all_addresses())
    await asyncio.gather(*(walk(left) for _ in range(AT_ONCE)))
    await context.clear_cookies()
    await walk(iter(FOR_STRANGERS))
    return sorted(faults)


async def test_axe_sees_the_faults_of_a_bad_page(desk: Stage) -> None:
    context = await desk.open(PHONE, bypass_csp=True)
    page = await context.new_page()
    await page.set_content("<html lang=en><title>Bad</title><main><img src=x><p style='color: #ccc'>Pale</p></main>")
    await page.evaluate(AXE_SCRIPT)
    faults = await page.evaluate(AXE, {"rules": None, "without": []})
    assert [fault.partition(":")[0] for fault in faults] == ["color-contrast", "image-alt"]
    await context.close()


@pytest.mark.parametrize(
    ("size", "schemes"),
    [
        pytest.param(PHONE, ("light",), id="phone"),
        pytest.param(PHONE, ("light", "dark"), id="phone-dark", marks=pytest.mark.long),
        pytest.param(DESKTOP, ("light", "dark"), id="desktop", marks=pytest.mark.long),
    ],
)
async def test_axe_finds_no_serious_fault_on_any_page(desk: Stage, size: Size, schemes: tuple[str, ...]) -> None:
    async def look(page: Page, address: str) -> list[str]:
        await page.emulate_media(color_scheme="light")
        await page.goto(address)
        await page.evaluate(UNFOLD)
        await page.evaluate(AXE_SCRIPT)
        faults = [f"light {fault}" for fault in await page.evaluate(AXE, {"rules": None, "without": []})]
        faults += await page.evaluate(TOO_WIDE)
        if "dark" not in schemes:
            return faults
        # Nothing but the colours differs in the dark, and those of the frame are the same everywhere.
        colours = {"rules": ["color-contrast"], "without": [] if address in {"/", "/account"} else FRAME}
        await page.emulate_media(color_scheme="dark")
        return faults + [f"dark {fault}" for fault in await page.evaluate(AXE, colours)]

    context = await desk.open(size, bypass_csp=True)
    faults = await visit(context, look)
    assert not faults, "\n".join(faults)
    await context.close()


@pytest.mark.parametrize("language", ["en", "fr", pytest.param("es", marks=pytest.mark.long)])
async def test_every_page_works_fits_a_phone_and_is_light(desk: Stage, language: str) -> None:
    async def look(page: Page, address: str) -> list[str]:
        said: list[str] = []
        answer = await page.goto(f"{address}{'&' if urlsplit(address).query else '?'}lang={language}")
        assert answer is not None
        if answer.status != 200:
            said.append(f"answers {answer.status}")
        if address not in FOR_STRANGERS and await page.get_attribute("html", "lang") != language:
            said.append(f"is not in {language}")
        weight = await page.evaluate(WEIGHT) + icon
        if weight >= HEAVIEST:
            said.append(f"weighs {weight} bytes")
        await page.evaluate(UNFOLD)
        return [*said, *await page.evaluate(TOO_WIDE)]

    context, errors = await desk.open(PHONE), list[str]()
    icon = len(await (await context.request.get("/static/icon.svg")).body())
    context.on(
        "console",
        lambda said: errors.append(f"{said.page and said.page.url}: {said.text}") if said.type in TROUBLE else None,
    )
    context.on("weberror", lambda one: errors.append(f"{one.page and one.page.url}: {one.error}"))
    errors += await visit(context, look)
    assert not errors, "\n".join(errors)
    await context.close()


async def test_all_styles_and_scripts_weigh_less_than_60_kilobytes() -> None:
    weight = len(style_sheet(Settings().branding.accent).encode()) + len(script().encode())
    assert weight < HEAVIEST_LOOKS, weight
