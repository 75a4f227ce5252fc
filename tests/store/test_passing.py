"""Messages that pass: noted once, due in time, and forgotten with what they showed."""

from datetime import timedelta

from sqlmodel import select

from sharebot.models import Chat, Delivery, Officer, PassingMessage
from sharebot.store import passing
from sharebot.store.database import Database
from sharebot.values.status import ChatKind, DeliveryStatus
from tests.cast import BEN, NOW, add_cast
from tests.store.props import queue_note

AFTER = timedelta(hours=24)


def deliver(database: Database, officer_id: int, message_id: int, *, ago: timedelta) -> int:
    number = queue_note(database, chat=(officer_id, 1), officer_id=officer_id)
    with database.write() as session:
        row = session.get(Delivery, number)
        assert row is not None
        row.status, row.message_id, row.sent_at = DeliveryStatus.SENT, message_id, NOW - ago
    return number


def test_what_people_at_high_risk_got_is_noted_once_and_goes_in_time(either):
    add_cast(either)
    with either.write() as session:
        ben = session.get(Officer, 2)
        assert ben is not None
        ben.high_risk = True
    fresh = deliver(either, 2, 11, ago=timedelta(hours=1))
    deliver(either, 2, 12, ago=timedelta(hours=30))
    deliver(either, 2, 13, ago=timedelta(hours=49))  # no bot may delete it any more
    deliver(either, 1, 14, ago=timedelta(hours=30))
    with either.write() as session:
        for _ in range(2):
            passing.note_deliveries(session, after=AFTER, now=NOW)
        passing.note_message(session, 2, 99, delete_at=NOW)
        passing.note_message(session, 2, 99, delete_at=NOW + AFTER)
        assert len(session.exec(select(PassingMessage)).all()) == 3
        due = passing.list_due(session, now=NOW)
        assert [(one.address, one.message_id) for one in due] == [(BEN, 12), (BEN, 99)]
        passing.retry_later(session, due[1], at=NOW + timedelta(minutes=5))
        passing.end_message(session, due[0])
        assert passing.list_due(session, now=NOW) == []
        (later, _) = passing.list_due(session, now=NOW + AFTER)
        passing.end_message(session, later)
        passing.note_deliveries(session, after=AFTER, now=NOW)
        assert [one.message_id for one in passing.list_due(session, now=NOW + AFTER)] == [11]
    with either.read() as session:
        row = session.get(Delivery, fresh)
        assert row is not None
        assert row.message_id == 11, "it is there until it is deleted"


def test_in_a_group_nothing_is_deleted(either):
    add_cast(either)
    with either.write() as session:
        ben = session.get_one(Officer, 2)
        ben.high_risk = True
        session.get_one(Chat, ben.chat_id).kind = ChatKind.GROUP
    deliver(either, 2, 11, ago=timedelta(hours=1))
    with either.write() as session:
        passing.note_deliveries(session, after=AFTER, now=NOW)
        assert session.exec(select(PassingMessage)).all() == []
