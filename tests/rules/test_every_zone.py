"""Every zone of tzdata, each change of its clocks from 2024 to 2030, six local times: each day's time comes once.

With tzdata 2026 these are 599 names of 69 different rules, whose clocks change 2,821 times (439 by rule). The days
around each change and six times make 84,630 slots of the zones, of which 13,170 differ; zones without a change add
one day in each year. What is expected is reckoned from the offsets alone, without the zone arithmetic under test.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest

from sharebot.rules.periods import due_slots
from sharebot.rules.timing import WEEKDAYS, Timing, Window, due_at, local_instant

pytestmark = pytest.mark.xdist_group("every-zone")

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
TIMES = (time(0), time(1, 30), time(2), time(2, 30), time(9), time(23, 30))
DAYS_AROUND = range(-2, 3)
ALWAYS = Window(time(0), time.max, WEEKDAYS)
LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)


class Change(NamedTuple):
    """From `at` on the zone's clocks are `offset` ahead of UTC."""

    at: datetime
    offset: timedelta


Rule = tuple[Change, ...]


def offset_at(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def rule_of(name: str) -> Rule:
    """Return the zone's offset at the beginning, and all its changes until the end, found by halving days."""
    zone, at = ZoneInfo(name), BEGIN - 7 * DAY
    changes = [Change(at, offset_at(zone, at))]
    while at < END + 7 * DAY:
        if offset_at(zone, at + DAY) != changes[-1].offset:
            changes.append(halve(zone, at, at + DAY))
        at += DAY
    return tuple(changes)


def halve(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    before = offset_at(zone, low)
    while high - low > SECOND:
        middle = low + (high - low) // 2
        low, high = (middle, high) if offset_at(zone, middle) == before else (low, middle)
    whole = high.replace(microsecond=0)
    return Change(whole, offset_at(zone, whole))


@cache
def names_by_rule() -> dict[Rule, list[str]]:
    found: dict[Rule, list[str]] = defaultdict(list)
    for name in sorted(available_timezones()):
        found[rule_of(name)].append(name)
    return found


def runs_of_days(rule: Rule) -> Iterator[list[date]]:
    """Yield the days around each change; for a zone without one, a New Year's Day in each year."""
    changes = [one for one in rule[1:] if BEGIN <= one.at < END]
    for change in changes:
        day = (change.at + change.offset).date()
        yield [day + ahead * DAY for ahead in DAYS_AROUND]
    if not changes:
        yield from ([date(year, 1, 1)] for year in range(BEGIN.year, END.year))


def expected_instant(rule: Rule, day: date, at: time) -> datetime:
    """Return the first instant at which a clock on the wall shows the local time, or else has jumped over it."""
    wanted = datetime.combine(day, at, tzinfo=UTC)
    for change, following in pairwise([*rule, Change(datetime.max.replace(tzinfo=UTC), timedelta(0))]):
        instant = max(wanted - change.offset, change.at)
        if instant < following.at:
            return instant
    raise AssertionError("time does not end")


def expected_instants(rule: Rule, days: Sequence[date], at: time) -> list[datetime]:
    return [expected_instant(rule, day, at) for day in days]


def test_all_zones_are_there_with_their_changes():
    rules = names_by_rule()
    covered = [name for names in rules.values() for name in names]
    assert sorted(covered) == sorted(available_timezones())
    assert len(covered) > 400
    changes = [change for rule in rules for change in rule[1:] if BEGIN <= change.at < END]
    assert len(changes) > 300
    assert {"Africa/Casablanca", "America/Santiago", "Australia/Lord_Howe", "Europe/Brussels"} <= set(covered)
    steps = {after.offset - before.offset for rule in rules for before, after in pairwise(rule)}
    assert {timedelta(hours=1), timedelta(minutes=30), -timedelta(hours=1), -timedelta(minutes=30)} <= steps


def test_what_is_expected_is_right_where_people_know_it():
    rule = rule_of("Europe/Brussels")
    assert expected_instants(rule, [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)], time(2, 30)) == [
        datetime(2026, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # 02:30 is skipped: 03:00
        datetime(2026, 3, 30, 0, 30, tzinfo=UTC),
    ]
    assert expected_instant(rule, date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("at", TIMES, ids=str)
def test_a_partys_local_time_comes_once_each_day(at: time):
    """Also through a window that is always open, and not before the present."""
    for rule, (zone, *_) in names_by_rule().items():
        for days in runs_of_days(rule):
            expected = expected_instants(rule, days, at)
            assert [local_instant(day, at, zone) for day in days] == expected, (zone, days)
            assert all(one < following for one, following in pairwise(expected)), (zone, days)
            for urgent in (True, False):
                timings = [Timing(send_on=day, send_local=at, urgent=urgent) for day in days]
                due = [due_at(timing, zone=zone, window=ALWAYS, now=LONG_AGO) for timing in timings]
                assert due == expected, (zone, days, urgent)


def test_the_times_of_a_day_keep_their_order():
    for rule, (zone, *_) in names_by_rule().items():
        for days in runs_of_days(rule):
            instants = [local_instant(day, at, zone) for day in days for at in TIMES]
            assert instants == sorted(instants), (zone, days)


@pytest.mark.parametrize("at", TIMES, ids=str)
def test_a_daily_schedule_yields_each_day_once(at: time):
    """In one look over the days, and as a job that wakes up every day and goes on from the slot it took last."""
    schedule = f"{at.minute} {at.hour} * * *"
    for rule, (zone, *_) in names_by_rule().items():
        for days in runs_of_days(rule):
            expected = expected_instants(rule, days, at)
            last = expected[0] - SECOND
            assert list(due_slots(schedule, zone, after=last, now=expected[-1])) == expected, (zone, days)
            for slot in expected:
                assert list(due_slots(schedule, zone, after=last, now=slot - SECOND)) == [], (zone, slot)
                assert list(due_slots(schedule, zone, after=last, now=slot)) == [slot], (zone, slot)
                last = slot


@pytest.mark.parametrize("at", TIMES, ids=str)
def test_a_schedule_may_begin_at_any_moment_of_a_change(at: time):
    """Such as within the hour that comes twice, after its first time is over."""
    schedule = f"{at.minute} {at.hour} * * *"
    for rule, (zone, *_) in names_by_rule().items():
        for change in [one for one in rule[1:] if BEGIN <= one.at < END]:
            today = (change.at + change.offset).date()
            expected = expected_instants(rule, [today + ahead * DAY for ahead in DAYS_AROUND], at)
            for minutes in range(-90, 91, 15):
                after = change.at + timedelta(minutes=minutes)
                wanted = [one for one in expected if one > after]
                assert list(due_slots(schedule, zone, after=after, now=expected[-1])) == wanted, (zone, after)
