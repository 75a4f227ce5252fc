"""Updates of the Bot API: stored before they are acknowledged, taken once, in order."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.models import InboxUpdate
from sharebot.store.upsert import insert_ignore


def store_updates(session: Session, bot_id: int, updates: Sequence[tuple[int, str]], *, now: datetime) -> int:
    """Keep raw updates, leaving out those known already; return how many were new."""
    rows = [{"bot_id": bot_id, "update_id": number, "body": body, "received_at": now} for number, body in updates]
    return insert_ignore(session, InboxUpdate, rows)


def claim_pending(session: Session, bot_id: int, *, worker: str, limit: int = 100) -> list[InboxUpdate]:
    """Take stored updates that have not taken effect, oldest first; no other living worker gets them.

    What this worker had taken before and not ended comes again: its effect may have failed to be written down.
    """
    mine = or_(col(InboxUpdate.taken_by).is_(None), col(InboxUpdate.taken_by) == worker)
    pending = (
        select(InboxUpdate)
        .where(InboxUpdate.bot_id == bot_id, col(InboxUpdate.done_at).is_(None), mine)
        .order_by(col(InboxUpdate.update_id))
        .limit(limit)
        .with_for_update()
    )
    rows = list(session.exec(pending))
    for row in rows:
        row.taken_by = worker
        session.add(row)
    return rows


def list_takers(session: Session) -> set[str]:
    """Return the workers that have taken updates and not ended them."""
    taken = select(InboxUpdate.taken_by).where(
        col(InboxUpdate.done_at).is_(None), col(InboxUpdate.taken_by).is_not(None)
    )
    return {name for name in session.exec(taken.distinct()) if name}


def free_taken(session: Session, worker: str) -> None:
    """Let others take what a dead worker had taken and not ended."""
    left = update(InboxUpdate).where(col(InboxUpdate.taken_by) == worker, col(InboxUpdate.done_at).is_(None))
    session.execute(left.values(taken_by=None))


def mark_done(session: Session, bot_id: int, update_id: int, *, now: datetime, error: str | None = None) -> None:
    """Note that an update took effect, or why it could not."""
    done = update(InboxUpdate).where(col(InboxUpdate.bot_id) == bot_id, col(InboxUpdate.update_id) == update_id)
    session.execute(done.values(done_at=now, error=error and error[:300]))


def next_offset(session: Session, bot_id: int) -> int | None:
    """Return the offset that acknowledges everything stored, or None at the very beginning."""
    latest = session.exec(select(func.max(InboxUpdate.update_id)).where(InboxUpdate.bot_id == bot_id)).one()
    return None if latest is None else latest + 1


def delete_done(session: Session, *, before: datetime) -> None:
    """Delete updates that took effect before then, but the latest: polling goes on from it."""
    later = aliased(InboxUpdate)
    latest = select(func.max(later.update_id)).where(later.bot_id == InboxUpdate.bot_id).scalar_subquery()
    old = delete(InboxUpdate).where(col(InboxUpdate.done_at) < before, col(InboxUpdate.update_id) < latest)
    session.execute(old.execution_options(synchronize_session=False))
