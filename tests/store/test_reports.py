"""Reports due: planned once, claimed once, taken up again when a worker died, and never sent back from the dead."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.models import Report
from sharebot.store.database import Database
from sharebot.store.reports import (
    MAX_ATTEMPTS,
    STUCK_AFTER,
    claim_due,
    mark_failed,
    mark_retry,
    mark_sent,
    plan_reports,
)
from sharebot.values.status import ReportStatus
from tests.cast import NOW

READERS = [("lea@alliance.example", "fr"), ("tom@alliance.example", "en")]
MINUTE = timedelta(minutes=1)


def plan(database: Database, readers: list[tuple[str, str]] = READERS, *, period: str = "2026-W47") -> int:
    with database.write() as session:
        return plan_reports(session, period, readers, due_at=NOW, domain="alliance.example")


def claim(database: Database, *, after: timedelta = timedelta(0)) -> list[Report]:
    with database.write() as session:
        return claim_due(session, now=NOW + after)


def rows(database: Database) -> list[Report]:
    with database.read() as session:
        return list(session.exec(select(Report).order_by(Report.recipient, Report.period)))


def test_planning_twice_adds_nothing(database: Database) -> None:
    assert plan(database) == 2
    assert plan(database) == 0
    assert len(rows(database)) == 2


def test_a_reader_who_is_added_later_gets_only_their_own(database: Database) -> None:
    plan(database, READERS[:1])
    assert plan(database) == 1


def test_a_change_of_language_is_no_second_report(database: Database) -> None:
    plan(database, [("lea@alliance.example", "fr")])
    assert plan(database, [("lea@alliance.example", "es")]) == 0


def test_message_ids_are_stable_apart_and_name_nobody(database: Database) -> None:
    plan(database)
    plan(database, period="2026-W48")
    ids = [row.message_id for row in rows(database)]
    assert len(set(ids)) == 4
    assert all(text.startswith("<weekly.2026-W4") and text.endswith("@alliance.example>") for text in ids)
    assert not any("lea" in text or "tom" in text for text in ids)
    assert ids[0] == "<weekly.2026-W47.969bee25defb25db@alliance.example>"


def test_each_is_claimed_once(database: Database) -> None:
    plan(database)
    assert [row.recipient for row in claim(database)] == [email for email, _ in READERS]
    assert claim(database) == []


def test_nothing_is_claimed_before_it_is_due(database: Database) -> None:
    plan(database)
    assert claim(database, after=-MINUTE) == []


def test_what_a_dead_worker_held_is_taken_up_again(database: Database) -> None:
    plan(database, READERS[:1])
    (first,) = claim(database)
    assert claim(database, after=STUCK_AFTER - MINUTE) == []
    (second,) = claim(database, after=STUCK_AFTER)
    assert (first.message_id, first.attempts) == (second.message_id, 1)
    assert second.attempts == 2


def test_the_word_of_a_worker_that_was_given_up_no_longer_counts(database: Database) -> None:
    plan(database, READERS[:1])
    (slow,) = claim(database)
    (fresh,) = claim(database, after=STUCK_AFTER)
    with database.write() as session:
        mark_failed(session, slow, "too late")
    assert rows(database)[0].status is ReportStatus.SENDING
    with database.write() as session:
        mark_sent(session, fresh, now=NOW + STUCK_AFTER)
    assert rows(database)[0].status is ReportStatus.SENT


def test_a_sent_report_is_never_claimed_again(database: Database) -> None:
    plan(database, READERS[:1])
    (report,) = claim(database)
    with database.write() as session:
        mark_sent(session, report, now=NOW)
        mark_retry(session, report, "a late doubt", due_at=NOW)
    assert claim(database, after=timedelta(days=30)) == []
    assert rows(database)[0].sent_at == NOW


def test_a_failed_try_comes_again_and_the_last_one_waits_for_staff(database: Database) -> None:
    plan(database, READERS[:1])
    for number in range(1, MAX_ATTEMPTS + 1):
        (report,) = claim(database, after=number * MINUTE)
        assert report.attempts == number
        with database.write() as session:
            mark_retry(session, report, "450 busy " * 100, due_at=NOW)
    row = rows(database)[0]
    assert (row.status, len(row.error or "")) == (ReportStatus.FAILED, 300)
    assert claim(database, after=timedelta(days=1)) == []


@pytest.mark.parametrize("count", [0, 1, 45])
def test_many_readers_come_in_portions(database: Database, count: int) -> None:
    plan(database, [(f"reader{number:02}@alliance.example", "en") for number in range(count)])
    portions = [len(claim(database)) for _ in range(4)]
    assert portions == [min(20, count), min(20, max(0, count - 20)), max(0, count - 40), 0]
