"""An entry that is not out yet moves to another day, with all that hangs on its time."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import QueueEntry
from sharebot.rules.timing import Timing
from sharebot.store import queue
from sharebot.store.calendar import list_month
from sharebot.store.database import Database
from sharebot.store.rescheduling import move
from sharebot.values.status import EntryStatus
from tests.cast import NOW, add_cast
from tests.store.props import ITEM, approval_of, take_in

FRIDAY, NEXT_WEEK = date(2026, 11, 27), date(2026, 12, 4)
TWO_EYES = Settings.model_validate({"approval": {"eyes": 2}})


def planned(database: Database, timing: Timing) -> int:
    add_cast(database)
    take_in(database, ITEM)
    return approved(database, timing)


def approved(database: Database, timing: Timing) -> int:
    with database.write() as session:
        approval = approval_of(session, timing=timing)
        approval = replace(approval, expires_at=NOW + timedelta(days=8), share_from=NOW + timedelta(days=5))
        return queue.approve(session, approval, now=NOW).id or 0


def moved(database: Database, number: int, day: date, settings: Settings | None = None) -> QueueEntry:
    with database.write() as session:
        move(session, number, day, by="bo@alliance.example", settings=settings or Settings(), now=NOW)
    with database.read() as session:
        return queue.get_entry(session, number)


@pytest.mark.parametrize(
    ("timing", "after"),
    [
        (Timing(send_on=FRIDAY, send_local=time(9)), Timing(send_on=NEXT_WEEK, send_local=time(9))),
        (
            Timing(send_at=datetime.fromisoformat("2026-11-27T14:30+00:00")),
            Timing(send_at=datetime.fromisoformat("2026-12-04T14:30+00:00")),
        ),
        (Timing(urgent=True), Timing(send_on=NEXT_WEEK, send_local=time(9), urgent=True)),
    ],
)
def test_the_time_of_day_stays_and_all_else_moves_along(either, timing: Timing, after: Timing):
    number = planned(either, timing)
    with either.read() as session:
        before = queue.get_entry(session, number)
    entry = moved(either, number, NEXT_WEEK)
    assert queue.timing_of(entry) == after
    assert entry.share_from is not None and before.share_from is not None
    assert entry.expires_at - before.expires_at == entry.share_from - before.share_from > timedelta(days=6)
    assert entry.status is EntryStatus.APPROVED
    assert entry.approved_by == "bo@alliance.example"


def test_with_two_pairs_of_eyes_a_new_day_needs_the_other_pair(either):
    number = planned(either, Timing(send_on=FRIDAY, send_local=time(9)))
    entry = moved(either, number, NEXT_WEEK, TWO_EYES)
    assert (entry.status, entry.proposed_by, entry.approved_by) == (EntryStatus.PROPOSED, "bo@alliance.example", None)


def test_neither_the_past_nor_what_is_over_can_be_chosen(either):
    number = planned(either, Timing(send_on=FRIDAY, send_local=time(9)))
    with pytest.raises(Refused):
        moved(either, number, NOW.date() - timedelta(days=3))
    with either.write() as session:
        queue.withdraw(session, number, by="x", now=NOW)
    with pytest.raises(Refused):
        moved(either, number, NEXT_WEEK)


def test_a_calendar_shows_each_entry_on_its_day_by_our_clock(either):
    planned(either, Timing(send_at=datetime.fromisoformat("2026-11-26T23:30+00:00")))
    approved(either, Timing(send_on=FRIDAY, send_local=time(9)))
    gone = approved(either, Timing(send_on=FRIDAY, send_local=time(8)))
    with either.write() as session:
        queue.withdraw(session, gone, by="x", now=NOW)
        month = list_month(session, date(2026, 11, 1), 30, zone="Europe/Brussels", language="fr")
    (only,) = month.entries
    assert only == FRIDAY
    assert [(one.at, one.is_local, one.can_move) for one in month.entries[FRIDAY]] == [
        (time(0, 30), False, True),
        (time(9), True, True),
    ]
