"""Alerts on both databases: gathered from the rows, opened and resolved once, told once each way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from sharebot.models import (
    Alert,
    Content,
    Delivery,
    InboxUpdate,
    Marker,
    Officer,
    QueueEntry,
    Report,
    SocialAccount,
    Source,
    TrackerState,
    Worker,
)
from sharebot.rules.alerts import BotState, State, WorkerState
from sharebot.store.alerts import (
    get_state,
    is_put_off,
    list_untold,
    mark_told,
    put_off,
    record_open,
    take_staff_chat,
)
from sharebot.store.bots import get_bot
from sharebot.store.database import Database
from sharebot.values.alerts import AlertCode, Condition, TellBy
from sharebot.values.status import (
    AccountStatus,
    BotStatus,
    ContentKind,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    MemberStatus,
    Network,
    OfficerStatus,
    PauseKind,
    ReportKind,
    ReportStatus,
    SourceKind,
    SourceStatus,
)
from sharebot.values.tracking import TrackerStatus, Unobservable
from tests.cast import NOW, add_member

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATE = Condition(AlertCode.DELIVERIES_LATE, "main", "12")
PAUSED = Condition(AlertCode.BOT_PAUSED, "asia", "token")


def state_of(database: Database, *, disk_free: int | None = None) -> State:
    with database.read() as session:
        return get_state(session, now=NOW, poll_every=15 * MINUTE, disk_free=disk_free)


def add(database: Database, *rows: object) -> None:
    with database.write() as session:
        for row in rows:
            session.add(row)
            session.flush()


def add_bots(database: Database, bots: dict[str, dict[str, object]]) -> list[int]:
    """Make bots; a migrated database has the main one already."""
    with database.write() as session:
        for code, values in bots.items():
            bot = get_bot(session, code)
            for name, value in values.items():
                setattr(bot, name, value)
            session.add(bot)
        return [get_bot(session, code).id or 0 for code in bots]


def record(database: Database, *conditions: Condition, now: datetime = NOW) -> tuple[list[Condition], list[Condition]]:
    with database.write() as session:
        return record_open(session, conditions, now=now)


def alerts(database: Database) -> list[Alert]:
    with database.read() as session:
        return list(session.exec(select(Alert).order_by(Alert.id)))  # type: ignore[arg-type]


def untold(database: Database, way: TellBy) -> list[tuple[str, bool]]:
    with database.read() as session:
        return [(one.code.value, one.resolved_at is not None) for one in list_untold(session, way)]


def tell(database: Database, way: TellBy, *, now: datetime = NOW) -> None:
    with database.write() as session:
        mark_told(session, way, list_untold(session, way), now=now)


def test_an_empty_database_has_nothing_to_tell(either: Database) -> None:
    add_bots(either, {"main": {}})
    plain = [BotState("main")]
    kinds = ("workers", "sources", "paused_entries", "reviews", "reports", "webhooks", "networks", "taken_over")
    nothing: dict[str, Any] = {kind: [] for kind in kinds}
    none = State(NOW, plain, **nothing, own_lost=[])
    assert state_of(either) == none


def test_networks_and_lost_accounts_are_gathered(either: Database) -> None:
    spent = Condition(AlertCode.BUDGET_SPENT, "x")
    states = {"x": TrackerStatus.SPENT, "mastodon": TrackerStatus.OFF, "bluesky": TrackerStatus.FAILING}
    with either.write() as session:
        for name, status in states.items():
            session.add(TrackerState(network=Network(name), status=status, failures=4, ok_at=NOW))
        north, left = add_member(session, "north").id, add_member(session, "left")
        left.status = MemberStatus.LEFT
        session.add(left)
        accounts = [
            (north, "bluesky", Unobservable.TAKEN_OVER),
            (north, "x", Unobservable.GONE),
            (left.id, "bluesky", Unobservable.TAKEN_OVER),
            (None, "bluesky", Unobservable.GONE),
            (None, "mastodon", Unobservable.GONE),  # nobody looks there any more
        ]
        for number, (member_id, name, reason) in enumerate(accounts):
            session.add(
                SocialAccount(
                    id=number + 1,
                    member_id=member_id,
                    network=Network(name),
                    handle=f"h{number}",
                    status=AccountStatus.BROKEN,
                    reason=reason,
                )
            )
        record_open(session, [spent], now=NOW)
    found = state_of(either)
    assert (found.taken_over, found.own_lost) == ([1], [4])
    assert [(one.network, one.status, one.failures, one.is_told) for one in found.networks] == [
        ("bluesky", TrackerStatus.FAILING, 4, False),
        ("mastodon", TrackerStatus.OFF, 4, False),
        ("x", TrackerStatus.SPENT, 4, True),
    ]


def test_the_bots_are_gathered_with_what_halts_them(either: Database) -> None:
    add_bots(
        either,
        {
            "main": {"blocked_until": NOW + MINUTE, "slowed_at": NOW, "failures_in_row": 6},
            "asia": {"status": BotStatus.PAUSED, "pause_kind": PauseKind.CONFLICT, "pause_reason": "why"},
            "africa": {"status": BotStatus.PAUSED},
            "europe": {"pause_kind": PauseKind.TOKEN},
        },
    )
    assert state_of(either).bots == [
        BotState("main", None, NOW + MINUTE, NOW, 6),
        BotState("asia", PauseKind.CONFLICT),
        BotState("africa", PauseKind.STAFF),
        BotState("europe"),
    ]


class Queue:
    """One bot, one officer and one entry that can be put in any state."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.number = 0
        member = add_member(session, "north")
        self.officer = Officer(
            member_id=member.id or 0,
            label_sealed="x",
            label_index="x",
            language="en",
            status=OfficerStatus.ACTIVE,
            created_at=NOW,
        )
        self.bot_id = get_bot(session).id
        session.add_all([Content(kind=ContentKind.POST, created_at=NOW), self.officer])
        session.flush()
        self.entry = self.add_entry(EntryStatus.RELEASED)

    def add_entry(self, status: EntryStatus) -> QueueEntry:
        self.number += 1
        entry = QueueEntry(
            content_id=1, wave=self.number, status=status, release_at=NOW, expires_at=NOW + DAY, created_at=NOW
        )
        self.session.add(entry)
        self.session.flush()
        return entry

    def add(self, *, kind: DeliveryKind = DeliveryKind.ITEM, late: timedelta = 15 * MINUTE, **values: Any) -> None:
        self.number += 1
        plain: dict[str, Any] = {
            "key": str(self.number),
            "kind": kind,
            "entry_id": None if kind is DeliveryKind.WELCOME else self.entry.id,
            "officer_id": None if kind is DeliveryKind.PREVIEW else self.officer.id,
            "bot_id": self.bot_id,
            "due_at": NOW - late,
            "expires_at": NOW + DAY,
            "created_at": NOW,
        }
        self.session.add(Delivery(**(plain | values)))
        self.session.flush()


@pytest.fixture
def queue(either: Database) -> Iterator[Queue]:
    with either.session(writing=True) as session:
        yield Queue(session)


def late(queue: Queue) -> int:
    queue.session.commit()
    return get_state(queue.session, now=NOW, poll_every=MINUTE).bots[0].late


def test_only_what_could_go_out_is_late(queue: Queue) -> None:
    queue.add()
    queue.add(kind=DeliveryKind.WELCOME)
    queue.add(kind=DeliveryKind.CORRECTED)
    assert late(queue) == 3
    queue.add(late=14 * MINUTE)
    queue.add(expires_at=NOW)
    for status in DeliveryStatus:
        if status is not DeliveryStatus.QUEUED:
            queue.add(status=status)
    assert late(queue) == 3


@pytest.mark.parametrize("status", OfficerStatus)
def test_what_waits_for_its_officer_is_not_late(queue: Queue, status: OfficerStatus) -> None:
    queue.add()
    queue.officer.status = status
    assert late(queue) == (1 if status is OfficerStatus.ACTIVE else 0)


@pytest.mark.parametrize("status", EntryStatus)
def test_what_waits_for_its_entry_is_not_late(queue: Queue, status: EntryStatus) -> None:
    queue.add()
    queue.add(kind=DeliveryKind.PREVIEW)
    queue.entry.status = status
    assert late(queue) == (1 if status in {EntryStatus.RELEASED, EntryStatus.PREVIEWING} else 0)


def test_what_a_person_must_decide_is_counted_by_entry(queue: Queue, either: Database) -> None:
    for _ in range(2):
        queue.add(status=DeliveryStatus.NEEDS_REVIEW)
    queue.add(kind=DeliveryKind.WELCOME, status=DeliveryStatus.NEEDS_REVIEW)
    queue.add_entry(EntryStatus.PAUSED)
    halted = queue.add_entry(EntryStatus.PAUSED).id
    queue.session.commit()
    state = state_of(either)
    assert sorted(state.reviews, key=str) == [(1, 2), (None, 1)]
    assert state.paused_entries[1] == halted and len(state.paused_entries) == 2


def test_failed_updates_are_those_of_the_last_day_and_their_bot(either: Database) -> None:
    _, asia = add_bots(either, {"main": {}, "asia": {}})
    ends = {1: NOW, 2: NOW - DAY, 3: NOW - DAY - MINUTE, 4: None}
    for number, done_at in ends.items():
        row: dict[str, Any] = {"bot_id": asia, "body": "{}", "received_at": NOW, "done_at": done_at}
        add(either, InboxUpdate(update_id=number, error="ValueError", **row))
        add(either, InboxUpdate(update_id=number + 10, **row))
    assert [bot.failed_updates for bot in state_of(either).bots] == [0, 2]


def test_workers_sources_reports_and_the_marker_are_gathered(either: Database) -> None:
    source: dict[str, Any] = {"kind": SourceKind.FEED, "next_poll_at": NOW, "created_at": NOW}
    report: dict[str, Any] = {"kind": ReportKind.WEEKLY, "language": "en", "message_id": "x"}
    add(
        either,
        Worker(name="a", started_at=NOW, seen_at=NOW, leads=True),
        Worker(name="b", started_at=NOW, seen_at=NOW - DAY, held="the clock leapt"),
        Source(url="https://a.example", failures=3, polled_at=NOW - MINUTE, status=SourceStatus.FAILING, **source),
        Source(url="https://b.example", polled_at=NOW, **source),
        Source(url="https://c.example", **source),
        *(
            Report(recipient=f"{number}@x.example", period=period, status=status, due_at=due_at, **report)
            for number, (period, status, due_at) in enumerate(
                [
                    ("2026-W47", ReportStatus.FAILED, NOW - DAY),
                    ("2026-W47", ReportStatus.FAILED, NOW - DAY),
                    ("2026-W47", ReportStatus.SENT, NOW - DAY),
                    ("2026-W46", ReportStatus.FAILED, NOW - 8 * DAY),
                ]
            )
        ),
    )
    state = state_of(either)
    assert state.workers == [WorkerState("a", NOW), WorkerState("b", NOW - DAY, is_held=True)]
    assert [(one.source_id, one.failures, one.polled_at) for one in state.sources] == [(1, 3, NOW - MINUTE)]
    assert state.reports == [("2026-W47", 2)]
    assert not state.is_restored
    add(either, Marker(name="restored", at=NOW))
    assert state_of(either).is_restored


def test_a_worker_that_asks_lives_whatever_its_row_says(either: Database) -> None:
    add(either, *(Worker(name=name, started_at=NOW, seen_at=NOW - DAY) for name in ("a", "b")))
    with either.read() as session:
        state = get_state(session, now=NOW, poll_every=MINUTE, caller="b")
    assert [one.name for one in state.living] == ["b"]


def test_the_disk_is_known_to_be_low_while_its_alert_is_open(either: Database) -> None:
    assert not state_of(either, disk_free=7).disk_was_low
    record(either, Condition(AlertCode.DISK_LOW, detail="150"))
    assert state_of(either, disk_free=7).disk_was_low
    record(either)
    assert not state_of(either, disk_free=7).disk_was_low


def test_an_alert_opens_once_keeps_its_figures_current_and_resolves_once(either: Database) -> None:
    assert record(either, LATE, PAUSED) == ([LATE, PAUSED], [])
    assert record(either, Condition(LATE.code, LATE.subject, "13"), PAUSED, now=NOW + MINUTE) == ([], [])
    assert [(row.code, row.detail, row.opened_at) for row in alerts(either)] == [
        ("deliveries_late", "13", NOW),
        ("bot_paused", "token", NOW),
    ]
    assert record(either, PAUSED, now=NOW + 2 * MINUTE) == ([], [Condition(LATE.code, LATE.subject, "13")])
    assert record(either, PAUSED, now=NOW + 3 * MINUTE) == ([], [])
    assert [row.resolved_at for row in alerts(either)] == [NOW + 2 * MINUTE, None]


def test_what_comes_again_is_a_new_alert(either: Database) -> None:
    record(either, LATE)
    record(either)
    assert record(either, LATE, now=NOW + DAY) == ([LATE], [])
    assert [(row.opened_at, row.resolved_at) for row in alerts(either)] == [(NOW, NOW), (NOW + DAY, None)]


def test_of_many_callers_one_is_told_of_each_beginning_and_end(either: Database) -> None:
    conditions = [Condition(AlertCode.ENTRY_PAUSED, str(number)) for number in range(5)]

    def begin(_: int) -> list[Condition]:
        return record(either, *conditions)[0]

    def end(_: int) -> list[Condition]:
        return record(either)[1]

    with ThreadPoolExecutor(4) as pool:
        began = [one for found in pool.map(begin, range(8)) for one in found]
        ended = [one for found in pool.map(end, range(8)) for one in found]
    assert sorted(began, key=lambda one: one.subject) == conditions
    assert sorted(ended, key=lambda one: one.subject) == conditions
    assert len(alerts(either)) == 5


def test_a_long_subject_is_one_and_the_same_alert(either: Database) -> None:
    name = Condition(AlertCode.CLOCK_WRONG, "w" * 200)
    assert record(either, name)[0] == [name]
    assert record(either, name) == ([], [])


def test_each_way_is_told_of_a_beginning_and_an_end_once(either: Database) -> None:
    record(either, LATE)
    for way in TellBy:
        assert untold(either, way) == [("deliveries_late", False)]
        tell(either, way)
        assert untold(either, way) == []
    record(either)
    for way in TellBy:
        assert untold(either, way) == [("deliveries_late", True)]
        tell(either, way, now=NOW + MINUTE)
        assert untold(either, way) == []
    [row] = alerts(either)
    assert (row.mailed_at, row.chatted_at) == (NOW, NOW)
    assert (row.end_mailed_at, row.end_chatted_at) == (NOW + MINUTE, NOW + MINUTE)


def test_one_way_that_is_broken_does_not_touch_the_other(either: Database) -> None:
    record(either, LATE)
    tell(either, TellBy.CHAT)
    assert untold(either, TellBy.MAIL) == [("deliveries_late", False)]
    record(either)
    assert untold(either, TellBy.CHAT) == [("deliveries_late", True)]
    assert untold(either, TellBy.MAIL) == []  # it ended before anybody got a mail of it


def test_what_ends_before_it_was_told_is_never_told(either: Database) -> None:
    record(either, LATE)
    record(either)
    assert [untold(either, way) for way in TellBy] == [[], []]


def test_what_ends_while_it_is_being_told_is_told_to_have_ended(either: Database) -> None:
    record(either, LATE)
    with either.read() as session:
        told = list_untold(session, TellBy.MAIL)
    record(either)
    with either.write() as session:
        mark_told(session, TellBy.MAIL, told, now=NOW)
    assert untold(either, TellBy.MAIL) == [("deliveries_late", True)]


def test_codes_of_another_build_are_left_alone(either: Database) -> None:
    add(either, Alert(code="from_the_future", opened_at=NOW))
    assert record(either, LATE) == ([LATE], [])
    assert untold(either, TellBy.MAIL) == [("deliveries_late", False)]
    assert [row.resolved_at for row in alerts(either)] == [None, None]


def test_a_way_that_failed_is_put_off_alone(either: Database) -> None:
    for until in (NOW + MINUTE, NOW + 2 * MINUTE):
        with either.write() as session:
            put_off(session, TellBy.MAIL, until=until)
    with either.read() as session:
        assert is_put_off(session, TellBy.MAIL, now=NOW + MINUTE)
        assert not is_put_off(session, TellBy.MAIL, now=NOW + 2 * MINUTE)
        assert not is_put_off(session, TellBy.CHAT, now=NOW)


def test_the_staff_chat_keeps_its_pace(either: Database) -> None:
    [main] = add_bots(either, {"main": {}})

    def take(now: datetime) -> bool:
        with either.write() as session:
            return take_staff_chat(session, main, -1001, now=now, rest=4 * timedelta(seconds=1))

    seconds = (0, 1, 3, 4, 5, 8)
    assert [take(NOW + timedelta(seconds=one)) for one in seconds] == [True, False, False, True, False, True]
