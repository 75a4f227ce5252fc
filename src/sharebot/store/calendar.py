"""The queue by days: what goes out on which day of a month, and which countries are on hold then."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from sharebot.models import Content, CountryHold, QueueEntry
from sharebot.rules.timing import local_instant
from sharebot.store.titles import Title, list_titles
from sharebot.values.status import ContentKind, EntryStatus

_GONE = (EntryStatus.WITHDRAWN, EntryStatus.EXPIRED)
_MOST = 500  # entries of a month that a calendar shows
_EARLIER_ZONES = timedelta(hours=26)  # a party's own day begins up to so much before ours


@dataclass(frozen=True, slots=True)
class Planned:
    """An entry on its day; `at` is its time of day: our own clock's, or each party's where `is_local`."""

    id: int
    content_id: int
    kind: ContentKind
    title: Title
    status: EntryStatus
    at: time
    is_local: bool

    @property
    def can_move(self) -> bool:
        """Whether another day may be chosen still."""
        return self.status in {EntryStatus.APPROVED, EntryStatus.PROPOSED}


@dataclass(frozen=True, slots=True)
class Month:
    """What happens on the days of a month; `silent` are the countries on hold."""

    entries: dict[date, list[Planned]]
    silent: dict[date, list[str]]


def list_month(session: Session, first: date, days: int, *, zone: str, language: str) -> Month:
    """Return the entries of some days in the order of their times, by the clock of `zone`, and the holds."""
    begins, ends = local_instant(first, time(0), zone), local_instant(first + timedelta(days=days), time(0), zone)
    rows = (
        select(QueueEntry, Content.kind)
        .join(Content, col(Content.id) == col(QueueEntry.content_id))
        .where(
            col(QueueEntry.status).not_in(_GONE),
            QueueEntry.release_at >= begins - _EARLIER_ZONES,
            QueueEntry.release_at < ends,
        )
        .order_by(col(QueueEntry.release_at), col(QueueEntry.id))
        .limit(_MOST)
    )
    found = session.exec(rows).all()
    titles = list_titles(session, {entry.content_id for entry, _ in found}, language=language)
    by_day: dict[date, list[Planned]] = defaultdict(list)
    for entry, kind in found:
        day, at = _place(entry, zone)
        title = titles.get(entry.content_id, Title("–", language))
        is_local = entry.send_on is not None
        by_day[day].append(
            Planned(entry.id or 0, entry.content_id, ContentKind(kind), title, entry.status, at, is_local)
        )
    wanted = [first + timedelta(days=n) for n in range(days)]
    silent = _silent(session, begins, ends, wanted, zone)
    return Month({day: sorted(by_day[day], key=lambda one: one.at) for day in wanted if day in by_day}, silent)


def _place(entry: QueueEntry, zone: str) -> tuple[date, time]:
    if entry.send_on is not None:
        return entry.send_on, entry.send_local or time(0)
    local = (entry.send_at or entry.release_at).astimezone(ZoneInfo(zone))
    return local.date(), local.time().replace(second=0, microsecond=0)


def _silent(session: Session, begins: datetime, ends: datetime, days: list[date], zone: str) -> dict[date, list[str]]:
    holds = select(CountryHold).where(
        col(CountryHold.ended_at).is_(None), CountryHold.from_at < ends, CountryHold.until_at > begins
    )
    found: dict[date, list[str]] = defaultdict(list)
    for hold in session.exec(holds.order_by(CountryHold.country)):
        for day in days:
            noon = local_instant(day, time(12), zone)
            if hold.from_at <= noon < hold.until_at and hold.country not in found[day]:
                found[day].append(hold.country)
    return {day: codes for day, codes in found.items() if codes}
