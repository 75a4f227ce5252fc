"""Updates of the Bot API: stored before they are acknowledged, taken once, in order."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.models import InboxUpdate
from sharebot.store.chats import find_chat
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
    """Note that an update took effect, or why it could not.

    Of one that did, and of what strangers wrote, nothing is kept but the number, against a repeat.
    """
    mine = (col(InboxUpdate.bot_id) == bot_id, col(InboxUpdate.update_id) == update_id)
    done: dict[str, object] = {"done_at": now, "error": error and error[:300]}
    body = session.exec(select(InboxUpdate.body).where(*mine)).first() if error else None
    if body is None or not _is_known(session, bot_id, body):
        done["body"] = ""
    session.execute(update(InboxUpdate).where(*mine).values(**done))


def _is_known(session: Session, bot_id: int, body: str) -> bool:
    """Whether an update came from a chat that this bot writes to."""
    try:
        told = json.loads(body)
    except ValueError:
        return False
    parts = [part for part in told.values() if isinstance(part, dict)] if isinstance(told, dict) else []
    parts += [part["message"] for part in parts if isinstance(part.get("message"), dict)]
    places = [part.get(name) for part in parts for name in ("chat", "from")]
    numbers = {place["id"] for place in places if isinstance(place, dict) and isinstance(place.get("id"), int)}
    return any(find_chat(session, bot_id, number) is not None for number in numbers)


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
