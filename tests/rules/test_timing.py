"""Local times of day, across clock changes and windows."""

from datetime import UTC, date, datetime, time
from itertools import islice

import pytest

from sharebot.rules.holidays import list_holidays
from sharebot.rules.timing import Timing, Window, due_at, local_instant, next_open, openings, own_window

OFFICE = Window(time(8), time(20), ("mon", "tue", "wed", "thu", "fri"))


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (date(2026, 11, 30), time(9), "Africa/Nairobi", "2026-11-30T06:00"),
        (date(2026, 11, 30), time(9), "Asia/Kolkata", "2026-11-30T03:30"),
        (date(2026, 3, 29), time(2, 30), "Europe/Brussels", "2026-03-29T01:00"),  # skipped: 03:00 is the first after
        (date(2026, 10, 25), time(2, 30), "Europe/Brussels", "2026-10-25T00:30"),  # twice: the first one
        (date(2026, 9, 6), time(0, 0), "America/Santiago", "2026-09-06T04:00"),  # midnight does not exist
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:30"),  # a gap of half an hour
    ],
)
def test_a_local_time_is_one_instant(day: date, at: time, zone: str, expected: str):
    assert local_instant(day, at, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-11-24T10:00", "Europe/Brussels", "2026-11-24T10:00"),  # open
        ("2026-11-24T05:00", "Europe/Brussels", "2026-11-24T07:00"),  # opens at 08:00 local
        ("2026-11-24T19:00", "Europe/Brussels", "2026-11-25T07:00"),  # closes at 20:00 local, exclusive
        ("2026-11-27T22:00", "Europe/Brussels", "2026-11-30T07:00"),  # over the weekend
        ("2026-11-24T22:00", "Pacific/Auckland", "2026-11-24T22:00"),  # Wednesday morning there
    ],
)
def test_nobody_is_written_to_outside_of_the_window(now: str, zone: str, expected: str):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_open(at, zone=zone, window=OFFICE) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_every_party_gets_it_at_its_own_nine_o_clock_and_never_in_the_past():
    timing = Timing(send_on=date(2026, 11, 25), send_local=time(9))
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    due = {zone: due_at(timing, zone=zone, window=OFFICE, now=now) for zone in ("Asia/Manila", "America/Lima")}
    assert due == {
        "Asia/Manila": datetime(2026, 11, 25, 1, tzinfo=UTC),
        "America/Lima": datetime(2026, 11, 25, 14, tzinfo=UTC),
    }
    late = datetime(2026, 11, 25, 3, tzinfo=UTC)
    assert due_at(timing, zone="Asia/Manila", window=OFFICE, now=late) == late


def test_an_urgent_item_waits_for_no_window():
    at = datetime(2026, 11, 28, 1, tzinfo=UTC)
    timing = Timing(send_at=at, urgent=True)
    assert due_at(timing, zone="Europe/Brussels", window=OFFICE, now=at) == at


@pytest.mark.parametrize(
    ("country", "now", "zone", "expected"),
    [
        ("BE", "2026-12-25T10:00", "Europe/Brussels", "2026-12-28T07:00"),  # Christmas on a Friday, and the weekend
        ("US", "2026-12-25T15:00", "America/New_York", "2026-12-28T13:00"),
        ("IN", "2026-12-24T20:00", "Asia/Kolkata", "2026-12-28T02:30"),  # it is Christmas there already
        (
            "BE",
            "2027-03-27T10:00",
            "Europe/Brussels",
            "2027-03-30T06:00",
        ),  # Easter Monday, the day after a clock change
        ("BE", "2026-12-31T20:00", "Europe/Brussels", "2027-01-04T07:00"),  # the holidays of the next year are known
        ("XX", "2026-12-25T10:00", "Europe/Brussels", "2026-12-25T10:00"),  # nobody knows them
    ],
)
def test_nobody_is_written_to_on_a_public_holiday(country: str, now: str, zone: str, expected: str):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    holidays = list_holidays(country, at.year)
    opens = next_open(at, zone=zone, window=OFFICE, holidays=holidays)
    assert opens == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert due_at(Timing(urgent=True), zone=zone, window=OFFICE, holidays=holidays, now=at) == at


@pytest.mark.parametrize(
    ("opens", "closes", "own"),
    [
        (None, None, OFFICE),
        (time(6), None, OFFICE),
        (time(6), time(9), Window(time(6), time(9), OFFICE.days)),
        (time(22), time(6), OFFICE),  # nobody's hours
    ],
)
def test_own_hours_stand_over_the_configured_ones(opens: time | None, closes: time | None, own: Window):
    assert own_window(OFFICE, opens, closes) == own


def test_openings_follow_the_local_clock_across_its_change():
    friday = datetime(2026, 3, 27, 7, 30, tzinfo=UTC)
    found = islice(openings(friday, zone="Europe/Brussels", window=OFFICE), 2)
    assert list(found) == [
        (date(2026, 3, 30), datetime(2026, 3, 30, 6, tzinfo=UTC)),
        (date(2026, 3, 31), datetime(2026, 3, 31, 6, tzinfo=UTC)),
    ]
