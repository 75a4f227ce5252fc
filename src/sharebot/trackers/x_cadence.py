"""How often X is asked what, and how much of the month's money that may cost: slower before nothing at all."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum

SEARCH_EVERY = timedelta(hours=1)
_WITHOUT_SEARCH = 0.97  # of the budget; the rest is for searching to the month's end
_EARLY = timedelta(minutes=15)  # a look that comes a little early is due all the same
_COUNTED = (  # how old a post may be, and how often its counts are read until then
    (timedelta(hours=12), timedelta(hours=3)),
    (timedelta(days=2), timedelta(hours=12)),
    (timedelta(days=7), timedelta(days=2)),
)


class Pace(IntEnum):
    """By how much everything is slower than usual."""

    USUAL = 1
    SLOW = 3
    ESSENTIAL = 12


class Purpose(Enum):
    """What is asked for; its value is the share of the budget that it may spend on the month's first day already.

    Search brings members' own posts and nobody else's, so that it may use up what there is. Who reposted is the
    bulk: a post that goes round the world takes what the others leave of each day's share, and slows nothing else.
    """

    SEARCH = 1.0
    COUNTS = 0.09
    CHECKS = 0.08
    REPOSTS = 0.06


@dataclass(frozen=True, slots=True)
class Money:
    """The month's budget and what is left of it, in millionths of a dollar, at an instant."""

    budget: int
    left: int
    now: datetime

    @property
    def ahead(self) -> float:
        """How far spending is ahead of the month, as a share of the budget."""
        return (self.budget - self.left) / self.budget - share_of_month(self.now) if self.budget else 1.0

    @property
    def pace(self) -> Pace:
        """How fast to go on: usual while spending is at most a tenth ahead of the month."""
        if self.ahead <= 0.10:
            return Pace.USUAL
        return Pace.SLOW if self.ahead <= 0.25 else Pace.ESSENTIAL

    def allows(self, purpose: Purpose) -> int:
        """Return what may be spent now on a purpose, in millionths of a dollar."""
        start, end = purpose.value, max(purpose.value, _WITHOUT_SEARCH)
        line = self.budget * (start + (end - start) * share_of_month(self.now))
        return max(0, min(self.left, int(line) - (self.budget - self.left)))


def share_of_month(now: datetime) -> float:
    """Return how much of this UTC month is over, from 0 to 1."""
    there = now.astimezone(UTC)
    start = there.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (there - start) / timedelta(days=monthrange(there.year, there.month)[1])


def is_search_due(searched: datetime | None, now: datetime, pace: Pace) -> bool:
    """Whether members' posts are to be searched for."""
    return searched is None or searched + SEARCH_EVERY * pace <= now + _EARLY


def is_count_due(age: timedelta, counted: datetime | None, now: datetime, pace: Pace) -> bool:
    """Whether the counts of a post of that age are to be read; never after its seventh day."""
    every = next((every for until, every in _COUNTED if age < until), None)
    if every is None:
        return False
    return counted is None or counted + every * pace <= now + _EARLY
