"""Weeks as periods: long and short ones, those at a year's end, and the slots a schedule yields."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sharebot.rules.periods import bounds, due_slots, first_day, period_of, previous_period, reported_period

BRUSSELS = "Europe/Brussels"
HOUR = timedelta(hours=1)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "period"),
    [
        (at(2026, 11, 22, 22, 59), BRUSSELS, "2026-W47"),
        (at(2026, 11, 22, 23, 0), BRUSSELS, "2026-W48"),
        (at(2026, 11, 22, 23, 0), "UTC", "2026-W47"),
        (at(2026, 11, 22, 11, 0), "Pacific/Auckland", "2026-W48"),
        (at(2026, 12, 31, 12, 0), BRUSSELS, "2026-W53"),
        (at(2027, 1, 3, 12, 0), BRUSSELS, "2026-W53"),
        (at(2027, 1, 4, 12, 0), BRUSSELS, "2027-W01"),
        (at(2024, 12, 30, 12, 0), BRUSSELS, "2025-W01"),
    ],
)
def test_an_instant_lies_in_the_week_of_the_zones_calendar(instant: datetime, zone: str, period: str) -> None:
    assert period_of(instant, zone) == period


@pytest.mark.parametrize(
    ("period", "hours"), [("2026-W12", 168), ("2026-W13", 167), ("2026-W43", 169), ("2026-W44", 168), ("2026-W53", 168)]
)
def test_a_week_is_as_long_as_its_clocks_say(period: str, hours: int) -> None:
    start, end = bounds(period, BRUSSELS)
    assert end - start == hours * HOUR


def test_weeks_follow_each_other_without_a_gap() -> None:
    period = "2027-W02"
    for _ in range(70):
        before = previous_period(period)
        assert bounds(before, BRUSSELS)[1] == bounds(period, BRUSSELS)[0]
        period = before


def test_both_ends_belong_where_they_should() -> None:
    start, end = bounds("2026-W48", BRUSSELS)
    assert (start, end) == (at(2026, 11, 22, 23), at(2026, 11, 29, 23))
    assert period_of(start, BRUSSELS) == "2026-W48"
    assert period_of(end, BRUSSELS) == "2026-W49"


def test_week_53_comes_before_the_first_week() -> None:
    assert previous_period("2027-W01") == "2026-W53"
    assert previous_period("2026-W53") == "2026-W52"
    assert previous_period("2026-W01") == "2025-W52"
    assert first_day("2026-W53") == date(2026, 12, 28)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-48", "2026-W00", "2026-W54", "2025-W53", "2026-W48 ", "26-W48", "٢٠٢٦-W٤٨x"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        first_day(text)


def test_a_report_is_about_the_last_week_that_is_over() -> None:
    assert reported_period(at(2026, 11, 30, 6), BRUSSELS) == "2026-W48"
    assert reported_period(at(2026, 12, 6, 22), BRUSSELS) == "2026-W48"
    assert reported_period(at(2027, 1, 4, 6), BRUSSELS) == "2026-W53"


def slots(schedule: str, after: datetime, now: datetime) -> list[datetime]:
    return list(due_slots(schedule, BRUSSELS, after=after, now=now))


def test_a_slot_keeps_its_local_hour_across_a_clock_change() -> None:
    found = slots("0 7 * * MON", at(2026, 10, 13), at(2026, 11, 3))
    assert found == [at(2026, 10, 19, 5), at(2026, 10, 26, 6), at(2026, 11, 2, 6)]


def test_the_slot_just_taken_does_not_come_again_and_the_present_one_does() -> None:
    monday = at(2026, 11, 23, 6)
    assert slots("0 7 * * MON", monday, monday + timedelta(days=7)) == [monday + timedelta(days=7)]
    assert slots("0 7 * * MON", monday, monday + timedelta(days=7, seconds=-1)) == []


def test_a_slot_at_a_skipped_hour_comes_once_that_day() -> None:
    found = slots("30 2 * * *", at(2026, 3, 28, 12), at(2026, 3, 30, 12))
    assert [slot.date() for slot in found] == [date(2026, 3, 29), date(2026, 3, 30)]


def test_a_slot_at_an_hour_that_comes_twice_comes_once() -> None:
    found = slots("30 2 * * *", at(2026, 10, 24, 12), at(2026, 10, 25, 12))
    assert len(found) == 1
