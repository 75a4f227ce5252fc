"""Every page renders in every language, also when all that it shows is hostile."""

import re
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI

from sharebot.store.bots import pause_bot
from sharebot.store.contents import list_variants
from sharebot.store.database import Database
from sharebot.values.status import PauseKind, StaffRole
from tests.web.conftest import Browser
from tests.web.props import HOSTILE, add_hostile

LANGUAGES = ("en", "fr", "es")
VOID = {"meta", "link", "input", "br", "img", "hr"}


class WellFormed(HTMLParser):
    """Fails on a tag that is closed without being open, or never closed; collects what it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()


def check(html: str, language: str) -> None:
    parser = WellFormed()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    assert f'<html lang="{language}">' in html
    assert not {"style", "iframe", "object"} & set(parser.tags)
    assert parser.tags.count("script") <= 1, "our own, from a file"
    names = {name for name, _value in parser.attributes}
    assert not [name for name in names if name.startswith("on")]
    assert "style" not in names
    ids = [value for name, value in parser.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = [value or "" for name, value in parser.attributes if name in {"href", "src", "action", "formaction"}]
    assert not [link for link in links if link.lower().startswith(("javascript:", "data:"))]
    assert html.count("<h1") == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_bear_hostile_content(browser: Browser, database: Database, language: str) -> None:
    draft, entry = add_hostile(database)
    with database.write() as session:
        pause_bot(session, None, HOSTILE, kind=PauseKind.STAFF)
    client = await browser(StaffRole.ADMIN, language)
    pages = [
        "/",
        "/inbox",
        f"/contents/{draft}",
        "/queue",
        f"/queue/{entry}",
        "/members",
        "/members?q=<b>",
        "/members/evil",
        "/members/new",
        "/members/import",
        "/lists/new",
        f"/queue/{entry}/nudge",
    ]
    for page in pages:
        answer = await client.get(page)
        assert answer.status_code == 200, page
        check(answer.text, language)
    invitation = await client.post("/officers/3/invitation")
    assert re.search(r"https://t\.me/sharebot_test_bot\?start=[\w-]{43}", invitation.text)
    check(invitation.text, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_small_pages_are_well_formed(app: FastAPI, browser: Browser, language: str) -> None:
    client = await browser(StaffRole.VIEWER, language)
    for page, status in [("/sign-in/abc", 200), ("/contents/99", 404), ("/queue/99", 404), ("/nothing", 404)]:
        answer = await client.get(page, headers={"Accept-Language": f"{language}-BE,en;q=0.5"})
        assert answer.status_code == status
        check(answer.text, language)


async def test_texts_of_a_hostile_title_survive_as_text(browser: Browser, database: Database) -> None:
    add_hostile(database)
    page = await (await browser()).get("/inbox?show=odd")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "{{7*7}}" in page.text
    assert "49" not in re.sub(r"<[^>]+>", "", page.text)


async def test_a_script_address_is_never_a_link(browser: Browser, database: Database) -> None:
    draft, _entry = add_hostile(database)
    with database.write() as session:
        for variant in list_variants(session, draft):
            variant.url = "javascript:alert(1)"
            session.add(variant)
    page = await (await browser()).get(f"/contents/{draft}")
    check(page.text, "en")


async def test_no_page_names_a_chat(browser: Browser, database: Database) -> None:
    draft, entry = add_hostile(database)
    client = await browser(StaffRole.ADMIN)
    for page in ("/", f"/contents/{draft}", f"/queue/{entry}", "/members"):
        text = (await client.get(page)).text
        assert [chat for chat in ("1001", "1002", "6001", "6002") if chat in text] == []


async def test_a_viewer_sees_no_names_of_people(browser: Browser, database: Database) -> None:
    viewer, approver = await browser(StaffRole.VIEWER), await browser(StaffRole.APPROVER)
    assert "Ana" in (await approver.get("/members/north")).text
    assert "Ana" not in (await viewer.get("/members/north")).text


async def test_the_language_can_be_tried_and_kept(browser: Browser) -> None:
    client = await browser()
    assert '<html lang="es">' in (await client.get("/?lang=es")).text
    assert '<html lang="en">' in (await client.get("/")).text
    assert (await client.post("/language", data={"language": "fr"})).status_code == 303
    assert '<html lang="fr">' in (await client.get("/")).text
    assert (await client.post("/language", data={"language": "xx"})).status_code == 422
