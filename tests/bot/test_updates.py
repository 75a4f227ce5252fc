"""Updates are stored before they are acknowledged, and take effect once, whatever happens between."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from sharebot.bot.application import close_application
from sharebot.bot.updates import poll_updates, take_updates
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import InboxUpdate
from sharebot.sandbox.faults import Fault
from sharebot.store import inbox
from sharebot.values.status import AnswerKind
from sharebot.worker import with_bots
from tests.bot.words import answers_of, said
from tests.flows.conftest import Scene


def rows(scene: Scene) -> list[InboxUpdate]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(InboxUpdate).order_by(InboxUpdate.update_id)))  # type: ignore[arg-type]


async def test_an_update_is_in_the_database_before_telegram_forgets_it(listening):
    listening.ben.write("/pause")
    await listening.settle()
    offsets = [int(raw["offset"]) for method, raw in listening.sandbox.telegram.requests if "offset" in raw]
    assert max(offsets) == rows(listening)[-1].update_id + 1
    assert rows(listening)[-1].done_at is not None


async def test_what_a_dead_process_stored_takes_effect_in_the_next(scene):
    """It died after it stored the update and before it acted: Telegram may or may not send it again."""
    await send_deliveries(scene.runtime)
    scene.ben.tap("t:2:")
    bodies = [(number, json.dumps(body)) for number, body in scene.sandbox.telegram.updates.waiting.items()]
    with scene.runtime.database.write() as session:
        inbox.store_updates(session, 1, bodies, now=scene.clock.at)
    await scene.application.initialize()
    assert await take_updates(scene.runtime, scene.application) == 1
    assert [one.kind for one in answers_of(scene)] == [AnswerKind.TAKEN]
    assert await take_updates(scene.runtime, scene.application) == 0


async def test_an_update_that_fails_is_noted_and_the_next_goes_on(listening):
    listening.sandbox.faults.append(Fault("answer", method="sendMessage", status=502))
    listening.ben.write("/help")
    listening.ben.write("/pause")
    await listening.settle()
    assert [row.error for row in rows(listening)] == ["NetworkError", None]
    assert len(said(listening.ben)) == 1


async def test_an_update_of_the_future_is_stored_and_ignored(listening):
    """T7."""
    listening.sandbox.telegram.push(message_from_mars={"x": 1}, callback_query=None)
    listening.sandbox.telegram.push(my_chat_member=None, something_else=[1, {"deep": "x"}])
    listening.ben.write("/pause")
    await listening.settle()
    assert [row.error for row in rows(listening)] == [None] * len(rows(listening))
    assert len(said(listening.ben)) == 1


async def test_polling_survives_a_bad_gateway_and_loses_nothing(scene):
    scene.sandbox.faults.append(Fault("answer", method="getUpdates", status=502))
    scene.ben.write("/pause")
    poller = asyncio.create_task(poll_updates(scene.runtime, scene.application))
    await scene.settle()
    assert len(said(scene.ben)) == 1
    scene.runtime.stopping.set()
    scene.sandbox.telegram.wake()
    await asyncio.wait_for(poller, 10)


async def test_an_update_takes_effect_once_though_two_processes_know_of_it(scene):
    """The one that led before has not noticed yet that another one leads."""
    scene.ben.write("/help")
    bodies = [(number, json.dumps(body)) for number, body in scene.sandbox.telegram.updates.waiting.items()]
    with scene.runtime.database.write() as session:
        inbox.store_updates(session, 1, bodies, now=scene.clock.at)
    runtime, (second,) = with_bots(replace(scene.runtime, messengers={}, worker="second"))
    applications = (scene.application, second)
    for application in applications:
        await application.initialize()
    await asyncio.gather(take_updates(scene.runtime, scene.application), take_updates(runtime, second))
    await close_application(second)
    assert len(said(scene.ben)) == 1


async def test_old_updates_do_not_come_back_after_they_were_deleted(listening):
    listening.ben.write("/pause")
    await listening.settle()
    with listening.runtime.database.write() as session:
        inbox.delete_done(session, before=listening.clock.at + timedelta(days=30))
    listening.ben.write("/resume")
    await listening.settle()
    assert len(said(listening.ben)) == 2


async def test_an_update_that_cannot_be_read_is_kept_and_holds_up_nobody(listening):
    scene = listening
    scene.sandbox.telegram.push(callback_query={"id": 7})
    scene.ben.write("/help")
    await scene.settle()
    assert scene.ben.last_message is not None
    with scene.runtime.database.read() as session:
        kept = {row.update_id: row for row in session.exec(select(InboxUpdate)).all()}
    assert all(row.done_at for row in kept.values())
    assert [row.error is not None for _, row in sorted(kept.items())] == [True, False]
