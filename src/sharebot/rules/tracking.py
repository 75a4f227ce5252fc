"""When a network is looked at again, after a good look and after a bad one; when a post is looked for again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sharebot.values.tracking import TrackerStatus

LONGEST_PAUSE = timedelta(hours=6)
FAILING_AT = 3
CHECKS = (timedelta(hours=24), timedelta(days=7))  # after a post was first seen; deletions mostly come early


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one look ended. `wait` is for how long the network asked to be left alone."""

    status: TrackerStatus = TrackerStatus.RUNNING
    error: str | None = None
    wait: timedelta | None = None

    @property
    def is_good(self) -> bool:
        """Whether everything was looked at."""
        return self.status is TrackerStatus.RUNNING and self.error is None


def next_look(outcome: Outcome, *, failures: int, every: timedelta) -> timedelta:
    """Return how long to wait: as usual, or as asked, or twice as long after each failure, up to six hours.

    A spent budget is no failure: the next look is as usual, and may find a new month.
    """
    if outcome.is_good or outcome.status is TrackerStatus.SPENT:
        return every
    pause = min(every * 2 ** min(failures, 10), max(LONGEST_PAUSE, every))
    return max(outcome.wait or timedelta(0), every if outcome.wait else pause)


def next_check(seen_at: datetime, *, now: datetime) -> datetime | None:
    """Return when to look whether a post first seen then is still there; None when that was done often enough."""
    return next((seen_at + after for after in CHECKS if seen_at + after > now), None)
