"""Staff say who is let in: in their chat alone, once, with a name that is only words."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.delete_messages import delete_messages
from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Chat, Officer
from sharebot.sandbox.entities import parse_html
from sharebot.sandbox.phone import Phone
from sharebot.store import admission, officers
from sharebot.texts import replies
from sharebot.texts.help import staff_help
from sharebot.values.status import OfficerStatus
from tests.bot.test_joining import invite, officer_row, press
from tests.bot.words import labels, said, status_of
from tests.cast import CY
from tests.flows.conftest import Scene
from tests.flows.fingers import forge_tap

STAFF = 9001
HOSTILE = "<b>Admin</b>\u202e\u200f &amp; \x00boss"


@pytest.fixture
def desk(listening: Scene) -> Phone:
    """Staff's chat, here a private one."""
    return listening.open_staff_chat(STAFF, "Staff")


async def come(scene: Scene, name: str = "Cy") -> tuple[int, Phone]:
    """Somebody joins and agrees; staff are asked."""
    seat, token = invite(scene)
    phone = scene.sandbox.telegram.add_phone(CY, name)
    phone.open_link(token)
    await scene.settle()
    await press(scene, phone, "I agree")
    await send_deliveries(scene.runtime)
    return seat, phone


async def test_staff_let_somebody_in_with_one_tap_and_the_question_says_who_did(listening, desk):
    scene = listening
    seat, phone = await come(scene)
    assert "Party North" in said(desk)[0]
    assert "Second desk" in said(desk)[0]
    assert labels(desk) == ["✅ Yes, let in", "🚫 No"]
    await press(scene, desk, "Yes, let in")
    assert status_of(scene, seat) is OfficerStatus.ACTIVE
    assert said(desk)[0].endswith("Staff: let in.")
    assert "Cy" not in said(desk)[0], "the name was for the decision alone"
    assert officer_row(scene, seat).name_sealed is None
    scene.clock.at += timedelta(seconds=2)
    await send_deliveries(scene.runtime)
    assert "Welcome" in said(phone)[-1]


async def test_a_no_frees_the_seat_tells_the_chat_neutrally_and_forgets_it(listening, desk):
    scene = listening
    seat, phone = await come(scene)
    await press(scene, desk, "No")
    assert status_of(scene, seat) is OfficerStatus.INVITED
    assert said(desk)[0].endswith("Staff: not let in.")
    scene.clock.at += timedelta(seconds=2)
    await send_deliveries(scene.runtime)
    assert said(phone)[-1] == replies.neutral()
    await delete_messages(scene.runtime)
    with scene.runtime.database.read() as session:
        assert len(session.exec(select(Chat)).all()) == 3, "Ana's, Ben's and staff's"
    officer = officer_row(scene, seat)
    assert (officer.chat_id, officer.consented_at, officer.name_sealed) == (None, None, None)


async def test_the_first_decision_counts_also_when_it_was_made_on_the_page(listening, desk):
    scene = listening
    seat, _ = await come(scene)
    with scene.runtime.database.write() as session:
        officers.confirm(session, seat, now=scene.clock.at)
        admission.close_question(session, seat, now=scene.clock.at)
    await edit_messages(scene.runtime)
    assert said(desk)[0].endswith("Let in.")
    for word in ("yes", "no"):
        forge_tap(scene, desk, f"j:{seat}:{word}")
    await scene.settle()
    assert status_of(scene, seat) is OfficerStatus.ACTIVE


async def test_nobody_decides_from_another_chat(listening, desk):
    """T12."""
    scene = listening
    seat, phone = await come(scene)
    for stranger in (phone, scene.ben):
        stranger.write("/help")
        await scene.settle()
        forge_tap(scene, stranger, f"j:{seat}:yes")
    await scene.settle()
    assert status_of(scene, seat) is OfficerStatus.WAITING


async def test_an_old_question_does_not_let_in_whoever_sits_there_now(listening, desk):
    scene = listening
    seat, _ = await come(scene)
    first = desk.last_message
    with scene.runtime.database.write() as session:
        officers.reject(session, seat, now=scene.clock.at)
    with scene.runtime.database.write() as session:
        token = officers.create_invitation(session, seat, now=scene.clock.at)
    other = scene.sandbox.telegram.add_phone(CY + 1, "Di")
    other.open_link(token)
    await scene.settle()
    await press(scene, other, "I agree")
    scene.clock.at += timedelta(seconds=5)
    await send_deliveries(scene.runtime)
    assert len(said(desk)) == 2
    assert desk.tap("Yes, let in", message=first)
    await scene.settle()
    assert status_of(scene, seat) is OfficerStatus.WAITING
    await press(scene, desk, "Yes, let in")
    assert status_of(scene, seat) is OfficerStatus.ACTIVE


async def test_a_hostile_name_is_only_words(listening, desk):
    """T15."""
    await come(listening, HOSTILE)
    shown = desk.last_message
    assert shown is not None
    assert "Name in Telegram: <b>Admin</b> &amp; boss\n" in str(shown.words.text)
    units = shown.words.text.encode("utf-16-le")
    bold = [one for one in shown.words.entities if one["type"] == "bold"]
    spans = [units[2 * one["offset"] :][: 2 * one["length"]].decode("utf-16-le") for one in bold]
    assert spans == ["Party North"]


async def test_whoever_forgets_while_they_wait_leaves_no_name_in_staffs_chat(listening, desk):
    scene = listening
    seat, phone = await come(scene, "Zsófia")
    assert "Zsófia" in said(desk)[0]
    phone.write("/forget")
    await scene.settle()
    await press(scene, phone, "Yes, erase everything")
    await edit_messages(scene.runtime)
    assert "Zsófia" not in said(desk)[0]
    assert said(desk)[0].endswith("Not let in.")
    forge_tap(scene, desk, f"j:{seat}:yes")
    await scene.settle()
    assert status_of(scene, seat) is OfficerStatus.GONE


async def test_without_staffs_chat_the_page_alone_asks(listening):
    scene = listening
    seat, _ = await come(scene)
    with scene.runtime.database.read() as session:
        waiting = admission.list_newcomers(session, language="en")
        assert [(one.officer_id, one.name, one.is_open) for one in waiting] == [(seat, "Cy", True)]
        assert admission.find_question(session, seat) is None
        assert session.get(Officer, seat) is not None


async def test_help_in_staffs_chat_is_for_staff(listening, desk):
    desk.write("/help")
    await listening.settle()
    assert said(desk) == [parse_html(staff_help("en").html).text]
