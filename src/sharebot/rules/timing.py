"""When a message is due, in the clock of those who read it."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_AHEAD = 90
NO_HOLIDAYS: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Timing:
    """Either one instant for all (`send_at`), or a day and a time of each party's own clock."""

    send_at: datetime | None = None
    send_on: date | None = None
    send_local: time | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """When people may be written to: local times of day, and weekdays."""

    opens: time
    closes: time
    days: tuple[str, ...]


def local_instant(day: date, at: time, zone: str) -> datetime:
    """Return the UTC instant of a local time.

    A time that a clock change skips becomes the first one after the gap; one that comes twice means
    the first (PEP 495, fold=0).
    """
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).time() == at:
        return instant
    return _end_of_gap(local)


def _end_of_gap(local: datetime) -> datetime:
    # In a gap fold=0 counts with the offset before the change, fold=1 with the one after; the change
    # itself lies where the earlier reading meets the new offset.
    before = local.utcoffset()
    low = local.replace(fold=1).astimezone(UTC)
    high = local.replace(fold=0).astimezone(UTC)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(local.tzinfo).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def own_window(window: Window, opens: time | None, closes: time | None) -> Window:
    """Return the window with somebody's own hours; hours that end before they begin are nobody's."""
    if opens is None or closes is None or opens >= closes:
        return window
    return replace(window, opens=opens, closes=closes)


def due_at(timing: Timing, *, zone: str, window: Window, now: datetime, holidays: Set[date] = NO_HOLIDAYS) -> datetime:
    """Return when to write to somebody in `zone`; never before `now`.

    Anything but an urgent item waits until the window of the reader's own clock is open, on a day that is none
    of the `holidays`.
    """
    wanted = timing.send_at or now
    if timing.send_on is not None:
        wanted = local_instant(timing.send_on, timing.send_local or window.opens, zone)
    wanted = max(wanted, now)
    return wanted if timing.urgent else next_open(wanted, zone=zone, window=window, holidays=holidays)


def next_open(at: datetime, *, zone: str, window: Window, holidays: Set[date] = NO_HOLIDAYS) -> datetime:
    """Return `at` when the window is open then, else the next opening."""
    for day in _open_days(at, zone=zone, window=window, holidays=holidays):
        if at < local_instant(day, window.closes, zone):
            return max(at, local_instant(day, window.opens, zone))
    raise ValueError("the window never opens")


def openings(
    after: datetime, *, zone: str, window: Window, holidays: Set[date] = NO_HOLIDAYS
) -> Iterator[tuple[date, datetime]]:
    """Yield the window's openings from `after` on, with their local days, three months far."""
    for day in _open_days(after, zone=zone, window=window, holidays=holidays):
        opens = local_instant(day, window.opens, zone)
        if opens >= after:
            yield day, opens


def _open_days(at: datetime, *, zone: str, window: Window, holidays: Set[date]) -> Iterator[date]:
    first = at.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_DAYS_AHEAD):
        day = first + timedelta(days=ahead)
        if WEEKDAYS[day.weekday()] in window.days and day not in holidays:
            yield day
