"""Workers' rows: seen, left, forgotten; and what a dead one was sending is doubted at once."""

import time
from datetime import timedelta

import pytest
from sqlmodel import col, select

from sharebot.models import Worker
from sharebot.store import inbox, workers
from sharebot.store.bots import get_bot
from sharebot.store.database import Database
from sharebot.store.lock import Presence
from sharebot.values.status import AttemptOutcome, DeliveryStatus
from tests.cast import NOW
from tests.store.props import attempt_outcomes, claim, released, statuses

UNCERTAIN, SENDING = DeliveryStatus.UNCERTAIN, DeliveryStatus.SENDING
SECOND = timedelta(seconds=1)


def beat(database: Database, name: str, *, leads: bool = False, seconds: int = 0, held: str | None = None) -> None:
    with database.write() as session:
        off = timedelta(seconds=-2.5)
        workers.beat(session, name, now=NOW + seconds * SECOND, leads=leads, clock_off=off, held=held)


def listed(database: Database) -> list[Worker]:
    with database.read() as session:
        return list(session.exec(select(Worker).order_by(col(Worker.seen_at).desc())))


def recover(database: Database, own_name: str, *, seconds: int = 1) -> int:
    with database.write() as session:
        return workers.recover_dead(session, own_name, now=NOW + seconds * SECOND)


def test_a_worker_is_seen_anew_with_every_beat(either):
    beat(either, "one", held="the clock leapt " * 99)
    beat(either, "two", seconds=5)
    beat(either, "one", leads=True, seconds=10)
    one, two = listed(either)
    assert (one.name, one.started_at, one.seen_at, one.leads) == ("one", NOW, NOW + 10 * SECOND, True)
    assert (one.clock_off_s, one.held) == (-2.5, None)
    assert (two.name, two.leads) == ("two", False)
    beat(either, "two", seconds=20, held="the clock leapt " * 99)
    assert len(listed(either)[0].held or "") == 300
    with either.write() as session:
        workers.leave(session, "one")
        workers.leave(session, "one")
    assert [row.name for row in listed(either)] == ["two"]


def test_what_a_dead_worker_was_sending_is_doubted_within_a_moment(either):
    """However shortly ago it was seen: its lock is free."""
    released(either)
    beat(either, "dead", leads=True)
    beat(either, "own")
    claim(either, worker="dead")
    claim(either, worker="own")
    assert recover(either, "own") == 1
    assert statuses(either) == [UNCERTAIN, SENDING]
    assert attempt_outcomes(either) == [AttemptOutcome.UNKNOWN, AttemptOutcome.OPEN]
    assert [row.name for row in listed(either)] == ["own"]
    assert recover(either, "own") == 0


def test_a_dead_worker_is_found_by_its_attempts_when_it_died_before_its_first_beat(either):
    released(either)
    claim(either, worker="dead")
    assert recover(either, "own") == 1
    assert statuses(either)[0] is UNCERTAIN


def test_what_officers_said_to_a_dead_worker_is_free_for_the_next(either):
    with either.write() as session:
        bot_id = get_bot(session).id or 0
        inbox.store_updates(session, bot_id, [(5, "{}"), (6, "{}")], now=NOW)
        inbox.claim_pending(session, bot_id, worker="dead")
        inbox.mark_done(session, bot_id, 5, now=NOW)
        assert inbox.claim_pending(session, bot_id, worker="own") == []
    assert recover(either, "own") == 0
    with either.write() as session:
        assert [row.update_id for row in inbox.claim_pending(session, bot_id, worker="own")] == [6]


def test_a_row_nobody_renewed_for_a_day_is_deleted(either):
    beat(either, "own")
    assert recover(either, "own", seconds=86_400) == 0
    assert [row.name for row in listed(either)] == ["own"]
    assert recover(either, "own", seconds=86_401) == 0
    assert listed(either) == []


@pytest.mark.xdist_group("postgres-store")
@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_a_living_worker_is_left_alone_however_long_ago_it_was_seen(either):
    released(either)
    living = Presence(either, "living")
    living.enter()
    try:
        beat(either, "living")
        claim(either, worker="living")
        assert recover(either, "own", seconds=3600) == 0
        assert statuses(either)[0] is SENDING
        assert [row.name for row in listed(either)] == ["living"]
    finally:
        living.leave()
    deadline = time.monotonic() + 10
    while not recover(either, "own", seconds=3600):
        assert time.monotonic() < deadline, "the server keeps a lock whose connection has ended"
    assert statuses(either)[0] is UNCERTAIN
