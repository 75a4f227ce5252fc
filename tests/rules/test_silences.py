"""A country on hold: from the first midnight to the first opening after the last day, in every zone of it."""

from datetime import UTC, date, datetime, time

import pytest

from sharebot.rules.silences import Silence, move_out, plan_silence
from sharebot.rules.timing import Window

OFFICE = Window(time(8), time(20), ("mon", "tue", "wed", "thu", "fri"))
FRIDAY, SUNDAY = date(2026, 11, 27), date(2026, 11, 29)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zones", "first", "last", "from_at", "until_at"),
    [
        (["Europe/Brussels"], FRIDAY, FRIDAY, "2026-11-26T23:00", "2026-11-30T07:00"),
        (["Europe/Brussels"], FRIDAY, SUNDAY, "2026-11-26T23:00", "2026-11-30T07:00"),
        (["Africa/Dakar"], date(2026, 11, 24), date(2026, 11, 24), "2026-11-24T00:00", "2026-11-25T08:00"),
        (["America/New_York", "America/Los_Angeles"], FRIDAY, SUNDAY, "2026-11-27T05:00", "2026-11-30T16:00"),
        (["Europe/Brussels"], date(2026, 10, 25), date(2026, 10, 25), "2026-10-24T22:00", "2026-10-26T07:00"),
    ],
)
def test_it_lasts_whole_days_in_all_zones_and_ends_within_hours(zones, first, last, from_at, until_at):
    silence = plan_silence(first, last, zones=zones, window=OFFICE, holidays=frozenset(), stops=False)
    assert (silence.from_at, silence.until_at) == (at(from_at), at(until_at))


def test_it_does_not_end_on_a_holiday():
    holidays = frozenset({date(2026, 11, 30)})
    silence = plan_silence(FRIDAY, SUNDAY, zones=["UTC"], window=OFFICE, holidays=holidays, stops=False)
    assert silence.until_at == at("2026-12-01T08:00")


def test_what_is_due_in_one_waits_for_its_end_and_for_that_of_the_next():
    one = Silence(at("2026-11-24T00:00"), at("2026-11-25T08:00"))
    next_one = Silence(at("2026-11-25T00:00"), at("2026-11-27T08:00"))
    assert move_out(at("2026-11-23T23:59"), [one, next_one]) == at("2026-11-23T23:59")
    assert move_out(at("2026-11-24T00:00"), [one]) == at("2026-11-25T08:00")
    assert move_out(at("2026-11-25T08:00"), [one]) == at("2026-11-25T08:00")
    assert move_out(at("2026-11-24T12:00"), [next_one, one]) == at("2026-11-27T08:00")


def test_what_stops_does_not_wait():
    stop = Silence(at("2026-11-24T00:00"), at("2026-11-25T08:00"), stops=True)
    assert move_out(at("2026-11-24T12:00"), [stop]) is None
    assert move_out(at("2026-11-25T08:00"), [stop]) == at("2026-11-25T08:00")
