"""What needs a person and what does not, at the edges; and what goes together into one message."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sharebot.rules.alerts import (
    BotState,
    NetworkState,
    SourceState,
    State,
    WorkerState,
    decide_open,
    failing_since,
    group,
)
from sharebot.rules.sending import breaker_pause
from sharebot.values.alerts import AlertCode, Condition, Notice
from sharebot.values.status import PauseKind
from sharebot.values.tracking import TrackerStatus
from tests.cast import NOW

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
AWAKE = WorkerState("w", NOW - SECOND)


def opened(*bots: BotState, workers: tuple[WorkerState, ...] = (AWAKE,), **values: object) -> list[Condition]:
    return decide_open(State(NOW, bots=bots, workers=workers, **values))  # type: ignore[arg-type]


def codes(conditions: list[Condition]) -> list[str]:
    return [one.code.value for one in conditions]


def test_nothing_is_open_when_all_is_well() -> None:
    assert opened(BotState("main"), BotState("asia"), disk_free=10**12) == []


@pytest.mark.parametrize("kind", PauseKind)
def test_a_pause_is_told_with_its_kind(kind: PauseKind) -> None:
    assert opened(BotState("asia", kind)) == [Condition(AlertCode.BOT_PAUSED, "asia", kind.value)]


def test_a_restore_tells_of_itself_once_and_of_other_pauses_too() -> None:
    restored = BotState("main", PauseKind.RESTORED)
    refused = BotState("asia", PauseKind.TOKEN)
    found = opened(restored, refused, is_restored=True)
    assert [(one.code.value, one.subject) for one in found] == [("restored", ""), ("bot_paused", "asia")]
    assert codes(opened(restored)) == ["bot_paused"]


@pytest.mark.parametrize(
    ("halt", "passed", "is_open"),
    [
        (timedelta(seconds=300), SECOND, False),
        (timedelta(seconds=301), SECOND, True),
        (timedelta(seconds=301), timedelta(seconds=300), True),  # until it is over, however little is left
        (timedelta(seconds=301), timedelta(seconds=301), False),
        (timedelta(days=1), timedelta(hours=23), True),
    ],
)
def test_a_halt_of_more_than_five_minutes_is_told_until_its_end(
    halt: timedelta, passed: timedelta, is_open: bool
) -> None:
    came = NOW - passed
    bot = BotState("main", slowed_at=came, blocked_until=came + halt)
    assert codes(opened(bot)) == (["bot_halted"] if is_open else [])


def test_a_short_halt_long_after_another_429_is_not_told() -> None:
    assert opened(BotState("main", slowed_at=NOW, blocked_until=NOW + MINUTE)) == []
    assert codes(opened(BotState("main", blocked_until=NOW + 6 * MINUTE))) == ["bot_halted"]


def breaking(failures: int, *, since: datetime) -> BotState:
    """Return a bot whose breaker opened at `since` and whose probes failed as soon as they were allowed."""
    pauses = [breaker_pause(number) or timedelta(0) for number in range(5, failures + 1)]
    return BotState("main", failures_in_row=failures, blocked_until=since + sum(pauses, timedelta(0)))


@pytest.mark.parametrize(
    ("failures", "minutes", "is_open"), [(4, 11, False), (5, 0, False), (9, 9, False), (9, 10, True), (60, 600, True)]
)
def test_a_breaker_is_told_after_ten_minutes(failures: int, minutes: int, is_open: bool) -> None:
    bot = breaking(failures, since=NOW - minutes * MINUTE)
    assert codes(opened(bot)) == (["breaker_open"] if is_open else [])


def test_late_messages_are_told_only_while_the_bot_may_send() -> None:
    late = BotState("main", late=12)
    assert opened(late) == [Condition(AlertCode.DELIVERIES_LATE, "main", "12")]
    halted = BotState("main", late=12, slowed_at=NOW, blocked_until=NOW + MINUTE)
    just_freed = BotState("main", late=12, slowed_at=NOW - 9 * MINUTE, blocked_until=NOW - 5 * MINUTE)
    paused = BotState("main", late=12, pause=PauseKind.STAFF)
    assert opened(halted) == []
    assert opened(just_freed) == []  # it has had no time to catch up
    assert codes(opened(paused)) == ["bot_paused"]
    assert codes(opened(late, is_restored=True)) == ["restored"]
    assert codes(opened(late, workers=())) == ["no_worker"]
    assert codes(opened(late, workers=(WorkerState("w", NOW, is_held=True),))) == ["clock_wrong"]


@pytest.mark.parametrize(("seconds", "is_open"), [(0, False), (120, False), (121, True), (86_400, True)])
def test_no_worker_is_told_after_two_minutes(seconds: int, is_open: bool) -> None:
    workers = (WorkerState("w", NOW - seconds * SECOND), WorkerState("old", NOW - DAY))
    assert codes(opened(workers=workers)) == (["no_worker"] if is_open else [])


def test_a_wrong_clock_is_told_once_of_each_machine_with_a_living_worker() -> None:
    workers = (
        WorkerState("c:17:f00", NOW, is_held=True),
        WorkerState("a:11:abc", NOW, is_held=True),
        WorkerState("a:12:def", NOW, is_held=True),
        WorkerState("b:11:abc", NOW),
        WorkerState("dead:1:a", NOW - DAY, is_held=True),
    )
    assert [(one.code.value, one.subject) for one in opened(workers=workers)] == [
        ("clock_wrong", "a"),
        ("clock_wrong", "c"),
    ]


@pytest.mark.parametrize(
    ("free", "was_low", "is_open"),
    [
        (None, True, False),
        (200_000_000, False, False),
        (199_999_999, False, True),
        (200_000_000, True, True),  # a disk at the edge does not open and close the alert all day
        (250_000_000, True, False),
        (0, False, True),
    ],
)
def test_a_nearly_full_disk_is_told(free: int | None, was_low: bool, is_open: bool) -> None:
    found = opened(disk_free=free, disk_was_low=was_low)
    assert codes(found) == (["disk_low"] if is_open else [])
    assert [one.detail for one in found] == ([str((free or 0) // 1_000_000)] if is_open else [])


def test_what_staff_must_decide_is_told_by_entry_and_period() -> None:
    found = opened(
        BotState("main", failed_updates=3),
        paused_entries=(4, 9),
        reviews=((None, 1), (4, 2)),
        reports=(("2026-W47", 2),),
    )
    assert [(one.code.value, one.subject, one.detail) for one in found] == [
        ("update_failed", "main", "3"),
        ("entry_paused", "4", ""),
        ("entry_paused", "9", ""),
        ("needs_review", "", "1"),
        ("needs_review", "4", "2"),
        ("report_failed", "2026-W47", "2"),
    ]


def test_a_source_is_told_after_a_day_of_failures() -> None:
    def is_told(failures: int, ago: timedelta) -> bool:
        return bool(opened(sources=(SourceState(7, failures, NOW - ago),), poll_every=15 * MINUTE))

    assert not is_told(1, DAY - MINUTE)
    assert is_told(1, DAY)  # such as one that was switched off for good and is asked no more
    assert not is_told(7, 8 * timedelta(hours=1))  # 15 min + 30 + ... + 8 h is 15 h 45
    assert is_told(7, 9 * timedelta(hours=1))


def test_the_pauses_of_a_source_are_never_longer_than_a_day() -> None:
    source = SourceState(1, 12, NOW)
    pauses = [min(timedelta(minutes=60) * 2**number, DAY) for number in range(11)]
    assert failing_since(source, poll_every=timedelta(minutes=60)) == NOW - sum(pauses, timedelta(0))
    assert failing_since(SourceState(1, 10**9, NOW), poll_every=MINUTE) < NOW - DAY


def test_each_condition_is_there_once() -> None:
    everything = opened(
        BotState("main", PauseKind.TOKEN, late=1, failed_updates=1),
        breaking(30, since=NOW - DAY),
        workers=(),
        sources=(SourceState(1, 99, NOW),),
        paused_entries=(1,),
        reviews=((1, 1),),
        reports=(("2026-W47", 1),),
        is_restored=True,
        disk_free=0,
    )
    keys = [(one.code, one.subject) for one in everything]
    assert len(keys) == len(set(keys)) == 10


def test_new_and_over_are_grouped_by_code_the_gravest_first() -> None:
    def notice(number: int, code: AlertCode, subject: str, detail: str = "", *, over: bool = False) -> Notice:
        return Notice(number, code, subject, detail, NOW - number * MINUTE, NOW if over else None)

    groups = group(
        [
            notice(1, AlertCode.NEEDS_REVIEW, "4", "2"),
            notice(2, AlertCode.NEEDS_REVIEW, "5", "1"),
            notice(3, AlertCode.BOT_PAUSED, "main", "token", over=True),
            notice(4, AlertCode.NEEDS_REVIEW, "3", "7", over=True),
            notice(5, AlertCode.BOT_PAUSED, "asia", "conflict"),
        ]
    )
    assert [(one.code.value, one.is_over, one.subjects, one.count) for one in groups] == [
        ("bot_paused", False, ("asia",), 0),
        ("needs_review", False, ("4", "5"), 3),
        ("bot_paused", True, ("main",), 0),
        ("needs_review", True, ("3",), 7),
    ]
    assert groups[1].since == NOW - 2 * MINUTE
    assert group([]) == []


def test_a_webhook_needs_a_person_when_it_has_taken_no_call_for_a_day() -> None:
    for hours, expected in ((23, []), (24, [Condition(AlertCode.WEBHOOK_FAILING, "3")])):
        state = State(NOW, workers=[WorkerState("w", NOW)], webhooks=[(3, NOW - timedelta(hours=hours))])
        assert decide_open(state) == expected


def tracking(**values: Any) -> list[tuple[str, str]]:
    return [(one.code.value, one.subject) for one in opened(**values)]


@pytest.mark.parametrize(
    ("network", "is_open"),
    [
        (NetworkState("x", TrackerStatus.FAILING, 3, NOW - DAY + SECOND), False),
        (NetworkState("x", TrackerStatus.FAILING, 3, NOW - DAY), True),
        (NetworkState("x", TrackerStatus.RUNNING, 2, NOW - 9 * DAY), False),
        (NetworkState("x", TrackerStatus.OFF, 40, NOW - 9 * DAY), False),
        (NetworkState("x", TrackerStatus.FAILING, 7), False),  # never a good look
        (NetworkState("x", TrackerStatus.FAILING, 8), True),
    ],
)
def test_a_network_that_fails_is_told_after_a_day(network: NetworkState, is_open: bool) -> None:
    assert tracking(networks=[network]) == ([("tracker_failing", "x")] if is_open else [])


@pytest.mark.parametrize(
    ("day", "is_told", "is_open"),
    [(24, False, True), (25, False, False), (25, True, True), (1, False, True)],
)
def test_money_spent_before_the_25th_is_told_and_stays_told(day: int, is_told: bool, is_open: bool) -> None:
    spent = NetworkState("x", TrackerStatus.SPENT, ok_at=NOW, is_told=is_told)
    state = State(NOW.replace(day=day), workers=[WorkerState("w", NOW.replace(day=day))], networks=[spent])
    assert codes(decide_open(state)) == (["budget_spent"] if is_open else [])


def test_accounts_that_are_lost_or_taken_over_are_told_each_once() -> None:
    assert tracking(own_lost=[9], taken_over=[7, 3]) == [
        ("own_account_lost", "9"),
        ("account_taken_over", "3"),
        ("account_taken_over", "7"),
    ]


def test_a_quota_that_begins_anew_every_day_is_no_matter_for_a_person() -> None:
    assert tracking(networks=[NetworkState("youtube", TrackerStatus.SPENT, ok_at=NOW)]) == []
