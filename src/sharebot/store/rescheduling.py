"""Move an entry that is not out yet to another day."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import Session, col

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import QueueEntry
from sharebot.rules.release_times import decide_release
from sharebot.rules.timing import Timing, local_instant
from sharebot.store.queue import get_entry, timing_of
from sharebot.values.status import EntryStatus

_NOT_OUT = (EntryStatus.APPROVED, EntryStatus.PROPOSED)


def move(session: Session, entry_id: int, day: date, *, by: str, settings: Settings, now: datetime) -> None:
    """Send an entry on another day at the same time of day, and offer it for as long as before.

    Whoever moves it answers for the day: where two pairs of eyes are needed it waits for approval again. Raises
    NotFound, and Refused when it is out or over, or the day lies in the past.
    """
    entry = get_entry(session, entry_id)
    if entry.status not in _NOT_OUT:
        raise Refused("it is out already, or over")
    old = timing_of(entry)
    timing = _on(day, old, settings)
    shift = _start(timing, settings, now) - _start(old, settings, entry.release_at)
    shared = entry.share_from + shift if entry.share_from else None
    expires_at = entry.expires_at + shift
    values: dict[str, object] = {
        "send_at": timing.send_at,
        "send_on": timing.send_on,
        "send_local": timing.send_local,
        "share_from": shared,
        "expires_at": expires_at,
        "release_at": decide_release(timing, expires_at, shared, now=now),
    }
    if settings.approval.eyes > 1:
        values |= {"status": EntryStatus.PROPOSED, "proposed_by": by, "approved_by": None, "approved_at": None}
    elif entry.status is EntryStatus.APPROVED:
        values |= {"approved_by": by, "approved_at": now}
    moved = update(QueueEntry).where(col(QueueEntry.id) == entry_id, col(QueueEntry.status) == entry.status)
    if session.execute(moved.values(**values).returning(col(QueueEntry.id))).first() is None:
        raise Refused("somebody has changed it meanwhile")


def _on(day: date, old: Timing, settings: Settings) -> Timing:
    """Return the same time of day on another day; what was to go at once goes at each party's usual hour."""
    if old.send_at is not None:
        zone = settings.organisation.zone
        at = old.send_at.astimezone(ZoneInfo(zone)).time()
        return replace(old, send_at=local_instant(day, at, zone))
    return replace(old, send_on=day, send_local=old.send_local or settings.sending.local_time)


def _start(timing: Timing, settings: Settings, otherwise: datetime) -> datetime:
    """Return one instant of a timing to count from, by the organisation's clock."""
    if timing.send_on is not None:
        at = timing.send_local or settings.sending.local_time
        return local_instant(timing.send_on, at, settings.organisation.zone)
    return timing.send_at or otherwise
