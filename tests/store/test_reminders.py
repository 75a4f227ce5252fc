"""Reminders: planned once for what was taken, wished for, queued at their moment, let go when there is no need."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.models import Answer, Delivery, Marker, Member, Officer
from sharebot.store import queue, reminders
from sharebot.store.answers import record_answer
from sharebot.store.backup import BACKUP
from sharebot.store.database import Database
from sharebot.store.restore import guard
from sharebot.values.status import AnswerKind, DeliveryKind, DeliveryStatus, OfficerStatus
from tests.cast import ANA, NOW, add_officer
from tests.store.props import released

TUESDAY = datetime(2026, 11, 24, 7, tzinfo=UTC)  # eight o'clock in Brussels
DAY = timedelta(days=1)


def say(database: Database, kind: AnswerKind, number: int = 1, *, now: datetime = NOW) -> None:
    with database.write() as session:
        record_answer(session, session.get_one(Delivery, number), kind, now=now)


def later(database: Database, word: str, *, now: datetime = NOW) -> datetime | None:
    with database.write() as session:
        item = session.get_one(Delivery, 1)
        wished = reminders.remind_later(session, item, word, officer_id=1, settings=Settings(), now=now)
        return wished.moment


def turn(database: Database, now: datetime) -> tuple[int, int]:
    """Return how many reminders were planned, and how many queued."""
    with database.write() as session:
        planned = reminders.plan_questions(session, settings=Settings(), now=now)
        return planned, reminders.add_due(session, settings=Settings(), now=now)


def queued(database: Database) -> list[tuple[int | None, DeliveryStatus]]:
    with database.read() as session:
        found = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.REMINDER))
        return [(one.about_id, one.status) for one in found]


def test_what_was_taken_is_asked_about_once(either):
    released(either)
    say(either, AnswerKind.TAKEN)
    assert [turn(either, NOW) for _ in range(2)] == [(1, 0), (0, 0)]
    assert turn(either, TUESDAY - timedelta(seconds=1)) == (0, 0)
    assert [turn(either, TUESDAY + DAY * more) for more in range(3)] == [(0, 1), (0, 0), (0, 0)]
    assert queued(either) == [(1, DeliveryStatus.QUEUED)]
    say(either, AnswerKind.TAKEN, now=TUESDAY)  # once more: nobody is asked twice how it went
    assert turn(either, TUESDAY + DAY) == (0, 0)


def test_nobody_is_asked_again_because_their_day_begins_later_now(either):
    released(either)
    say(either, AnswerKind.TAKEN)
    assert [turn(either, NOW), turn(either, TUESDAY)] == [(1, 0), (0, 1)]
    with either.write() as session:
        session.get_one(Officer, 1).zone = "America/Lima"  # there, Tuesday's opening is still to come
    assert [turn(either, TUESDAY + timedelta(hours=more)) for more in (1, 12)] == [(0, 0), (0, 0)]


@pytest.mark.parametrize("kind", [AnswerKind.SHARED, AnswerKind.DECLINED])
def test_a_last_word_ends_what_was_planned_and_what_waits(either, kind: AnswerKind):
    released(either)
    say(either, AnswerKind.TAKEN)
    turn(either, NOW)
    say(either, kind)
    assert turn(either, TUESDAY) == (0, 0)
    later(either, "tomorrow")
    turn(either, TUESDAY)
    say(either, kind)
    assert queued(either) == [(1, DeliveryStatus.CANCELLED)]


def test_later_holds_as_often_as_it_is_said(either):
    released(either)
    assert later(either, "tomorrow") == TUESDAY
    assert later(either, "evening") == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert turn(either, datetime(2026, 11, 23, 17, tzinfo=UTC)) == (0, 1)
    assert later(either, "tomorrow") == TUESDAY
    assert turn(either, TUESDAY) == (0, 1)
    assert later(either, "week", now=TUESDAY) == NOW + timedelta(days=3, hours=-2)  # just before it is over


@pytest.mark.parametrize("what", ["withdrawn", "over", "shared by a colleague"])
def test_nobody_is_reminded_of_what_needs_nothing_more(either, what: str):
    released(either)
    later(either, "tomorrow")
    if what == "withdrawn":
        with either.write() as session:
            queue.withdraw(session, 1, by="test", now=NOW)
    if what == "shared by a colleague":
        with either.write() as session:
            ada = add_officer(session, session.get_one(Member, 1), "Ada", chat_id=ANA + 9)
            item = session.get_one(Delivery, 2)
            item.officer_id = ada.id
            session.add(item)
        say(either, AnswerKind.SHARED, 2)
    assert turn(either, TUESDAY + (DAY * 9 if what == "over" else timedelta())) == (0, 0)
    assert queued(either) == []
    with either.read() as session:
        assert session.exec(select(Answer.remind_at).where(Answer.delivery_id == 1)).one() is None


def test_whoever_is_away_is_reminded_when_they_are_back_and_never_at_night(either):
    released(either)
    later(either, "tomorrow")
    for status, count in ((OfficerStatus.PAUSED, 0), (OfficerStatus.ACTIVE, 1)):
        with either.write() as session:
            officer = session.get_one(Officer, 1)
            officer.status = status
            session.add(officer)
        assert turn(either, TUESDAY + timedelta(hours=14)) == (0, count)
    with either.read() as session:
        reminder = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.REMINDER)).one()
    assert reminder.due_at == TUESDAY + DAY


def test_a_restored_backup_asks_nothing_that_may_have_been_asked_since(either):
    released(either)
    later(either, "tomorrow")
    say(either, AnswerKind.TAKEN, 2)
    with either.write() as session:
        session.merge(Marker(name=BACKUP, at=NOW))
    with either.write() as session:
        assert guard(session, now=TUESDAY)
    assert turn(either, TUESDAY) == (0, 0)
