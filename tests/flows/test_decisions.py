"""A message of which nobody knows whether it arrived, twice: a person decides, in staff's chat or on the page."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Delivery
from sharebot.sandbox.faults import Fault
from sharebot.store import decisions
from sharebot.values.status import Decision, DeliveryKind, DeliveryStatus
from tests.flows.conftest import Scene

STAFF = 5000


@pytest.fixture
def staffed(listening: Scene) -> Scene:
    """The scene with a chat of staff's."""
    listening.open_staff_chat(STAFF, "Eva")
    return listening


async def lose_twice(scene: Scene) -> None:
    """Let both copies of Ben's item get lost on the way to him, as far as anybody knows."""
    scene.ana.blocked = True
    scene.sandbox.faults.append(Fault("drop_before", times=2, chat_id=scene.ben.chat_id))
    for _ in range(3):
        await send_deliveries(scene.runtime)
        scene.clock.at += timedelta(seconds=91)
    assert scene.delivery(2).status is DeliveryStatus.NEEDS_REVIEW


async def ask(scene: Scene) -> None:
    await lose_twice(scene)
    for _ in range(2):
        await send_deliveries(scene.runtime)
        scene.clock.at += timedelta(seconds=2)


async def test_staff_are_asked_once_and_may_send_it_again(staffed):
    scene = staffed
    await ask(scene)
    staff = scene.sandbox.telegram.phones[STAFF]
    (question,) = staff.messages
    assert "Party South" in question.words.text and "A <b>title</b> & more" in question.words.text
    assert staff.tap("Send it again")
    await scene.settle()
    assert "Eva: it is sent again" in staff.last_message.words.text
    assert staff.last_message.keyboard == []
    await send_deliveries(scene.runtime)
    assert scene.delivery(2).status is DeliveryStatus.SENT
    assert "Sent again" in scene.ben.last_message.words.text


@pytest.mark.parametrize(
    ("button", "status"),
    [("It arrived", DeliveryStatus.SENT), ("Leave it", DeliveryStatus.CANCELLED)],
)
async def test_staff_may_believe_that_it_arrived_or_leave_it(staffed, button: str, status: DeliveryStatus):
    scene = staffed
    await ask(scene)
    scene.sandbox.telegram.phones[STAFF].tap(button)
    await scene.settle()
    await send_deliveries(scene.runtime)
    assert scene.delivery(2).status is status
    assert scene.ben.messages == []


async def test_the_first_decision_counts(staffed):
    scene = staffed
    await ask(scene)
    staff = scene.sandbox.telegram.phones[STAFF]
    data = staff.last_message.keyboard[0][2]["callback_data"]
    shown = staff.last_message
    staff.tap("It arrived")
    await scene.settle()
    staff._press(shown, data)
    await scene.settle()
    assert scene.delivery(2).status is DeliveryStatus.SENT


async def test_a_decision_from_any_other_chat_is_ignored(staffed):
    """T12."""
    scene = staffed
    await ask(scene)
    scene.ana.blocked = False
    stranger = scene.sandbox.telegram.add_phone(6000, "Cy")
    stranger.started = True
    shown = stranger.write("hello") or scene.sandbox.telegram.phones[STAFF].last_message
    stranger._press(shown, "q:2:drop")
    await scene.settle()
    assert scene.delivery(2).status is DeliveryStatus.NEEDS_REVIEW


async def test_many_at_once_are_left_to_the_page(staffed):
    scene = staffed
    await lose_twice(scene)
    with scene.runtime.database.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO delivery (key, kind, officer_id, bot_id, chat_id, status, due_at, expires_at, attempts, "
            "copies, created_at) SELECT 'x' || value, 'welcome', officer_id, bot_id, chat_id, 'needs_review', due_at, "
            "expires_at, 2, 2, created_at FROM delivery, json_each('[1,2,3,4,5,6]') WHERE delivery.id = 2"
        )
        assert decisions.ask_staff(session, staff_chat=STAFF, now=scene.clock.at) == 0
        doubts = decisions.list_doubts(session, language="en")
        assert len(doubts) == 7
        assert decisions.decide(session, [one.delivery_id for one in doubts], Decision.DROP, now=scene.clock.at) == 7
        assert decisions.list_doubts(session, language="en") == []


async def test_what_was_decided_on_the_page_is_shown_in_the_chat(staffed):
    scene = staffed
    await ask(scene)
    with scene.runtime.database.write() as session:
        decisions.decide(session, [2], Decision.ARRIVED, now=scene.clock.at)
        decisions.close_questions(session, [2], now=scene.clock.at)
    await edit_messages(scene.runtime)
    shown = scene.sandbox.telegram.phones[STAFF].last_message
    assert shown.keyboard == [] and "Decided" in shown.words.text


async def test_a_question_from_before_a_restored_backup_decides_nothing(staffed):
    """Numbers of deliveries are given anew after a restore."""
    await ask(staffed)
    with staffed.runtime.database.write() as session:
        question = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.REVIEW)).one()
        question.message_id = (question.message_id or 0) + 100
    staffed.sandbox.telegram.phones[STAFF].tap("Leave it")
    await staffed.settle()
    assert staffed.delivery(2).status is DeliveryStatus.NEEDS_REVIEW
