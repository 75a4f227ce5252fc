"""How often somebody may be asked: what goes out at once, and what waits for a digest.

An ask is an item or a digest. No seven days of an officer's own clock hold more asks than their budget, urgent
items apart. All but high items leave one ask of the budget free, so that a high one finds a place.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain, takewhile
from zoneinfo import ZoneInfo

from sharebot.rules.timing import NO_HOLIDAYS, WEEKDAYS, Window, openings
from sharebot.values.status import Priority, Rhythm

WEEK = timedelta(days=7)


class Hold(StrEnum):
    """Why an item waits for a digest."""

    RHYTHM = "rhythm"  # the officer wants digests
    LOW = "low"  # the entry may wait
    BUDGET = "budget"  # the week is full


@dataclass(frozen=True, slots=True)
class Habits:
    """How and when an officer is written to; `digest_day` is for what waits without a wish of theirs."""

    zone: str
    window: Window
    budget: int
    digest_day: str = "mon"
    rhythm: Rhythm = Rhythm.EACH
    holidays: Set[date] = NO_HOLIDAYS


@dataclass(frozen=True, slots=True)
class Asked:
    """What an officer is asked already: `moments` of items and digests, and those of digests to come."""

    moments: Sequence[datetime] = ()
    digests: Set[datetime] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """When an item's turn comes: its own, or, where it is `held`, that of its digest."""

    due_at: datetime
    held: Hold | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be sent, and from when until when."""

    due_at: datetime
    expires_at: datetime
    priority: Priority = Priority.NORMAL
    urgent: bool = False


def decide_turn(wish: Wish, habits: Habits, asked: Asked) -> Turn:
    """Say whether an item goes out by itself or waits for a digest, and when."""
    held = None if wish.urgent else _find_hold(wish, habits, asked)
    if held is None:
        return Turn(wish.due_at)
    return Turn(choose_digest(habits, asked, after=wish.due_at, until=wish.expires_at), held)


def _find_hold(wish: Wish, habits: Habits, asked: Asked) -> Hold | None:
    if habits.rhythm is not Rhythm.EACH:
        return Hold.RHYTHM
    if wish.priority is Priority.LOW:
        return Hold.LOW
    most = habits.budget if wish.priority is Priority.HIGH else habits.budget - 1
    fits = _busiest(_all(asked, habits.zone), _local(wish.due_at, habits.zone)) < most
    return None if fits else Hold.BUDGET


def choose_digest(habits: Habits, asked: Asked, *, after: datetime, until: datetime) -> datetime:
    """Return the moment of the digest that something waits for: on its day, and the budget has room for it.

    One that is to come anyway costs nothing. What would be over before such a day comes with an opening in
    between. Where none of these has room in time, the moment is a later one, and the item will be over unseen.
    """
    moments, theirs = _candidates(habits, after=after, until=until), _all(asked, habits.zone)
    # Whoever gets items one by one keeps the place of a high one; in a digest there is nothing to keep it for.
    most = habits.budget if habits.rhythm is not Rhythm.EACH else max(habits.budget - 1, 1)
    has_room = (
        moment for moment in moments if moment in asked.digests or _busiest(theirs, _local(moment, habits.zone)) < most
    )
    return next(has_room, until)


def _candidates(habits: Habits, *, after: datetime, until: datetime) -> Iterator[datetime]:
    on_day = _digest_moments(habits, after)
    late: list[datetime] = []
    for moment in on_day:
        if moment >= until:
            late.append(moment)
            break
        yield moment
    # Somebody who wants one digest a week gets no second one.
    if habits.rhythm is not Rhythm.WEEKLY:
        yield from takewhile(lambda moment: moment < until, _openings(habits, after))
    yield from chain(late, on_day)


def _digest_moments(habits: Habits, after: datetime) -> Iterator[datetime]:
    """Yield the openings that bring a digest: all of them, or the first of each week from the digest day on."""
    if habits.rhythm is Rhythm.DAILY:
        yield from _openings(habits, after)
        return
    today = after.astimezone(ZoneInfo(habits.zone)).date()
    begun = today - timedelta(days=(today.weekday() - WEEKDAYS.index(habits.digest_day)) % 7)
    done: int | None = None
    # From a week back, to know whether the digest of the present week was before `after`.
    for day, opens in openings(after - WEEK, zone=habits.zone, window=habits.window, holidays=habits.holidays):
        week = (day - begun).days // 7
        if week != done and opens >= after:
            yield opens
        done = week


def _openings(habits: Habits, after: datetime) -> Iterator[datetime]:
    for _, opens in openings(after, zone=habits.zone, window=habits.window, holidays=habits.holidays):
        yield opens


def _all(asked: Asked, zone: str) -> list[datetime]:
    """Return the moments of the local clock, sorted."""
    return sorted(_local(moment, zone) for moment in (*asked.moments, *asked.digests))


def busiest_week(moments: Sequence[datetime], at: datetime, *, zone: str) -> int:
    """Return how many of `moments` lie, at most, in seven days of the local clock that hold `at`."""
    return _busiest(sorted(_local(moment, zone) for moment in moments), _local(at, zone))


def _busiest(moments: Sequence[datetime], here: datetime) -> int:
    """Return the same of sorted moments of the local clock."""
    starts = [*moments[bisect_right(moments, here - WEEK) : bisect_right(moments, here)], here]
    return max(bisect_left(moments, start + WEEK) - bisect_left(moments, start) for start in starts)


def _local(moment: datetime, zone: str) -> datetime:
    # Naive on purpose: across a clock change a week is from nine o’clock to nine o’clock.
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
