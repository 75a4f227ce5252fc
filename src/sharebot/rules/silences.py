"""Times in which a country gets nothing: an election's silence, mourning, a crisis."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sharebot.rules.timing import Window, local_instant, next_open

LONGEST_DAYS = 120


@dataclass(frozen=True, slots=True)
class Silence:
    """From `from_at` until before `until_at` nothing is asked. What falls into it waits, or never goes (`stops`)."""

    from_at: datetime
    until_at: datetime
    stops: bool = False

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.from_at <= at < self.until_at


def plan_silence(
    first: date, last: date, *, zones: Collection[str], window: Window, holidays: Set[date], stops: bool
) -> Silence:
    """Return the silence of some whole days in a country, in all its `zones`.

    It begins with the first midnight and ends when people may be written to again after the last one, on a day that
    is none of the `holidays`, so that nothing that waited goes out at night.
    """
    ends = last + timedelta(days=1)
    starts = min(local_instant(first, time(0), zone) for zone in zones)
    midnights = [(local_instant(ends, time(0), zone), zone) for zone in zones]
    opens = [next_open(at, zone=zone, window=window, holidays=holidays) for at, zone in midnights]
    return Silence(starts, max(opens), stops)


def move_out(due_at: datetime, silences: Sequence[Silence]) -> datetime | None:
    """Return when something that is due may go: then, or after the silences it falls into. None: it is left out."""
    for silence in sorted(silences, key=lambda one: one.from_at):
        if silence.covers(due_at):
            if silence.stops:
                return None
            due_at = silence.until_at
    return due_at
