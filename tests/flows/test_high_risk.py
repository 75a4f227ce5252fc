"""People at high risk: what is in their chat cannot be passed on, and is gone after a time."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.delete_messages import delete_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Delivery, Member, Officer, PassingMessage
from sharebot.sandbox.faults import Fault
from sharebot.store import officers
from sharebot.values.status import OfficerStatus
from tests.bot.test_joining import press
from tests.cast import CY, add_officer
from tests.flows.conftest import Scene

HALT = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":60}}'


@pytest.fixture
async def careful(listening: Scene) -> Scene:
    """Ben has turned the extra safety on, and has an item."""
    listening.ben.write("/settings")
    await listening.settle()
    await press(listening, listening.ben, "Privacy", "Safety on")
    await send_deliveries(listening.runtime)
    return listening


def bodies(scene: Scene) -> list[str]:
    return [str(one.words.text) for one in scene.ben.messages]


async def test_what_they_get_and_write_is_protected_and_vanishes(careful):
    scene = careful
    scene.ben.write("/help")
    scene.ben.write("hello")
    await scene.settle()
    later = [one for one in scene.ben.messages if one.from_bot][1:]
    assert len(later) == 3
    assert all(one.protected for one in later)
    await delete_messages(scene.runtime)
    assert len(bodies(scene)) == 7
    scene.clock.at += timedelta(hours=23, minutes=59)
    await delete_messages(scene.runtime)
    assert len(bodies(scene)) == 7
    scene.clock.at += timedelta(minutes=2)
    await delete_messages(scene.runtime)
    assert bodies(scene) == ["/settings"], "what was written before is not known any more"
    with scene.runtime.database.read() as session:
        assert session.exec(select(PassingMessage)).all() == []
        assert session.exec(select(Delivery.message_id).where(Delivery.officer_id == 2)).one() is None


async def test_others_keep_their_messages(careful):
    scene = careful
    shown = len(scene.ana.messages)
    scene.clock.at += timedelta(hours=25)
    await delete_messages(scene.runtime)
    assert len(scene.ana.messages) == shown == 1
    assert not scene.ana.messages[0].protected


async def test_a_message_that_is_gone_already_is_no_trouble(careful):
    scene = careful
    await delete_messages(scene.runtime)
    scene.ben.messages.clear()
    scene.clock.at += timedelta(hours=25)
    await delete_messages(scene.runtime)
    with scene.runtime.database.read() as session:
        assert session.exec(select(PassingMessage)).all() == []


async def test_a_halt_of_the_bot_holds_deletions_too(careful):
    scene = careful
    await delete_messages(scene.runtime)
    scene.clock.at += timedelta(hours=25)
    scene.sandbox.faults.append(Fault("answer", method="deleteMessage", status=429, body=HALT))
    before = len(bodies(scene))
    await delete_messages(scene.runtime)
    await delete_messages(scene.runtime)
    assert len(bodies(scene)) == before
    scene.clock.at += timedelta(seconds=120)
    await delete_messages(scene.runtime)
    assert len(bodies(scene)) < before


async def test_whoever_has_themselves_erased_keeps_no_message_but_the_proof(careful):
    scene = careful
    scene.ben.write("hello")
    scene.ben.write("/forget")
    await scene.settle()
    await press(scene, scene.ben, "erase everything")
    left = bodies(scene)[1:]
    assert len(left) == 1, left
    assert "Erased" in left[0]


async def test_whoever_handed_over_is_erased_when_their_messages_are_gone(careful):
    scene = careful
    with scene.runtime.database.write() as session:
        ben = session.get_one(Officer, 2)
        successor = add_officer(session, session.get_one(Member, ben.member_id), "Ben 2", chat_id=CY)
        successor.replaces_id, successor.status = ben.id, OfficerStatus.WAITING
        session.flush()
        officers.confirm(session, successor.id or 0, now=scene.clock.at)
    scene.clock.at += timedelta(seconds=5)
    await send_deliveries(scene.runtime)
    await delete_messages(scene.runtime)
    scene.clock.at += timedelta(hours=25)
    for _ in range(2):
        await delete_messages(scene.runtime)
    assert bodies(scene) == ["/settings"], "what was written before is not known any more"
    with scene.runtime.database.read() as session:
        assert session.get_one(Officer, 2).chat_id is None
