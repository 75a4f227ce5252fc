"""The state that every outcome leaves, in the database and on the phones."""

import asyncio
import json
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Attempt, Bot, Delivery, Member, Officer, QueueEntry
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.telegram import Shown
from sharebot.store import bots, officers, recovery, workers
from sharebot.values.status import AttemptOutcome, BotStatus, DeliveryKind, DeliveryStatus, EntryStatus, OfficerStatus
from tests.cast import ANA, BEN, NOW, FixedClock, add_officer
from tests.flows.conftest import Scene

ROOT = Path(__file__).resolve().parents[2]
MARK = "Nouvel envoi"


def refusal(code: int, description: str = "x", **parameters: object) -> Fault:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return Fault("answer", status=code, body=json.dumps(body))


def items(messages: list[Shown]) -> list[str]:
    return [one.words.text for one in messages if one.from_bot and "/r/" in one.words.text]


def bot_of(scene: Scene) -> Bot:
    with scene.runtime.database.read() as session:
        return bots.get_bot(session)


def attempts(scene: Scene) -> list[AttemptOutcome]:
    with scene.runtime.database.read() as session:
        return [row.outcome for row in session.exec(select(Attempt).order_by(Attempt.id))]  # type: ignore[arg-type]


def crowd(scene: Scene, number: int) -> None:
    """Queue a welcome to each of `number` more officers."""
    with scene.runtime.database.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        for chat_id in range(9000, 9000 + number):
            scene.sandbox.telegram.add_phone(chat_id, str(chat_id)).started = True
            officer = add_officer(session, north, str(chat_id), chat_id=chat_id)
            session.add(
                Delivery(
                    key=f"welcome:{chat_id}",
                    kind=DeliveryKind.WELCOME,
                    officer_id=officer.id or 0,
                    bot_id=1,
                    chat_id=officer.chat_id,
                    due_at=NOW,
                    expires_at=NOW + timedelta(days=7),
                    created_at=NOW,
                )
            )


@pytest.mark.parametrize(
    ("said", "seconds"), [({"retry_after": 0}, 1), ({"retry_after": 90}, 90), ({}, 30), ({"retry_after": "abc"}, 30)]
)
async def test_a_429_is_kept_in_the_database(scene, said: dict[str, Any], seconds: int):
    """O5."""
    scene.sandbox.faults.append(refusal(429, **said))
    await send_deliveries(scene.runtime)
    until = bot_of(scene).blocked_until
    assert until is not None
    assert timedelta(0) <= until - NOW - timedelta(seconds=seconds) < timedelta(seconds=1)
    assert scene.delivery(1).copies + scene.delivery(2).copies == 1


async def test_a_halt_of_a_day_is_told(scene, caplog):
    """O5."""
    scene.sandbox.faults.append(refusal(429, retry_after=86_400))
    await send_deliveries(scene.runtime)
    assert "telegram halts the bot for 86400 s" in [one.message for one in caplog.records if one.levelname == "ERROR"]


class BlockingClock(FixedClock):
    """Whoever waits for their place in the pace wakes up in a halt."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.clock.at)
        self.scene = scene

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        with self.scene.runtime.database.write() as session:
            bots.block_until(session, 1, self.at + timedelta(minutes=10))


async def test_a_halt_also_holds_for_what_is_claimed_already(scene):
    runtime = replace(scene.runtime, clock=BlockingClock(scene))
    assert await send_deliveries(runtime) <= 1
    assert items(scene.ben.messages) == []
    assert scene.delivery(2).status is DeliveryStatus.QUEUED
    assert AttemptOutcome.NOT_SENT in attempts(scene)


class SleepyClock(FixedClock):
    """Whoever waits for their place in the pace sleeps so long that another worker takes over."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.clock.at)
        self.scene = scene

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(minutes=10)
        with self.scene.runtime.database.write() as session:
            recovery.recover_lost(session, now=self.at)


async def test_a_worker_that_slept_too_long_does_not_send_any_more(scene):
    runtime = replace(scene.runtime, clock=SleepyClock(scene))
    claimed = await send_deliveries(runtime)
    assert claimed <= 1
    assert items(scene.ben.messages) == []
    assert scene.delivery(2).status is DeliveryStatus.UNCERTAIN


async def test_a_bad_token_pauses_the_bot_and_burns_few_attempts(scene):
    """O10."""
    crowd(scene, 20)
    scene.sandbox.telegram.token = "7:another"
    await send_deliveries(scene.runtime)
    assert bot_of(scene).status is BotStatus.PAUSED
    assert "401" in (bot_of(scene).pause_reason or "")
    assert set(attempts(scene)) == {AttemptOutcome.NOT_SENT}
    assert len(attempts(scene)) <= scene.runtime.settings.telegram.sends_in_flight
    with scene.runtime.database.read() as session:
        rows = session.exec(select(Delivery)).all()
    assert {row.status for row in rows} == {DeliveryStatus.QUEUED}
    assert sum(row.copies for row in rows) == 0


async def test_a_content_error_stops_the_entry_after_those_in_flight(scene):
    scene.sandbox.faults.append(refusal(400, "Bad Request: can't parse entities"))
    one_at_a_time = scene.runtime.settings.model_copy(
        update={"telegram": scene.runtime.settings.telegram.model_copy(update={"sends_in_flight": 1})}
    )
    await send_deliveries(replace(scene.runtime, settings=one_at_a_time))
    assert scene.statuses() == ["failed", "queued"]
    assert items(scene.ben.messages) == []
    with scene.runtime.database.read() as session:
        entry = session.get(QueueEntry, 1)
    assert entry.status is EntryStatus.PAUSED
    assert "can't parse entities" in entry.note


async def test_a_blocked_officer_is_unreachable_and_everybody_else_is_served(scene):
    crowd(scene, 5)
    scene.ana.blocked = True
    assert await send_deliveries(scene.runtime) == 6
    with scene.runtime.database.read() as session:
        statuses = [one.status for one in officers.list_officers(session)]
    assert statuses.count(OfficerStatus.UNREACHABLE) == 1
    assert scene.statuses() == ["failed", "sent"]


async def test_a_chat_that_moved_is_written_to_at_its_new_address(scene):
    scene.sandbox.telegram.add_phone(5555, "Ana").started = True
    scene.sandbox.faults.append(refusal(400, "upgraded", migrate_to_chat_id=5555))
    scene.sandbox.faults[-1].chat_id = ANA
    await send_deliveries(scene.runtime)
    scene.clock.at += timedelta(seconds=2)
    await send_deliveries(scene.runtime)
    assert len(items(scene.sandbox.telegram.phones[5555].messages)) == 1
    assert scene.statuses() == ["sent", "sent"]


async def test_a_chat_that_moved_onto_another_officers_is_given_up(scene):
    """T17."""
    scene.sandbox.faults.append(refusal(400, "upgraded", migrate_to_chat_id=BEN))
    scene.sandbox.faults[-1].chat_id = ANA
    await send_deliveries(scene.runtime)
    scene.clock.at += timedelta(seconds=2)
    await send_deliveries(scene.runtime)
    assert scene.statuses() == ["failed", "sent"]
    assert len(items(scene.ben.messages)) == 1


async def test_five_bad_gateways_in_a_row_make_everybody_wait(scene):
    crowd(scene, 20)
    scene.sandbox.faults.append(Fault("answer", times=99, status=502))
    await send_deliveries(scene.runtime)
    tried = len(attempts(scene))
    assert 5 <= tried < 5 + scene.runtime.settings.telegram.sends_in_flight
    assert bot_of(scene).blocked_until is not None
    scene.sandbox.faults.clear()
    scene.clock.at += timedelta(minutes=11)  # as long as it ever waits
    await send_deliveries(scene.runtime)
    assert bot_of(scene).failures_in_row == 0


async def test_a_stop_finishes_what_is_in_flight_and_claims_nothing_new(scene):
    crowd(scene, 20)
    scene.sandbox.faults.append(Fault("slow", times=20, seconds=1))
    sending = asyncio.create_task(send_deliveries(scene.runtime))
    while scene.sandbox.faults[0].times == 20:  # noqa: ASYNC110 - the stand-in has no event
        await asyncio.sleep(0.001)
    scene.runtime.stopping.set()
    sent = await sending
    assert 1 <= sent <= scene.runtime.settings.telegram.sends_in_flight
    assert set(attempts(scene)) == {AttemptOutcome.SENT}


async def test_a_picture_is_uploaded_once_and_then_known_by_its_handle(scene):
    with scene.runtime.database.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO asset (variant_id, kind, url, tier) "
            "SELECT id, 'picture', 'https://a.example/a.png', 'full' FROM variant"
        )
        session.connection().exec_driver_sql("UPDATE delivery SET variant_id = 1")
        session.connection().exec_driver_sql("UPDATE delivery SET due_at = '2026-11-23 09:00:00.000000' WHERE id = 2")
    await send_deliveries(scene.runtime)
    scene.clock.at += timedelta(hours=1)
    await send_deliveries(scene.runtime)
    photos = [raw["photo"] for method, raw in scene.sandbox.telegram.requests if method == "sendPhoto"]
    assert photos == ["https://a.example/a.png", "FILE000001"]


async def test_a_worker_killed_between_claim_and_outcome_loses_nothing(scene):
    """kill -9 while the request is out; the next worker repeats once, marked, what nobody can tell."""
    fault = Fault("slow", chat_id=ANA, seconds=30)
    scene.sandbox.faults.append(fault)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.jobs.child",
        str(scene.runtime.database.url),
        scene.sandbox.telegram.token,
        scene.sandbox.telegram_url,
        cwd=ROOT,
    )
    while fault.times or not items(scene.ben.messages):
        assert child.returncode is None, "the child ended by itself"
        await asyncio.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert await child.wait() == -signal.SIGKILL
    assert scene.delivery(1).status is DeliveryStatus.SENDING
    with scene.runtime.database.write() as session:
        assert workers.recover_dead(session, "successor", now=scene.clock.at) in {1, 2}
    for seconds in (0, 90, 2):
        scene.clock.at += timedelta(seconds=seconds)
        await send_deliveries(scene.runtime)
    assert scene.statuses() == ["sent", "sent"]
    with scene.runtime.database.read() as session:
        doubted = session.get(Delivery, 1)
        assert session.get(Officer, 1).status is OfficerStatus.ACTIVE
    assert doubted.copies <= 2
    assert [MARK in text for text in items(scene.ana.messages)] == [True]
    assert len(items(scene.ben.messages)) <= 2
