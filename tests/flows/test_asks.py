"""What waits for a digest, what comes back the next day, and pauses that end: through the real bot and the phones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.remind import remind
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.jobs.send_digests import send_digests
from sharebot.models import Answer, Delivery, Member, Officer
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.sandbox.telegram import Shown
from sharebot.store import queue
from sharebot.store.contents import content_hash
from sharebot.values.status import AnswerKind, DeliveryKind, DeliveryStatus, OfficerStatus, Priority, Rhythm
from tests.cast import add_officer
from tests.flows.conftest import Scene
from tests.store.props import ITEM, take_in

TUESDAY = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # eight o'clock in Brussels


def text(shown: Shown | None) -> str:
    assert shown is not None
    return str(shown.words.text)


def change(scene: Scene, number: int, **values: object) -> None:
    with scene.runtime.database.write() as session:
        officer = session.get_one(Officer, number)
        for name, value in values.items():
            setattr(officer, name, value)
        session.add(officer)


def release(scene: Scene, title: str, priority: Priority = Priority.NORMAL) -> int:
    """Release one more item to everybody, in English."""
    database, now = scene.runtime.database, scene.clock.now()
    take_in(database, replace(ITEM, external_id=title, title=title, url=f"https://alliance.example/{len(title)}"))
    with database.write() as session:
        content_id = max(one.content_id for one in queue.list_entries(session)) + 1
        seen = content_hash(session, content_id)
        terms = (Audience(), Timing(send_at=now), now + timedelta(days=9), "test", seen, priority)
        entry = queue.approve(session, queue.Approval(content_id, *terms), now=now)
        queue.release(session, entry.id or 0, settings=scene.runtime.settings, new_code=new_code, now=now)
        return entry.id or 0


async def pass_time(scene: Scene, until: datetime) -> None:
    """Let it be `until`, with one turn of all that asks and sends."""
    scene.clock.at = max(until, scene.clock.at)
    scene.runtime.clock_watch.hear(scene.clock.now())
    await remind(scene.runtime)
    await send_digests(scene.runtime)
    while await send_deliveries(scene.runtime):
        scene.clock.at += timedelta(seconds=2)  # a chat gets one message a second
    await scene.settle()


def from_bot(phone) -> list[str]:
    return [text(one) for one in phone.messages if one.from_bot]


async def test_a_daily_digest_brings_its_items_by_their_numbers(listening):
    scene = listening
    change(scene, 1, rhythm=Rhythm.DAILY, language="en")
    with scene.runtime.database.write() as session:
        colleague = add_officer(session, session.get_one(Member, 1), "Ada", chat_id=1009)
        colleague_id = colleague.id
    ada = scene.sandbox.telegram.add_phone(1009, "Ada")
    ada.started = True
    await send_deliveries(scene.runtime)
    before = len(from_bot(scene.ana))
    release(scene, "Plain <b>news</b>")
    entry = release(scene, "Withdrawn")
    release(scene, "Great news!", Priority.HIGH)
    await pass_time(scene, scene.clock.now())
    assert len(from_bot(scene.ana)) == before
    assert ada.tap("take it")  # Ada gets items one by one; the latest is the great news
    await scene.settle()

    await pass_time(scene, TUESDAY)
    digest = scene.ana.last_message
    assert digest is not None
    assert text(digest).split("\n\n") == [
        "🗂 3 items for you",
        "1. 📰 Great news! – ✋ Ada\n2. 📰 Withdrawn\n3. 📰 Plain <b>news</b>",
        "Nobody of your party is on 2, 3 yet.",
        "Tap a number to get that item.",
    ]
    for _ in range(2):
        assert scene.ana.tap("3", message=digest)
        await scene.settle()
        await pass_time(scene, TUESDAY)
    assert from_bot(scene.ana)[before + 1 :] == [text(scene.ana.last_message)]
    assert "Plain <b>news</b>" in text(scene.ana.last_message)
    assert "3 ✓" in str(digest.keyboard)
    assert scene.ana.toasts == ["Here it comes.", "You have it already, see below."]

    with scene.runtime.database.write() as session:
        queue.withdraw(session, entry, by="test", now=scene.clock.now())
    scene.ana.tap("2", message=digest)
    await scene.settle()
    assert "2. withdrawn" in text(digest)
    await pass_time(scene, TUESDAY + timedelta(minutes=1))
    assert len(from_bot(scene.ana)) == before + 2  # neither the withdrawn item nor a second digest
    assert colleague_id == 3


async def test_a_stranger_or_another_message_brings_nothing(listening):
    scene = listening
    change(scene, 1, rhythm=Rhythm.DAILY)
    release(scene, "One")
    release(scene, "Three")
    await pass_time(scene, TUESDAY)
    digest = scene.ana.last_message
    assert digest is not None
    with scene.runtime.database.read() as session:
        held = session.exec(select(Delivery).where(Delivery.status == DeliveryStatus.HELD)).all()
    button = next(one for row in digest.keyboard for one in row)
    scene.ben.messages.append(digest)  # forged: Ben taps Ana's button
    scene.ben.tap("1", message=digest)
    scene.ben.messages.remove(digest)
    button["callback_data"] = f"o:{held[0].id}:"
    other = scene.ana.messages[0]
    other.keyboard = digest.keyboard  # a message of before the numbers were given anew
    scene.ana.tap("1", message=other)
    await scene.settle()
    with scene.runtime.database.read() as session:
        still = session.exec(select(Delivery).where(Delivery.status == DeliveryStatus.HELD)).all()
    assert len(still) == len(held) == 2


async def test_what_was_taken_is_asked_about_once_on_the_next_day(listening):
    scene = listening
    await send_deliveries(scene.runtime)
    scene.ben.tap("take it")
    await scene.settle()
    await pass_time(scene, TUESDAY - timedelta(minutes=1))
    item = scene.ben.last_message
    for minutes in (0, 1, 60 * 24):
        await pass_time(scene, TUESDAY + timedelta(minutes=minutes))
    reminder = scene.ben.last_message
    assert reminder is not None
    assert text(reminder) == "👋 You took this one. How did it go?\n\nA <b>title</b> & more"
    assert len([one for one in from_bot(scene.ben) if "How did it go" in one]) == 1
    assert scene.ben.tap("Not for us", message=reminder)
    await scene.settle()
    assert scene.ben.tap("Back", message=reminder)
    await scene.settle()
    assert scene.ben.tap("Shared", message=reminder)
    await scene.settle()
    with scene.runtime.database.read() as session:
        answer = session.exec(select(Answer)).one()
        assert (answer.delivery_id, answer.kind, answer.remind_at) == (2, AnswerKind.SHARED, None)
    assert "Shared – thank you" in text(reminder)
    assert "Shared – thank you" in text(item)


@pytest.mark.parametrize("answer", ["Shared", "Not our topic"])
async def test_whoever_answered_is_not_asked_again(listening, answer: str):
    scene = listening
    await send_deliveries(scene.runtime)
    scene.ben.tap("take it")
    await scene.settle()
    await remind(scene.runtime)
    scene.ben.tap("Not for us")
    await scene.settle()
    if answer == "Shared":
        scene.ben.tap("Back")
        await scene.settle()
    scene.ben.tap(answer)
    await scene.settle()
    await pass_time(scene, TUESDAY)
    assert not [one for one in from_bot(scene.ben) if "How did it go" in one]


async def test_later_is_when_the_officer_says_as_often_as_they_say(listening):
    scene = listening
    await send_deliveries(scene.runtime)
    scene.ben.tap("Later")
    await scene.settle()
    assert scene.ben.tap("w:2:tomorrow")
    await scene.settle()
    assert scene.ben.toasts[-1] == "⏰ I will come back to it on Tuesday at 08:00."
    await pass_time(scene, TUESDAY)
    reminder = scene.ben.last_message
    assert reminder is not None
    assert "You wanted to come back" in text(reminder)
    scene.ben.tap("Later", message=reminder)
    await scene.settle()
    scene.ben.tap("This evening", message=reminder)
    await scene.settle()
    await pass_time(scene, TUESDAY + timedelta(hours=10))
    assert len([one for one in from_bot(scene.ben) if "You wanted to come back" in one]) == 2
    with scene.runtime.database.read() as session:
        kinds = session.exec(select(Delivery.status).where(Delivery.kind == DeliveryKind.REMINDER)).all()
    assert kinds == [DeliveryStatus.SENT] * 2


async def test_a_pause_ends_on_its_day(listening):
    scene = listening
    change(scene, 2, status=OfficerStatus.PAUSED, paused_until=date(2026, 11, 25))
    await pass_time(scene, TUESDAY)
    assert from_bot(scene.ben) == []
    await pass_time(scene, TUESDAY + timedelta(days=1))
    assert len(from_bot(scene.ben)) == 1  # the item of Monday is on offer still
