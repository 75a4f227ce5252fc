"""An erasure while others are at work on PostgreSQL: it waits for nobody who waits for it, and it is done."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from sharebot.errors import RecipientGone
from sharebot.jobs.refusals import record_refusal
from sharebot.models import Attempt, Chat, Delivery, Invitation, Member, Officer, PassingMessage
from sharebot.store import bots, erasure, passing
from sharebot.store.answers import Said
from sharebot.store.claims import Claim, claim_due
from sharebot.store.database import Database
from sharebot.store.deliveries import new_delivery
from sharebot.store.edits import ask_for_edits
from sharebot.store.recovery import prove_arrival
from sharebot.store.taking import Holder, take
from sharebot.values.status import DeliveryKind, DeliveryStatus, OfficerStatus
from tests.cast import CY, NOW, add_officer
from tests.store.props import FAST, claim, released

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@pytest.fixture
def busy(either: Database) -> Database:
    """Several writers at once, with an item on its way to both officers."""
    if either.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    released(either)
    return either


def erase(database: Database) -> object:
    with database.write() as session:
        return erasure.erase(session, 1, now=NOW)


def wait_until_it_waits(database: Database, other: Future[Any], *, number: int = 1) -> None:
    """Return when that many wait for a lock, or the other one has ended."""
    until = time.monotonic() + 10
    while not other.done() and time.monotonic() < until:
        with database.read() as session:
            if (session.connection().execute(_WAITING).scalar() or 0) >= number:
                return


def take_item(database: Database, number: int, *, through_index: bool = False) -> object:
    with database.write() as session:
        if through_index:  # as with more rows than a test has
            session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        item = session.get_one(Delivery, number)
        return take(session, item, officer_id=number, now=NOW, lasts=timedelta(hours=24))


def test_it_does_not_wait_for_who_claims_what_is_due(busy: Database):
    with ThreadPoolExecutor(1) as pool:
        with busy.write() as session:
            bots.lock_bot(session, 1)
            erasing = pool.submit(erase, busy)
            wait_until_it_waits(busy, erasing)
            claimed = claim_due(session, 1, now=NOW, limit=9, pace=FAST).claims
        erasing.result(10)
    assert [one.officer_id for one in claimed] == [2]
    with busy.read() as session:
        assert session.get_one(Officer, 1).chat_id is None


def test_a_message_that_is_noted_meanwhile_goes_too(busy: Database):
    with ThreadPoolExecutor(1) as pool:
        with busy.write() as session:
            passing.note_message(session, 1, 7, delete_at=NOW + timedelta(hours=24))
            erasing = pool.submit(erase, busy)
            wait_until_it_waits(busy, erasing)
        erasing.result(10)
    with busy.read() as session:
        assert session.exec(select(PassingMessage)).all() == []
        assert len(session.exec(select(Chat)).all()) == 1


def test_a_tap_of_who_is_erased_waits_for_the_end(busy: Database):
    with busy.write() as session:
        session.add(Invitation(officer_id=1, token_sha256="a", created_at=NOW, expires_at=NOW))
        session.connection().exec_driver_sql("UPDATE delivery SET message_id = id + 100, status = 'sent', copies = 1")
    with ThreadPoolExecutor(2) as pool:
        with busy.write() as session:
            session.exec(select(Invitation).with_for_update()).all()
            erasing = pool.submit(erase, busy)
            wait_until_it_waits(busy, erasing)
            tapping = pool.submit(take_item, busy, 1)
            wait_until_it_waits(busy, tapping, number=2)
        erasing.result(10)
        tapping.result(10)
    with busy.read() as session:
        assert session.get_one(Officer, 1).status is OfficerStatus.GONE


def test_a_refusal_by_who_is_erased_waits_for_the_end(busy: Database):
    mine = next(one for one in claim(busy, limit=2) if one.officer_id == 1)
    with ThreadPoolExecutor(2) as pool:
        with busy.write() as session:
            session.exec(select(Attempt).with_for_update()).all()
            refusing = pool.submit(refuse, busy, mine)
            wait_until_it_waits(busy, refusing)
            erasing = pool.submit(erase, busy)
            wait_until_it_waits(busy, erasing, number=2)
        refusing.result(10)
        erasing.result(10)
    with busy.read() as session:
        assert session.get_one(Officer, 1).status is OfficerStatus.GONE


def refuse(database: Database, mine: Claim) -> None:
    with database.write() as session:
        record_refusal(session, mine, RecipientGone("blocked"), now=NOW, rng=Random(1))  # noqa: S311


def test_two_of_a_party_at_once_wait_for_each_other_before_they_write(busy: Database):
    """A page believes that its mail arrived, then takes the item; a colleague takes it in between."""
    with busy.write() as session:
        sql = "UPDATE delivery SET message_id = id + 100, copies = 1, status = 'uncertain'"
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 2")
        session.connection().exec_driver_sql(sql)
    with ThreadPoolExecutor(1) as pool:
        with busy.write() as session:
            prove_arrival(session, 1, now=NOW)
            other = pool.submit(take_item, busy, 2)
            wait_until_it_waits(busy, other)
            mine = take(session, session.get_one(Delivery, 1), officer_id=1, now=NOW, lasts=timedelta(hours=24))
        assert isinstance(other.result(10), Holder)
    assert isinstance(mine, Said)
    with busy.read() as session:
        assert session.get_one(Delivery, 1).status is DeliveryStatus.SENT


def test_a_correction_waits_for_a_tap_in_the_same_order(busy: Database):
    """The rows lie in another order than their numbers; a third writer holds the one in the middle."""
    with busy.write() as session:
        connection = session.connection()
        connection.exec_driver_sql("UPDATE officer SET member_id = 2")
        third = add_officer(session, session.get_one(Member, 2), "Cy", chat_id=CY)
        new = new_delivery(
            "third", DeliveryKind.ITEM, chat=(third.chat_id or 0, 1), officer_id=third.id, entry_id=1, variant_id=1,
            due_at=NOW, expires_at=NOW + timedelta(days=3), now=NOW,
        )  # fmt: skip
        session.add(Delivery(**new))
        session.flush()
        for number in (3, 2, 1):
            sql = f"UPDATE delivery SET message_id = 100, status = 'sent', copies = 1 WHERE id = {number}"
            connection.exec_driver_sql(sql)
    with ThreadPoolExecutor(2) as pool:
        with busy.write() as session:
            session.exec(select(Delivery).where(Delivery.id == 2).with_for_update()).all()
            tapping = pool.submit(take_item, busy, 1, through_index=True)
            wait_until_it_waits(busy, tapping)
            correcting = pool.submit(correct, busy)
            wait_until_it_waits(busy, correcting, number=2)
        tapping.result(10)
        assert correcting.result(10) == 3


def correct(database: Database) -> int:
    with database.write() as session:
        return ask_for_edits(session, entry_id=1, now=NOW)
