"""Staff send links and posts from chat, and they become drafts; whoever is an officer too says which is meant."""

from dataclasses import replace

import pytest
from sqlmodel import select

from sharebot.bot.context import RUNTIME
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Content, Reshare, Variant
from sharebot.sources.fetch import Fetcher
from sharebot.store.staff import add_staff
from sharebot.store.staff_telegram import create_telegram_code
from sharebot.values.status import ContentStatus, Network, StaffRole
from tests.bot.words import until
from tests.flows.conftest import Scene
from tests.flows.desk_scene import Office, labels

PAGE = b"""<!doctype html><html lang="en"><head><title>Wells for all</title>
<meta property="og:title" content="Wells for all"><meta property="og:description" content="A plan for wells.">
</head><body><p>Words.</p></body></html>"""


@pytest.fixture
async def office(listening: Scene) -> Office:
    sandbox = listening.sandbox
    host = sandbox.base_url.removeprefix("http://")
    runtime = replace(listening.runtime, fetcher=Fetcher(allowed=frozenset({host})))
    listening.runtime = runtime
    listening.application.bot_data[RUNTIME] = runtime
    sandbox.sites.publish("/wells", PAGE, "text/html")
    made = Office(listening)
    await made.link(made.eva, made.max, made.vi)
    return made


def made_of(office: Office, title: str) -> list[tuple[ContentStatus, str | None]]:
    with office.scene.runtime.database.read() as session:
        rows = session.exec(select(Content, Variant).join(Variant).where(Variant.title == title))
        return [(content.status, content.created_by) for content, _ in rows]


async def test_a_pasted_link_becomes_a_draft_with_its_card_and_is_known_then(office):
    url = f"{office.scene.sandbox.base_url}/site/wells"
    max_ = office.hand(office.max, private=True)
    await max_.type(url)
    await until(lambda: "A draft now: “Wells for all”" in max_.shown)
    await office.work()
    assert "Wells for all" in max_.shown and "A plan for wells." in max_.shown
    assert labels(office.max)[0] == "✅ Approve"
    assert made_of(office, "Wells for all") == [(ContentStatus.DRAFT, "max@alliance.example")]
    assert office.audit()[-1][:2] == ("staff:2", "content.added")
    eva = office.hand(office.eva)
    await eva.command(f"/add {url}")
    assert eva.shown == "📎 Known already: “Wells for all”"
    await office.work()
    assert "A plan for wells." in eva.shown
    assert len(made_of(office, "Wells for all")) == 1


async def test_a_page_that_cannot_be_read_is_said_to_be_so(office):
    max_ = office.hand(office.max, private=True)
    await max_.type("https://127.0.0.1/secret")
    await until(lambda: "I cannot read that page." in max_.shown)
    await max_.type("Good morning!")
    assert max_.shown.startswith("Your desk in Telegram")
    await office.hand(office.vi, private=True).type("https://alliance.example/a")
    assert office.vi.last_message.words.text == "Your role does not allow that."


async def test_a_forwarded_post_and_a_photo_become_drafts_of_their_words_and_link(office):
    office.max.forward("A <b>good</b> plan\nRead it: https://partysouth.example/plan", photo=True)
    await office.scene.settle()
    office.max.send_photo("The second plan\nMore words.")
    await office.scene.settle()
    assert "Its file did not come along: add it on the page." in office.max.last_message.words.text
    office.max.send_photo()
    await office.scene.settle()
    assert (
        office.max.last_message.words.text == "I can make a draft of words or of a link. Please send it with its text."
    )
    for title in ("A <b>good</b> plan", "The second plan"):
        assert made_of(office, title) == [(ContentStatus.DRAFT, "max@alliance.example")]
    await office.work()
    assert any("links to a foreign site, partysouth.example" in one.words.text for one in office.max.messages)


async def test_who_is_staff_and_an_officer_says_which_is_meant(office):
    ben = office.scene.ben
    await send_deliveries(office.scene.runtime)
    with office.scene.runtime.database.write() as session:
        staff = add_staff(session, "ben@alliance.example", role=StaffRole.EDITOR, language="en", now=office.now)
        code = create_telegram_code(session, staff.id or 0, office.now)
    hand = office.hand(ben, private=True)
    await hand.type(f"/staff {code}")
    assert {"today", "impact"} <= {one["command"] for one in ben.menu}
    url = f"{office.scene.sandbox.base_url}/site/wells"
    await hand.type(url)
    assert labels(ben) == ["🗂 A draft for The Alliance", "📣 A post of my party"]
    await hand.tap("A draft for")
    await until(lambda: "A draft now: “Wells for all”" in hand.shown)
    await hand.type("https://www.facebook.com/partysouth/posts/12345678")
    await hand.tap("A post of my party")
    with office.scene.runtime.database.read() as session:
        assert session.exec(select(Reshare)).one().network is Network.FACEBOOK
    assert "Facebook – A <b>title</b> & more" in hand.shown
    await hand.command("/help")
    said = [one.words.text for one in ben.messages[-2:]]
    assert "How it works" in said[0] and "Your desk in Telegram" in said[1]


async def test_a_code_works_once_and_ten_minutes_long(office):
    with office.scene.runtime.database.write() as session:
        code = create_telegram_code(session, 1, office.now)
    cy = office.scene.sandbox.telegram.add_phone(6000, "Cy")
    hand = office.hand(cy, private=True)
    await hand.type("/staff WRONGCODE234")
    assert hand.shown.startswith("This code does not work")
    await hand.type(f"/staff {code.lower()}")
    assert hand.shown.startswith("✅ Linked: Eva, approver.")
    await hand.type(f"/staff {code}")
    assert hand.shown.startswith("This code does not work")
    eva = office.hand(office.eva, private=True)
    count = len(office.eva.messages)
    await eva.command("/today")
    assert len(office.eva.messages) == count + 1, "the account that was linked before is a stranger's now"
