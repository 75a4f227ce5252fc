"""The work of the day at the desk, by a real browser at a real process: its clicks counted, from Today on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count

import pytest
import pytest_asyncio
from playwright.async_api import Page
from sqlmodel import col, select

from sharebot.models import Bot, Content, Delivery, Invitation, Member, NetworkText, Officer, QueueEntry, Variant
from sharebot.values.status import BotStatus, DeliveryKind, DeliveryStatus, EntryStatus, Network
from tests.e2e.desk_furniture import TONGUES, bring, draft, propose_by_editor, send
from tests.e2e.desk_stage import DESKTOP, PHONE, Clerk, Size, Stage
from tests.needs import needs_program

pytestmark = [
    pytest.mark.browser,
    needs_program("chromium"),
    pytest.mark.xdist_group("desk-browser"),
    pytest.mark.asyncio(loop_scope="session"),
]
EVERYWHERE = pytest.mark.parametrize(
    ("size", "scripts"),
    [
        pytest.param(PHONE, True, id="phone"),
        pytest.param(PHONE, False, id="phone without scripts"),
        pytest.param(DESKTOP, True, id="desktop", marks=pytest.mark.long),
        pytest.param(DESKTOP, False, id="desktop without scripts", marks=pytest.mark.long),
    ],
)
ON_A_PHONE = pytest.mark.parametrize(("size", "scripts"), [(PHONE, True)], ids=["phone"])
_numbers = count(1)


@pytest_asyncio.fixture(loop_scope="session")
async def clerk(desk: Stage, size: Size, scripts: bool) -> AsyncIterator[Clerk]:
    """Eva, signed in, before Today."""
    context = await desk.open(size, scripts=scripts)
    page = await context.new_page()
    await page.goto("/")
    yield Clerk(page)
    await context.close()


def now() -> datetime:
    return datetime.now(UTC)


def fresh(title: str) -> str:
    """Return a title that no other test has."""
    return f"{title} no. {next(_numbers)}"


def entry_called(desk: Stage, title: str) -> QueueEntry:
    with desk.database.read() as session:
        named = select(QueueEntry).join(Variant, col(Variant.content_id) == col(QueueEntry.content_id))
        return session.exec(named.where(Variant.title == title)).one()


def main_link(title: str) -> str:
    return f'main a:has-text("{title}")'


async def write_by_hand(page: Page, titles: dict[str, str]) -> None:
    for language, title in titles.items():
        await page.fill(f"#title-{language}", title)
        await page.fill(f"#text-{language}", f"The words of {title}")
        await page.fill(f"#link-{language}", f"https://alliance.example/{language}/{title.replace(' ', '-')}")


@EVERYWHERE
async def test_a_story_of_three_feeds_becomes_one_item_and_is_queued_in_three_clicks(desk: Stage, clerk: Clerk) -> None:
    number = next(_numbers)
    titles = {one: f"Story {number} {one}" for one in TONGUES}
    with desk.database.write() as session:
        drafts = bring(session, titles, slug=f"story-of-three-{number}", now=now())
    assert len(set(drafts)) == 3
    await clerk.page.reload()
    await clerk.follow("main a[href='/inbox']")
    await clerk.follow(f'.story:has-text("{titles["en"]}") button:text-is("Make one item")')
    await clerk.follow(".deed button:text-is('Approve')")
    assert clerk.clicks == 3
    entry = entry_called(desk, titles["es"])
    assert entry.status is EntryStatus.APPROVED
    with desk.database.read() as session:
        versions = session.exec(select(Variant).where(Variant.content_id == entry.content_id)).all()
        assert {one.language: one.title for one in versions} == titles
        assert len([one for one in drafts if session.get(Content, one)]) == 1


@EVERYWHERE
async def test_three_languages_by_hand_with_a_text_for_two_networks_are_queued_in_five_clicks(
    desk: Stage, clerk: Clerk
) -> None:
    page, titles = clerk.page, {one: fresh(f"Hand-written {one}") for one in TONGUES}
    await clerk.follow("header a:text-is('New item')")
    await write_by_hand(page, titles)
    await clerk.follow("main button:text-is('Keep')")
    await clerk.click("#version-1 .own summary")
    await page.fill("#version-1 textarea[name=x]", "Short words for X")
    await page.fill("#version-1 textarea[name=facebook]", "Longer words for Facebook")
    await clerk.follow(".deed button:text-is('Keep')")
    await clerk.follow(".deed button:text-is('Approve')")
    assert clerk.clicks == 5
    assert entry_called(desk, titles["fr"]).status is EntryStatus.APPROVED
    with desk.database.read() as session:
        english = session.exec(select(Variant).where(Variant.title == titles["en"])).one()
        own = session.exec(select(NetworkText).where(NetworkText.variant_id == english.id)).all()
    assert {one.network: one.text for one in own} == {
        Network.X: "Short words for X",
        Network.FACEBOOK: "Longer words for Facebook",
    }


@EVERYWHERE
async def test_a_draft_is_approved_by_the_second_click_in_the_inbox(desk: Stage, clerk: Clerk) -> None:
    title = fresh("To be approved")
    with desk.database.write() as session:
        draft(session, title, now=now())
    await clerk.page.goto("/inbox")
    await clerk.follow(main_link(title))
    await clerk.follow(".deed button:text-is('Approve')")
    assert clerk.clicks == 2
    assert entry_called(desk, title).status is EntryStatus.APPROVED


@ON_A_PHONE
async def test_a_proposal_is_returned_by_two_clicks_and_a_note(desk: Stage, clerk: Clerk) -> None:
    title = fresh("To be returned")
    with desk.database.write() as session:
        propose_by_editor(session, title, now=now())
    await clerk.page.goto("/inbox?show=waiting")
    await clerk.follow(main_link(title))
    await clerk.page.fill("textarea[name=note]", "Which of the two towns?")
    await clerk.follow("button:text-is('Return with note')")
    assert clerk.clicks == 2
    entry = entry_called(desk, title)
    assert (entry.status, entry.note) == (EntryStatus.RETURNED, "Which of the two towns?")


@ON_A_PHONE
async def test_an_embargo_takes_three_clicks(desk: Stage, clerk: Clerk) -> None:
    title = fresh("To be seen before")
    with desk.database.write() as session:
        draft(session, title, now=now())
    await clerk.page.goto("/inbox")
    await clerk.follow(main_link(title))
    await clerk.click("#plan input[name=embargo]")
    await clerk.page.wait_for_selector("#plan .act :text('May be shared from')")
    await clerk.follow("#plan button:text-is('Approve')")
    assert clerk.clicks == 3
    share_from = entry_called(desk, title).share_from
    assert share_from is not None
    assert share_from > now()


@EVERYWHERE
async def test_what_went_out_is_withdrawn_by_the_third_click(desk: Stage, clerk: Clerk) -> None:
    title = fresh("To be withdrawn")
    with desk.database.write() as session:
        entry_id = send(session, title, to=["lumen-ke"], now=now())
    await clerk.page.reload()
    await clerk.follow(main_link(title))
    await clerk.click("summary:has-text('Withdraw')")
    await clerk.follow("text=Withdraw it now")
    assert clerk.clicks == 3
    assert entry_called(desk, title).status is EntryStatus.WITHDRAWN
    with desk.database.read() as session:
        messages = session.exec(select(Delivery).where(Delivery.entry_id == entry_id)).all()
    assert messages
    assert all(one.edit_at for one in messages)


@EVERYWHERE
async def test_everything_is_stopped_by_the_second_click(desk: Stage, clerk: Clerk) -> None:
    await clerk.click("summary:has-text('Stop everything')")
    await clerk.page.fill("input[name=reason]", "A feed was hacked")
    await clerk.follow("text=Stop everything now")
    assert clerk.clicks == 2
    with desk.database.read() as session:
        assert {one.status for one in session.exec(select(Bot))} == {BotStatus.PAUSED}
    await clerk.follow(".alarm button:text-is('Send again')")
    with desk.database.read() as session:
        assert {one.status for one in session.exec(select(Bot))} == {BotStatus.RUNNING}


@ON_A_PHONE
async def test_the_silent_are_reminded_by_the_second_click_on_the_items_page(desk: Stage, clerk: Clerk) -> None:
    with desk.database.write() as session:
        entry_id = send(session, fresh("Unanswered"), to=["racine-cm"], now=now())
    await clerk.page.goto(f"/queue/{entry_id}")
    await clerk.follow("text=Remind those who have not answered")
    await clerk.follow("button:text-is('Remind 1 officer')")
    assert clerk.clicks == 2
    with desk.database.read() as session:
        item = session.exec(select(Delivery.id).where(Delivery.entry_id == entry_id)).one()
        reminder = session.exec(select(Delivery).where(Delivery.about_id == item)).one()
    assert (reminder.kind, reminder.status) == (DeliveryKind.REMINDER, DeliveryStatus.QUEUED)


@ON_A_PHONE
async def test_a_party_is_taken_in_and_its_officer_invited_by_three_clicks(desk: Stage, clerk: Clerk) -> None:
    name = fresh("Parti du Levant")
    await clerk.follow("nav a:visible:has-text('Parties')")
    await clerk.follow("main a:text-is('Add a party')")
    await clerk.page.fill("#name", name)
    await clerk.page.select_option("#country", "SN")
    await clerk.follow("text=Add and make the invitation")
    assert clerk.clicks == 3
    assert "https://t.me/sharebot_test_bot?start=" in await clerk.page.inner_text(".link")
    with desk.database.read() as session:
        member = session.exec(select(Member).where(Member.name == name)).one()
        seat = session.exec(select(Officer).where(Officer.member_id == member.id)).one()
        assert session.exec(select(Invitation).where(Invitation.officer_id == seat.id)).one()
    assert (member.region, member.languages, member.zone) == ("Africa", "fr", "Africa/Dakar")
