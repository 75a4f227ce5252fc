"""The page of an officer without Telegram, in a real browser on a small phone, without JavaScript."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from PIL import Image
from playwright.async_api import Page, async_playwright
from sqlmodel import Session, select

from sharebot.models import Answer, Asset, AssetBody, Delivery, Officer, SocialAccount
from sharebot.store import personal
from sharebot.store.database import Database
from sharebot.values.status import (
    AccountStatus,
    AnswerKind,
    AssetKind,
    DataTier,
    DeliveryKind,
    DeliveryStatus,
    Network,
    OfficerStatus,
)
from sharebot.web.brand import ENOUGH
from tests.cast import NOW
from tests.needs import needs_program
from tests.web.props import HOSTILE, add_draft
from tests.web.test_browser import CHROMIUM, base, press

__all__ = ["base"]
pytestmark = [
    pytest.mark.browser,
    needs_program("chromium"),
]
# Text on its ground, as WCAG counts it, of every visible element that holds words of its own.
CONTRASTS = """all => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => (v /= 255) <= .04045
    ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)' && c !== 'transparent') return c; } return 'rgb(255, 255, 255)'; };
  return all.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    return [(a + .05) / (b + .05), e.textContent.trim().slice(0, 40)]; }); }"""


def picture() -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((1200, 630)).save(file, "JPEG")
    return file.getvalue()


def seat(session: Session, titles: dict[str, str], *, language: str = "fr") -> str:
    """Give Ben of South a mailbox in place of his phone, with one item in it; return its page."""
    ben = session.get_one(Officer, 2)
    ben.status, ben.chat_id, ben.language = OfficerStatus.INVITED, None, language
    session.flush()
    personal.invite_by_mail(session, 2, "ben@south.example", now=NOW)
    content = add_draft(session, titles)
    for network in (Network.X, Network.FACEBOOK, Network.BLUESKY):
        session.add(SocialAccount(member_id=2, network=network, handle="south", status=AccountStatus.WATCHED))
    asked = session.exec(select(Delivery)).one()
    whole = session.exec(select(Asset)).first()
    assert whole is not None
    light = Asset(
        variant_id=whole.variant_id,
        kind=AssetKind.PICTURE,
        url=f"sharebot:rendition/{whole.id}",
        mime="image/jpeg",
        width=1200,
        height=630,
        alt="A crowd",
        tier=DataTier.LIGHT,
        original_id=whole.id,
    )
    session.add(light)
    item = Delivery(
        key="item:1:2",
        kind=DeliveryKind.ITEM,
        officer_id=2,
        bot_id=asked.bot_id,
        chat_id=asked.chat_id,
        variant_id=whole.variant_id,
        status=DeliveryStatus.SENT,
        due_at=NOW,
        expires_at=NOW + timedelta(days=3),
        created_at=NOW,
        message_id=1,
        copies=1,
    )
    session.add(item)
    session.flush()
    session.add(AssetBody(asset_id=light.id or 0, body=picture()))
    assert content
    return personal.page_token(session, item.id or 0)


@pytest.fixture(params=["light", "dark"])
async def phone(request: pytest.FixtureRequest, base: str) -> AsyncIterator[Page]:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(
            base_url=base,
            java_script_enabled=False,
            viewport={"width": 360, "height": 740},
            color_scheme=request.param,
        )
        yield await context.new_page()
        await browser.close()


async def test_who_agrees_sees_the_item_and_answers_by_forms_alone(phone: Page, database: Database) -> None:
    with database.write() as session:
        token = seat(session, {"fr": "Pour des vaccins partout", "en": "Vaccines everywhere"})
        asked = personal.page_token(session, 1)
    await phone.goto(f"/o/{asked}")
    await press(phone, "main button.primary")
    assert "said=agreed" in phone.url
    assert await phone.locator("main .lead").is_visible(), "what comes next, in place of an item that never was"
    await phone.goto(f"/o/{token}")
    assert await phone.locator("h1").inner_text() == "Pour des vaccins partout"
    assert await phone.locator("img").evaluate("one => one.naturalWidth") == 1200
    assert "https://" in await phone.locator("textarea").input_value()
    assert await phone.locator("#share + ul a").count() >= 3
    await press(phone, "button[value=shared]")
    with database.read() as session:
        assert session.exec(select(Answer)).one().kind is AnswerKind.SHARED
    await phone.check("input[name=untracked]")
    await phone.select_option("select[name=speaks]", "es")
    await press(phone, "form[action$='/settings'] button")
    assert await phone.locator("html").get_attribute("lang") == "es"
    for ratio, words in await phone.locator("main *:visible").evaluate_all(CONTRASTS):
        assert ratio >= ENOUGH, words


@pytest.mark.parametrize("language", ["en", "fr", "es"])
async def test_nothing_is_cut_off_and_nothing_hostile_is_markup(phone: Page, database: Database, language: str) -> None:
    with database.write() as session:
        token = seat(session, {language: HOSTILE + "x" * 300}, language=language)
        session.get_one(Officer, 2).status = OfficerStatus.ACTIVE
    await phone.goto(f"/o/{token}")
    assert HOSTILE[:20] in await phone.locator("h1").inner_text()
    assert await phone.locator("main script, main img[src=x]").count() == 0
    wide = await phone.locator("main *:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().right > 361).map(one => one.outerHTML.slice(0, 80))"
    )
    assert wide == []
    small = await phone.locator("main button:visible, main a.button:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent)"
    )
    assert small == [], "a finger needs 44 pixels"
