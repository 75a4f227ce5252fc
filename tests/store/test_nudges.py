"""Reminding the silent: planned without a trace, queued once, and never past what somebody may be asked."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import CountryHold, Delivery, Member, Officer, QueueEntry
from sharebot.rules.nudges import Spared
from sharebot.store import queue
from sharebot.store.answers import record_answer
from sharebot.store.database import Database
from sharebot.store.nudges import NudgePlan, list_offers, nudge, plan_nudge
from sharebot.values.status import AnswerKind, DeliveryKind, DeliveryStatus, MemberStatus, OfficerStatus, Rhythm
from tests.cast import ANA, NOW, add_officer
from tests.store.props import released

LATER = NOW + timedelta(hours=4)


def deliver(database: Database) -> None:
    """Let the first item reach Ana and Ben."""
    released(database)
    with database.write() as session:
        for item in session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.ITEM)):
            item.status, item.sent_at, item.message_id = DeliveryStatus.SENT, NOW, 7
            session.add(item)


def planned(database: Database, **more: str | None) -> NudgePlan:
    with database.read() as session:
        return plan_nudge(session, 1, settings=Settings(), now=LATER, region=more.get("region"))


def remind(database: Database) -> int:
    with database.write() as session:
        return nudge(session, 1, settings=Settings(), now=LATER).count


def test_whoever_is_silent_is_reminded_once_and_told_of_before(either):
    deliver(either)
    plan = planned(either)
    assert (plan.count, dict(plan.languages), plan.left_out) == (2, {"en": 1, "fr": 1}, {})
    assert planned(either, region="Africa").count == 0
    assert [remind(either) for _ in range(2)] == [2, 0]
    assert planned(either).left_out == {Spared.REMINDED: ("Party North", "Party South")}
    with either.read() as session:
        made = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.REMINDER)).all()
        assert [(one.about_id, one.officer_id, one.due_at) for one in made] == [(1, 1, LATER), (2, 2, LATER)]
        assert [one.entry_id for one in list_offers(session, language="en", now=LATER)] == [1]


def test_an_answer_takes_the_reminder_back(either):
    deliver(either)
    remind(either)
    with either.write() as session:
        record_answer(session, session.get_one(Delivery, 1), AnswerKind.DECLINED, now=LATER)
    with either.read() as session:
        reminders = select(Delivery.status).where(Delivery.kind == DeliveryKind.REMINDER).order_by(col(Delivery.id))
        assert session.exec(reminders).all() == [DeliveryStatus.CANCELLED, DeliveryStatus.QUEUED]


@pytest.mark.parametrize("why", [Spared.SHARED, Spared.TAKEN, Spared.PARTY, Spared.AWAY, Spared.HOLD, Spared.DIGEST])
def test_ana_is_left_alone(either, why: Spared):
    deliver(either)
    with either.write() as session:
        north, ana = session.get_one(Member, 1), session.get_one(Officer, 1)
        if why in {Spared.SHARED, Spared.TAKEN}:
            ada = add_officer(session, north, "Ada", chat_id=ANA + 9)
            item = session.get_one(Delivery, 2)
            item.officer_id, item.chat_id = ada.id, ada.chat_id
            kind = AnswerKind.SHARED if why is Spared.SHARED else AnswerKind.TAKEN
            record_answer(session, item, kind, now=NOW)
        if why is Spared.PARTY:
            north.status = MemberStatus.PAUSED
        if why is Spared.AWAY:
            ana.status = OfficerStatus.UNREACHABLE
        if why is Spared.DIGEST:
            ana.rhythm = Rhythm.WEEKLY
        if why is Spared.HOLD:
            north.country = "KE"
            until = NOW + timedelta(days=1)
            session.add(CountryHold(country="KE", by="staff", from_at=NOW, until_at=until, created_at=NOW))
        session.add_all([north, ana])
    assert planned(either).left_out.get(why) == ("Party North",)


def test_reminders_count_in_the_week(either):
    deliver(either)
    with either.write() as session:
        ana = session.get_one(Officer, 1)
        ana.asks_per_week = 1  # this item itself
        session.add(ana)
    assert planned(either).left_out == {Spared.BUDGET: ("Party North",)}


@pytest.mark.parametrize("what", ["withdrawn", "over", "not yet"])
def test_nobody_is_reminded_of_what_is_not_on_offer(either, what: str):
    deliver(either)
    with either.write() as session:
        entry = session.get_one(QueueEntry, 1)
        if what == "withdrawn":
            queue.withdraw(session, 1, by="test", now=NOW)
        elif what == "over":
            entry.expires_at = LATER
        else:
            entry.share_from = LATER + timedelta(hours=1)
        session.add(entry)
    with pytest.raises(Refused):
        planned(either)
