"""The rows of sending processes: seen by people, alerts and metrics; the locks say who lives."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.models import Worker
from sharebot.store.inbox import free_taken, list_takers
from sharebot.store.lock import is_alive
from sharebot.store.recovery import list_open_workers, recover_worker
from sharebot.store.upsert import insert_ignore

_FORGOTTEN_AFTER = timedelta(days=1)


def beat(
    session: Session,
    name: str,
    *,
    now: datetime,
    leads: bool,
    clock_off: timedelta | None = None,
    held: str | None = None,
) -> None:
    """Say that a worker lives, whether it leads, how far its clock is off and why it holds back, if it does."""
    insert_ignore(session, Worker, [{"name": name, "started_at": now, "seen_at": now, "leads": leads}])
    off = clock_off.total_seconds() if clock_off is not None else None
    seen = update(Worker).where(col(Worker.name) == name)
    session.execute(seen.values(seen_at=now, leads=leads, clock_off_s=off, held=held and held[:300]))


def leave(session: Session, name: str) -> None:
    """Delete the row of a worker that ends."""
    session.execute(delete(Worker).where(col(Worker.name) == name))


def recover_dead(session: Session, own_name: str, *, now: datetime) -> int:
    """Doubt what dead workers left `sending` and delete their rows; return how many deliveries.

    A worker is dead when nobody holds its lock, however long ago it was seen.
    """
    names = set(session.exec(select(Worker.name))) | set(list_open_workers(session)) | list_takers(session)
    dead = [name for name in sorted(names - {own_name}) if not is_alive(session, name)]
    for name in dead:
        leave(session, name)
        free_taken(session, name)
    session.execute(delete(Worker).where(col(Worker.seen_at) < now - _FORGOTTEN_AFTER))
    return sum(recover_worker(session, name, now=now) for name in dead)
