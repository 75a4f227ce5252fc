"""Slots of cron-like schedules: each is taken once, whatever happens."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, select

from sharebot.models import JobSlot
from sharebot.store.upsert import insert_ignore


def take_slot(session: Session, job: str, slot_at: datetime, *, now: datetime) -> bool:
    """Take one planned run; False when somebody has it already."""
    return insert_ignore(session, JobSlot, [{"job": job, "slot_at": slot_at, "taken_at": now}]) == 1


def last_slot(session: Session, job: str) -> datetime | None:
    """Return the latest slot taken, or None."""
    return session.exec(select(func.max(JobSlot.slot_at)).where(JobSlot.job == job)).one()
