"""An erasure while others are at work on PostgreSQL: it waits for nobody who waits for it, and it is done."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from sharebot.models import Chat, Officer, PassingMessage
from sharebot.store import bots, erasure, passing
from sharebot.store.claims import claim_due
from sharebot.store.database import Database
from tests.cast import NOW
from tests.store.props import FAST, released

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@pytest.fixture
def busy(either: Database) -> Database:
    """Several writers at once, with an item on its way to both officers."""
    if either.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    released(either)
    return either


def erase(database: Database) -> None:
    with database.write() as session:
        erasure.erase(session, 1, now=NOW)


def wait_until_it_waits(database: Database, erasing: Future[None]) -> None:
    """Return when the erasure waits for a lock, or has ended."""
    until = time.monotonic() + 10
    while not erasing.done() and time.monotonic() < until:
        with database.read() as session:
            if session.connection().execute(_WAITING).scalar():
                return


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
