"""When the bot comes back to an item."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sharebot.rules.asks import Habits
from sharebot.rules.reminders import ask_at, later_at
from sharebot.rules.timing import Window

OFFICE = Window(time(8), time(20), ("mon", "tue", "wed", "thu", "fri"))


def habits(zone: str = "Europe/Brussels", *holidays: str) -> Habits:
    return Habits(zone, OFFICE, 5, holidays=frozenset(map(date.fromisoformat, holidays)))


def at(text: str, zone: str = "Europe/Brussels") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("taken", "holidays", "asked"),
    [
        ("2026-11-24T09:00", [], "2026-11-25T08:00"),
        ("2026-11-24T23:59", [], "2026-11-25T08:00"),
        ("2026-11-25T00:01", [], "2026-11-26T08:00"),
        ("2026-11-27T09:00", [], "2026-11-30T08:00"),  # over the weekend
        ("2026-12-24T09:00", ["2026-12-25", "2026-12-28"], "2026-12-29T08:00"),
        ("2026-03-27T09:00", [], "2026-03-30T08:00"),  # the clocks changed on Sunday
    ],
)
def test_how_did_it_go_is_asked_at_the_first_opening_of_a_later_day(taken: str, holidays: list[str], asked: str):
    expires = at(taken) + timedelta(days=9)
    assert ask_at(at(taken), habits("Europe/Brussels", *holidays), expires_at=expires) == at(asked)


def test_nobody_is_asked_about_what_is_over_by_then():
    assert ask_at(at("2026-11-24T09:00"), habits(), expires_at=at("2026-11-25T08:00")) is None


@pytest.mark.parametrize(
    ("word", "now", "moment"),
    [
        ("evening", "2026-11-24T09:00", "2026-11-24T18:00"),
        ("evening", "2026-11-24T17:59", "2026-11-24T18:00"),
        ("evening", "2026-11-24T18:00", "2026-11-25T08:00"),
        ("tomorrow", "2026-11-24T09:00", "2026-11-25T08:00"),
        ("tomorrow", "2026-11-27T09:00", "2026-11-28T08:00"),  # a Saturday, as they said
        ("week", "2026-11-24T09:00", "2026-11-30T08:00"),
        ("week", "2026-11-30T09:00", "2026-12-07T08:00"),
        ("week", "2026-03-24T09:00", "2026-03-30T08:00"),  # the clocks change before it
        ("x", "2026-11-24T09:00", "2026-11-25T08:00"),  # forged
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Brussels", "Pacific/Auckland", "America/Lima"])
def test_later_is_meant_by_the_officers_clock(word: str, now: str, moment: str, zone: str):
    said = at(now, zone)
    assert later_at(word, habits(zone), now=said, expires_at=said + timedelta(days=30)) == at(moment, zone)


@pytest.mark.parametrize(
    ("expires", "moment"),
    [
        ("2026-11-26T12:00", "2026-11-25T08:00"),
        ("2026-11-25T09:00", "2026-11-25T07:00"),  # two hours before it is over
        ("2026-11-24T10:30", None),
    ],
)
def test_later_is_never_too_late(expires: str, moment: str | None):
    found = later_at("tomorrow", habits(), now=at("2026-11-24T09:00"), expires_at=at(expires))
    assert found == (at(moment) if moment else None)
