"""What becomes of a message when Telegram answers well, badly, or not at all."""

from datetime import timedelta

import pytest

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Bot, Officer, QueueEntry
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.telegram import Shown
from sharebot.store import bots, recovery
from sharebot.values.status import BotStatus, EntryStatus, OfficerStatus


def _items(messages: list[Shown]) -> list[Shown]:
    return [one for one in messages if "/r/" in one.words.text]


async def test_everybody_gets_the_item_in_their_language(scene):
    assert await send_deliveries(scene.runtime) == 2
    assert "Un titre" in scene.ana.last_message.words.text
    assert "A <b>title</b> & more" in scene.ben.last_message.words.text
    assert "Nouvel article" in scene.ana.last_message.words.text
    assert scene.statuses() == ["sent", "sent"]
    assert await send_deliveries(scene.runtime) == 0


async def test_a_429_halts_everything_for_as_long_as_it_says(scene):
    body = '{"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 40}}'
    scene.sandbox.faults.append(Fault("answer", status=429, body=body, chat_id=scene.ana.chat_id))
    await send_deliveries(scene.runtime)
    assert sorted(scene.statuses()) == ["queued", "sent"]
    seen = len(scene.sandbox.telegram.requests)
    scene.clock.at += timedelta(seconds=30)
    await send_deliveries(scene.runtime)
    assert len(scene.sandbox.telegram.requests) == seen, "sent inside the halt"
    scene.clock.at += timedelta(seconds=15)
    await send_deliveries(scene.runtime)
    assert scene.statuses() == ["sent", "sent"]


@pytest.mark.parametrize("description", ["Forbidden: bot was blocked by the user", "Forbidden: user is deactivated"])
async def test_a_dead_chat_stops_and_is_not_tried_again(scene, description: str):
    body = f'{{"ok": false, "error_code": 403, "description": "{description}"}}'
    scene.sandbox.faults.append(Fault("answer", status=403, body=body, chat_id=scene.ana.chat_id))
    await send_deliveries(scene.runtime)
    assert sorted(scene.statuses()) == ["failed", "sent"]
    with scene.runtime.database.read() as session:
        assert session.get(Officer, 1).status is OfficerStatus.UNREACHABLE
        assert session.get(Officer, 2).status is OfficerStatus.ACTIVE


async def test_an_unknown_403_disables_nobody(scene):
    body = '{"ok": false, "error_code": 403, "description": "Forbidden: something new"}'
    scene.sandbox.faults.append(Fault("answer", status=403, body=body, chat_id=scene.ana.chat_id))
    await send_deliveries(scene.runtime)
    with scene.runtime.database.read() as session:
        assert session.get(Officer, 1).status is OfficerStatus.ACTIVE


async def test_a_refused_content_pauses_its_entry(scene):
    body = '{"ok": false, "error_code": 400, "description": "Bad Request: can\'t parse entities"}'
    scene.sandbox.faults.append(Fault("answer", times=9, status=400, body=body))
    await send_deliveries(scene.runtime)
    with scene.runtime.database.read() as session:
        assert session.get(QueueEntry, 1).status is EntryStatus.PAUSED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, '{"ok": false, "error_code": 401, "description": "Unauthorized"}'),
        (404, '{"ok": false, "error_code": 404, "description": "Not Found"}'),
        (302, "<html>moved</html>"),
    ],
)
async def test_a_refused_token_pauses_the_bot_and_keeps_the_queue(scene, status: int, body: str):
    """O8 and O10."""
    scene.sandbox.faults.append(Fault("answer", times=99, status=status, body=body))
    await send_deliveries(scene.runtime)
    assert scene.statuses() == ["queued", "queued"]
    with scene.runtime.database.read() as session:
        assert session.get(Bot, 1).status is BotStatus.PAUSED
    scene.sandbox.faults.clear()
    assert await send_deliveries(scene.runtime) == 0
    with scene.runtime.database.write() as session:
        bots.resume_bots(session)
    scene.clock.at += timedelta(seconds=2)
    assert await send_deliveries(scene.runtime) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("drop_after", times=1),
        Fault("answer", times=1, status=502),
        Fault("answer", times=1, status=200, body='{"ok": true, "resu'),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
async def test_a_doubtful_send_is_repeated_once_marked_and_then_left_to_a_person(scene, fault: Fault):
    fault.chat_id = scene.ana.chat_id
    scene.sandbox.faults.append(fault)
    await send_deliveries(scene.runtime)
    assert sorted(scene.statuses()) == ["sent", "uncertain"]
    scene.clock.at += timedelta(seconds=60)
    await send_deliveries(scene.runtime)
    assert sorted(scene.statuses()) == ["sent", "uncertain"], "repeated before the wait was over"
    scene.sandbox.faults.append(Fault("drop_after", chat_id=scene.ana.chat_id))
    scene.clock.at += timedelta(seconds=40)
    await send_deliveries(scene.runtime)
    assert sorted(scene.statuses()) == ["sent", "uncertain"]
    assert "Nouvel envoi" in _items(scene.ana.messages)[-1].words.text
    scene.clock.at += timedelta(seconds=100)
    await send_deliveries(scene.runtime)
    assert sorted(scene.statuses()) == ["needs_review", "sent"]
    assert len(_items(scene.ana.messages)) <= 2


async def test_what_did_not_leave_is_tried_again_and_costs_no_copy(scene):
    await scene.sandbox.stop()
    await send_deliveries(scene.runtime)
    assert scene.statuses() == ["queued", "queued"]
    assert scene.delivery(1).copies == 0


async def test_a_picture_that_telegram_cannot_get_leaves_the_words(scene):
    """O12."""
    with scene.runtime.database.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO asset (variant_id, kind, url, tier) "
            "SELECT id, 'picture', 'https://a.example/a.png', 'full' FROM variant"
        )
    body = '{"ok": false, "error_code": 400, "description": "Bad Request: failed to get HTTP URL content"}'
    scene.sandbox.faults.append(Fault("answer", times=2, method="sendPhoto", status=400, body=body))
    assert await send_deliveries(scene.runtime) == 2
    assert scene.ana.last_message.media is None


async def test_a_row_left_sending_by_a_dead_worker_is_in_doubt(scene):
    from_before = "UPDATE delivery SET status = 'sending', sending_since = due_at, attempts = 1 WHERE id = 1"
    with scene.runtime.database.write() as session:
        session.connection().exec_driver_sql(from_before)
        assert recovery.recover_lost(session, now=scene.clock.at + timedelta(minutes=3)) == 1
    assert scene.delivery(1).status.value == "uncertain"


async def test_nothing_of_a_withdrawn_entry_is_sent(scene):
    with scene.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE queue_entry SET status = 'withdrawn'")
    assert await send_deliveries(scene.runtime) == 0
    assert scene.sandbox.telegram.journal == []
