"""What goes out at once and what waits for a digest; and that no week is ever too full."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharebot.rules.asks import WEEK, Asked, Habits, Hold, Turn, Wish, busiest_week, choose_digest, decide_turn
from sharebot.rules.timing import Window, next_open
from sharebot.values.status import Priority, Rhythm

OFFICE = Window(time(8), time(20), ("mon", "tue", "wed", "thu", "fri"))
BRUSSELS = "Europe/Brussels"
LOW, NORMAL, HIGH = Priority.LOW, Priority.NORMAL, Priority.HIGH


def at(text: str) -> datetime:
    """Return an instant given by Brussels' clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BRUSSELS)).astimezone(UTC)


def asked(count: int, last: str = "2026-11-24T09:00") -> Asked:
    return Asked([at(last) - timedelta(hours=one) for one in range(count)])


MONDAY, FRIDAY = at("2026-11-30T08:00"), at("2026-11-27T08:00")
NOON = at("2026-11-25T12:00")  # a Wednesday


@pytest.mark.parametrize(
    ("priority", "budget", "before", "held"),
    [
        (NORMAL, 5, 0, None),
        (NORMAL, 5, 3, None),
        (NORMAL, 5, 4, Hold.BUDGET),  # the fifth place is kept
        (HIGH, 5, 4, None),
        (HIGH, 5, 5, Hold.BUDGET),
        (LOW, 5, 0, Hold.LOW),
        (NORMAL, 1, 0, Hold.BUDGET),  # with one ask a week everything comes in the digest
        (HIGH, 1, 0, None),
        (NORMAL, 2, 0, None),
        (NORMAL, 2, 1, Hold.BUDGET),
    ],
)
def test_the_budget_keeps_one_ask_for_what_is_important(priority, budget: int, before: int, held: Hold | None):
    wish = Wish(NOON, NOON + timedelta(days=14), priority)
    turn = decide_turn(wish, Habits(BRUSSELS, OFFICE, budget), asked(before))
    assert turn.held is held
    assert turn.due_at == (NOON if held is None else turn.due_at)


@pytest.mark.parametrize(
    ("rhythm", "due", "expected"),
    [
        (Rhythm.EACH, "2026-11-25T12:00", Turn(at("2026-11-25T12:00"))),
        (Rhythm.DAILY, "2026-11-25T12:00", Turn(at("2026-11-26T08:00"), Hold.RHYTHM)),
        (Rhythm.DAILY, "2026-11-25T08:00", Turn(at("2026-11-25T08:00"), Hold.RHYTHM)),  # just in time
        (Rhythm.DAILY, "2026-11-27T12:00", Turn(MONDAY, Hold.RHYTHM)),  # over the weekend
        (Rhythm.WEEKLY, "2026-11-25T12:00", Turn(MONDAY, Hold.RHYTHM)),
        (Rhythm.WEEKLY, "2026-11-30T08:00", Turn(MONDAY, Hold.RHYTHM)),
        (Rhythm.WEEKLY, "2026-11-30T08:01", Turn(at("2026-12-07T08:00"), Hold.RHYTHM)),
    ],
)
def test_whoever_wants_digests_gets_them_at_the_opening(rhythm: Rhythm, due: str, expected: Turn):
    wish = Wish(at(due), at(due) + timedelta(days=14), HIGH)
    assert decide_turn(wish, Habits(BRUSSELS, OFFICE, 5, rhythm=rhythm), Asked()) == expected


@pytest.mark.parametrize("rhythm", Rhythm)
def test_what_is_urgent_waits_for_nobodys_budget_or_rhythm(rhythm: Rhythm):
    wish = Wish(NOON, NOON + timedelta(days=1), LOW, urgent=True)
    assert decide_turn(wish, Habits(BRUSSELS, OFFICE, 1, rhythm=rhythm), asked(9)) == Turn(NOON)


@pytest.mark.parametrize(
    ("day", "holidays", "expires", "moment"),
    [
        ("mon", [], "2026-12-20T00:00", MONDAY),
        ("mon", ["2026-11-30"], "2026-12-20T00:00", at("2026-12-01T08:00")),  # the next open day
        ("sun", [], "2026-12-20T00:00", MONDAY),
        ("thu", [], "2026-12-20T00:00", at("2026-11-26T08:00")),
        ("mon", [], "2026-11-27T18:00", at("2026-11-26T08:00")),  # over before its day: the next opening
        ("mon", ["2026-11-26"], "2026-11-27T18:00", FRIDAY),
        ("mon", [], "2026-11-25T18:00", MONDAY),  # nothing is in time
    ],
)
def test_the_digest_comes_on_its_day_or_before_the_item_is_over(day, holidays, expires: str, moment: datetime):
    off = frozenset(date.fromisoformat(one) for one in holidays)
    habits = Habits(BRUSSELS, OFFICE, 5, digest_day=day, holidays=off)
    assert choose_digest(habits, Asked(), after=NOON, until=at(expires)) == moment


def test_a_week_that_begins_with_a_holiday_has_one_digest():
    habits = Habits(BRUSSELS, OFFICE, 5, holidays=frozenset({date(2026, 11, 30)}), rhythm=Rhythm.WEEKLY)
    later = choose_digest(habits, Asked(), after=at("2026-12-01T08:01"), until=at("2027-01-01T00:00"))
    assert later == at("2026-12-07T08:00")


def test_a_digest_that_comes_anyway_costs_nothing_and_a_new_one_needs_room():
    full = asked(4, last="2026-11-24T08:00")
    habits, until = Habits(BRUSSELS, OFFICE, 5), at("2026-12-20T00:00")
    assert choose_digest(habits, full, after=NOON, until=until) == at("2026-12-07T08:00")
    coming = Asked(full.moments, frozenset({MONDAY}))
    assert choose_digest(habits, coming, after=NOON, until=until) == MONDAY
    soon = at("2026-12-02T00:00")  # no later Monday is in time, the first opening with room is
    assert choose_digest(habits, full, after=NOON, until=soon) == at("2026-12-01T08:00")


def test_whoever_wants_one_digest_a_week_gets_no_second_one_for_what_is_over_before():
    friday = at("2026-11-27T12:00")
    often, weekly = (Habits(BRUSSELS, OFFICE, 5, rhythm=one) for one in (Rhythm.EACH, Rhythm.WEEKLY))
    assert choose_digest(often, Asked(), after=NOON, until=friday) == at("2026-11-26T08:00")
    assert choose_digest(weekly, Asked(), after=NOON, until=friday) == MONDAY


def test_digests_to_come_count_as_asks():
    planned = Asked(asked(3).moments, frozenset({MONDAY}))
    wish = Wish(NOON, NOON + timedelta(days=14))
    assert decide_turn(wish, Habits(BRUSSELS, OFFICE, 5), planned).held is Hold.BUDGET


@pytest.mark.parametrize(
    ("moments", "here", "most"),
    [
        ([], "2026-03-30T08:00", 0),
        (["2026-03-23T08:00"], "2026-03-30T08:00", 0),  # a week ago to the minute, though the night was shorter
        (["2026-03-23T08:01"], "2026-03-30T08:00", 1),
        (["2026-10-19T08:00"], "2026-10-26T08:00", 0),  # and longer
        (["2026-11-23T09:00", "2026-11-30T09:00"], "2026-11-27T09:00", 1),  # never both in one week
        (["2026-11-24T09:00", "2026-11-30T08:00"], "2026-11-27T09:00", 2),
    ],
)
def test_a_week_is_seven_days_of_the_local_clock(moments: list[str], here: str, most: int):
    assert busiest_week([at(one) for one in moments], at(here), zone=BRUSSELS) == most


wishes = st.tuples(
    st.integers(0, 60),  # hours since the one before
    st.sampled_from(Priority),
    st.integers(6, 400),  # hours until it is over
    st.booleans(),  # to be sent at the recipient's opening of the day after
)


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(wishes, max_size=60),
    budget=st.integers(1, 7),
    rhythm=st.sampled_from(Rhythm),
    zone=st.sampled_from(["Europe/Brussels", "Pacific/Auckland", "America/Santiago", "Asia/Kolkata"]),
    start=st.integers(0, 8000).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
)
def test_no_seven_days_hold_more_asks_than_the_budget(steps, budget: int, rhythm: Rhythm, zone: str, start: datetime):
    habits = Habits(zone, OFFICE, budget, rhythm=rhythm)
    now, sent, digests = start, list[datetime](), set[datetime]()
    for hours, priority, lasts, later in steps:
        now += timedelta(hours=hours)
        due = next_open(now + timedelta(days=later), zone=zone, window=OFFICE)
        turn = decide_turn(Wish(due, due + timedelta(hours=lasts), priority), habits, Asked(sent, frozenset(digests)))
        assert turn.due_at >= now
        if turn.held is None:
            sent.append(turn.due_at)
        else:
            digests.add(turn.due_at)
    local = sorted(one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for one in [*sent, *digests])
    assert all(sum(first <= one < first + WEEK for one in local) <= budget for first in local)
