"""A backup that was put back sends and mails nothing again; a damaged file is told from a whole one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlmodel import col, func, select, update

from sharebot.errors import ConfigError
from sharebot.jobs.send_reports import JOB
from sharebot.models import Attempt, Bot, Delivery, Marker, QueueEntry, Report
from sharebot.rules.periods import due_slots
from sharebot.store import queue, reports, slots
from sharebot.store.backup import BACKUP, back_up
from sharebot.store.bots import ensure_bots
from sharebot.store.database import Database
from sharebot.store.restore import DOUBT, RESTORED, accept, check_integrity, guard
from sharebot.store.schema import migrate
from sharebot.values.status import AttemptOutcome, BotStatus, DeliveryStatus, EntryStatus, ReportKind, ReportStatus
from tests.cast import NOW
from tests.store.fresh import KINDS, MakeDatabase, all_rows, database_maker, path_with_postgres_programs, put_back
from tests.store.installation import (
    OFFICERS,
    add_deliveries,
    add_entry,
    claim,
    count_claimable,
    seat_officers,
    send,
)

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture(params=KINDS)
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    with database_maker(request, request.param, folder=tmp_path) as make:
        yield make


@pytest.fixture
def live(make_database: MakeDatabase) -> Database:
    database = make_database()
    migrate(database)
    with database.write() as session:
        seat_officers(session)
    return database


def guarded(database: Database, *, now: datetime) -> bool:
    with database.write() as session:
        return guard(session, now=now)


def mark_as_backup(database: Database, *, at: datetime = NOW) -> None:
    with database.write() as session:
        session.merge(Marker(name=BACKUP, at=at))


def test_a_day_old_backup_sends_nothing_until_staff_say_so_and_then_nothing_twice(
    live: Database, make_database: MakeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if not live.is_sqlite:
        monkeypatch.setenv("PATH", path_with_postgres_programs())
    with live.write() as session:
        for _ in range(10):
            add_entry(session, due=OFFICERS)
        spread = add_entry(session, due=30)
        add_deliveries(session, spread, due_at=NOW + 2 * DAY, officers=range(31, OFFICERS + 1))
    known = send(live, 200, now=NOW)
    back_up(live, tmp_path / "copy", now=NOW + timedelta(hours=1))
    forgotten = send(live, 300, now=NOW + timedelta(hours=2))
    assert (len(known), len(forgotten)) == (200, 300)

    copy, now = make_database(), NOW + DAY
    said = put_back(tmp_path / "copy", copy)
    assert said is None or said.returncode == 0, said.stderr
    migrate(copy)
    assert count_claimable(copy, now=now) == 430, "without the guard all of it would go out"
    assert guarded(copy, now=now)
    for days in range(4):
        assert count_claimable(copy, now=now + days * DAY) == 0
        assert send(copy, 1000, now=now + days * DAY) == set()
    with copy.write() as session:
        accept(session, now=NOW)
    assert send(copy, 1000, now=now + 2 * DAY) == set(), "a paused entry waits for a decision of its own"
    with copy.write() as session:
        queue.resume(session, spread)
    later = send(copy, 1000, now=now + 2 * DAY)
    assert later == {f"item:{spread}:{number}" for number in range(31, OFFICERS + 1)}
    assert later & (known | forgotten) == set()
    with copy.read() as session:
        waiting = select(Delivery.key).where(Delivery.status == DeliveryStatus.NEEDS_REVIEW)
        assert forgotten <= set(session.exec(waiting))


def test_a_database_that_is_no_backup_is_left_alone(live: Database):
    with live.write() as session:
        add_entry(session, due=8)
    before = all_rows(live)
    assert not guarded(live, now=NOW + DAY)
    assert all_rows(live) == before


def test_only_what_was_due_and_not_over_goes_to_a_person(live: Database):
    now = NOW + DAY
    cases = list(product(DeliveryStatus, (NOW, now, now + SECOND)))
    with live.write() as session:
        add_entry(session, due=len(cases))
        for number, (status, due_at) in enumerate(cases, 1):
            values = {"status": status, "due_at": due_at, "copies": number % 3}
            session.execute(update(Delivery).where(col(Delivery.id) == number).values(**values))
    mark_as_backup(live)
    before = {row["id"]: row for row in all_rows(live)["delivery"]}
    assert guarded(live, now=now)
    not_over = {DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN}
    after = {row["id"]: row for row in all_rows(live)["delivery"]}
    for number, (status, due_at) in enumerate(cases, 1):
        expected = dict(before[number])
        if status in not_over and due_at <= now:
            copies = min(number % 3 + 1, 2)
            expected |= {"status": "needs_review", "error": DOUBT, "sending_since": None, "copies": copies}
        assert after[number] == expected, (status, due_at)


def test_a_send_that_was_under_way_is_an_attempt_of_unknown_outcome(live: Database):
    with live.write() as session:
        add_entry(session, due=8)
    claim(live, 3, now=NOW)
    mark_as_backup(live)
    assert guarded(live, now=NOW + DAY)
    with live.read() as session:
        ended = [(one.outcome, one.error, one.ended_at) for one in session.exec(select(Attempt))]
        assert ended == [(AttemptOutcome.UNKNOWN, DOUBT, NOW + DAY)] * 3
        assert session.exec(select(func.min(Delivery.copies))).one() == 1, "a later copy would not say what it is"


def test_entries_that_would_still_send_wait_for_a_decision(live: Database):
    now, cases = NOW + DAY, {}
    with live.write() as session:
        for case in product(EntryStatus, (NOW, now + SECOND), (True, False)):
            status, release_at, is_queued = case
            entry = add_entry(session, status, release_at=release_at, due=1)
            if is_queued:
                add_deliveries(session, entry, due_at=now + DAY, officers=range(2, 3))
            cases[entry] = case
    mark_as_backup(live)
    assert guarded(live, now=now)
    with live.read() as session:
        found = {entry.id: entry for entry in session.exec(select(QueueEntry))}
    unreleased = {EntryStatus.APPROVED, EntryStatus.PREVIEWING, EntryStatus.RELEASING}
    for number, (status, release_at, is_queued) in cases.items():
        is_open = status in unreleased or (status is EntryStatus.RELEASED and is_queued)
        paused = is_open and release_at == NOW
        assert found[number].status is (EntryStatus.PAUSED if paused else status), cases[number]
        assert found[number].note == (f"{DOUBT}; resume or withdraw it" if paused else "")


def test_no_report_is_mailed_twice_and_the_next_one_comes(live: Database):
    now, schedule, zone = NOW + 8 * DAY, "0 7 * * MON", "Europe/Brussels"
    with live.write() as session:
        for status in ReportStatus:
            report = Report(
                recipient=f"{status.value}@b.example",
                kind=ReportKind.WEEKLY,
                period="2026-W47",
                language="en",
                status=status,
                due_at=NOW,
                message_id=status.value,
            )
            session.add(report)
        slots.take_slot(session, JOB, NOW - timedelta(hours=2), now=NOW)
    mark_as_backup(live)
    assert guarded(live, now=now)
    with live.write() as session:
        assert reports.claim_due(session, now=now + DAY) == []
        found = {one.message_id: (one.status.value, one.error) for one in session.exec(select(Report))}
        after = slots.last_slot(session, JOB)
    assert found == {
        "due": ("failed", DOUBT),
        "sending": ("failed", DOUBT),
        "sent": ("sent", None),
        "failed": ("failed", None),
    }
    assert after is not None
    assert list(due_slots(schedule, zone, after=after, now=now)) == []
    assert len(list(due_slots(schedule, zone, after=after, now=now + 7 * DAY))) == 1


def test_the_bots_pause_with_a_word_on_how_to_go_on_until_staff_accept(live: Database):
    mark_as_backup(live)
    assert guarded(live, now=NOW + DAY)
    with live.read() as session:
        bots, mark = session.exec(select(Bot)).all(), session.get(Marker, RESTORED)
    assert [bot.status for bot in bots] == [BotStatus.PAUSED] * 2
    for bot in bots:
        assert "a backup of 2026-11-23 08:00 UTC was restored" in (bot.pause_reason or "")
        assert "sharebot bot resume" in (bot.pause_reason or "")
    assert mark is not None
    assert (mark.at, mark.value) == (NOW + DAY, "2026-11-23T08:00:00+00:00")
    with live.write() as session:
        accept(session, now=NOW)
    with live.read() as session:
        assert {bot.status for bot in session.exec(select(Bot))} == {BotStatus.RUNNING}
        assert session.get(Marker, RESTORED) is None


def test_a_bot_without_a_row_does_not_begin_to_run(make_database: MakeDatabase):
    database = make_database()
    migrate(database)
    mark_as_backup(database)
    assert guarded(database, now=NOW)
    with database.write() as session:
        assert ensure_bots(session) == {"main": 1}
        assert session.exec(select(Bot.status)).all() == [BotStatus.PAUSED]


def test_the_guard_changes_nothing_when_it_comes_again(live: Database):
    with live.write() as session:
        add_entry(session, due=8)
    mark_as_backup(live)
    assert guarded(live, now=NOW + DAY)
    before = all_rows(live)
    assert not guarded(live, now=NOW + 2 * DAY)
    assert all_rows(live) == before


def test_of_several_workers_one_takes_the_mark(live: Database):
    mark_as_backup(live)
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: guarded(live, now=NOW), range(4))) == [False, False, False, True]


def test_a_clock_that_is_behind_lets_nothing_through(live: Database):
    with live.write() as session:
        add_entry(session, due=8)
    mark_as_backup(live, at=NOW + timedelta(hours=1))
    assert guarded(live, now=NOW - 365 * DAY)
    with live.write() as session:
        accept(session, now=NOW)
    assert count_claimable(live, now=NOW + DAY) == 0


def test_a_whole_database_is_found_whole(live: Database):
    check_integrity(live)


@pytest.mark.parametrize("at", ["head", "middle"])
def test_a_damaged_file_ends_the_start_with_what_to_do(database: Database, at: str):
    path = database.path
    assert path is not None
    with database.write() as session:
        session.add_all(Marker(name=f"row {number}", value="x" * 200, at=NOW) for number in range(2000))
    database.dispose()
    with path.open("r+b") as file:
        file.seek(0 if at == "head" else path.stat().st_size // 2)
        file.write(b"\xaa" * 9000)
    with pytest.raises(ConfigError, match=rf"{path} is damaged \(.+\): put a backup back as docs/backup\.md says"):
        check_integrity(database)
