"""Deliveries on their way: claimed by one worker, and every outcome written once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound
from sharebot.models import Asset, Attempt, Delivery, Officer, QueueEntry
from sharebot.store.bots import is_halted
from sharebot.values.status import (
    AttemptOutcome,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    OfficerStatus,
)

CHAT_PACE = timedelta(seconds=1)  # one message a second to a private chat
BACKLOG = 3  # items that somebody gets at once after an absence


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker alone may send now; `number` counts its attempts."""

    delivery_id: int
    attempt_id: int
    officer_id: int
    number: int
    copies: int


def claim_due(session: Session, *, now: datetime, limit: int, worker: str) -> list[Claim]:
    """Take up to `limit` due deliveries, at most one an officer, and write their attempt rows.

    Nothing is claimed while the bot is paused or halted, of an entry not released, or past its expiry.
    """
    if is_halted(session, now=now):
        return []
    ids = _choose_due(session, now=now, limit=limit)
    if not ids:
        return []
    claimed = session.scalars(
        update(Delivery)
        .where(col(Delivery.id).in_(ids), col(Delivery.status) == DeliveryStatus.QUEUED)
        .values(status=DeliveryStatus.SENDING, sending_since=now, attempts=col(Delivery.attempts) + 1)
        .returning(Delivery)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    officers = [delivery.officer_id for delivery in claimed]
    pace = update(Officer).where(col(Officer.id).in_(officers))
    session.execute(pace.values(next_send_at=now + CHAT_PACE))
    return [_open_attempt(session, delivery, worker=worker, now=now) for delivery in _in_order(claimed)]


def _choose_due(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Return the earliest due delivery of each officer who may be written to now."""
    busy = select(Delivery.officer_id).where(Delivery.status == DeliveryStatus.SENDING)
    released = select(QueueEntry.id).where(QueueEntry.status == EntryStatus.RELEASED)
    firsts = (
        select(func.min(Delivery.id))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(
            Delivery.status == DeliveryStatus.QUEUED,
            Delivery.due_at <= now,
            Delivery.expires_at > now,
            Officer.status == OfficerStatus.ACTIVE,
            col(Officer.next_send_at).is_(None) | (col(Officer.next_send_at) <= now),
            col(Delivery.officer_id).not_in(busy),
            or_(col(Delivery.entry_id).is_(None), col(Delivery.entry_id).in_(released)),
        )
        .group_by(col(Delivery.officer_id))
    )
    due = select(Delivery.id).where(col(Delivery.id).in_(firsts))
    due = due.order_by(col(Delivery.due_at), col(Delivery.id)).limit(limit)
    if session.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    return [delivery_id for delivery_id in session.exec(due) if delivery_id is not None]


def _in_order(deliveries: Sequence[Delivery]) -> list[Delivery]:
    return sorted(deliveries, key=lambda delivery: (delivery.due_at, delivery.id or 0))


def _open_attempt(session: Session, delivery: Delivery, *, worker: str, now: datetime) -> Claim:
    attempt = Attempt(delivery_id=delivery.id or 0, number=delivery.attempts, worker=worker, started_at=now)
    session.add(attempt)
    session.flush()
    return Claim(delivery.id or 0, attempt.id or 0, delivery.officer_id, delivery.attempts, delivery.copies)


def is_held(session: Session, claim: Claim) -> bool:
    """Whether the delivery is still this claim's: a process that slept for long may have lost it."""
    held = select(Delivery.id).where(
        Delivery.id == claim.delivery_id,
        Delivery.status == DeliveryStatus.SENDING,
        Delivery.attempts == claim.number,
    )
    return session.exec(held).first() is not None


def record_body(session: Session, claim: Claim, sha256: str) -> None:
    """Write the hash of what is about to be sent, before the first byte leaves."""
    session.execute(update(Attempt).where(col(Attempt.id) == claim.attempt_id).values(body_sha256=sha256))


def mark_sent(session: Session, claim: Claim, *, message_id: int, now: datetime) -> bool:
    """Record success, also when it comes late: what was doubted meanwhile is not sent once more.

    False when the delivery is no longer this claim's.
    """
    _close(session, claim, AttemptOutcome.SENT, now=now)
    arrived = {"status": DeliveryStatus.SENT, "message_id": message_id, "sent_at": now, "error": None}
    if _move(session, claim, copies=col(Delivery.copies) + 1, **arrived):
        return True
    doubted = update(Delivery).where(
        col(Delivery.id) == claim.delivery_id,
        col(Delivery.attempts) == claim.number,
        in_doubt(),
    )
    return session.execute(doubted.values(**arrived).returning(col(Delivery.id))).first() is not None


def in_doubt() -> ColumnElement[bool]:
    """Say of which deliveries a copy may have arrived that nobody has confirmed."""
    waiting = and_(col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.copies) > 0)
    return or_(col(Delivery.status).in_([DeliveryStatus.UNCERTAIN, DeliveryStatus.NEEDS_REVIEW]), waiting)


def mark_not_sent(session: Session, claim: Claim, error: str, *, retry_at: datetime, now: datetime) -> bool:
    """Queue again what provably did not leave."""
    _close(session, claim, AttemptOutcome.NOT_SENT, error, now=now)
    return _move(session, claim, status=DeliveryStatus.QUEUED, due_at=retry_at, error=error[:300])


def put_back(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Queue again what was claimed and not tried, because the bot was halted meanwhile."""
    _close(session, claim, AttemptOutcome.NOT_SENT, "the bot was halted", now=now)
    return _move(session, claim, status=DeliveryStatus.QUEUED)


def mark_rate_limited(session: Session, claim: Claim, *, until: datetime, now: datetime) -> bool:
    """Queue again what a 429 refused."""
    _close(session, claim, AttemptOutcome.RATE_LIMITED, now=now)
    return _move(session, claim, status=DeliveryStatus.QUEUED, due_at=until)


def mark_uncertain(session: Session, claim: Claim, error: str, *, now: datetime) -> bool:
    """Record that a copy may have reached the chat."""
    _close(session, claim, AttemptOutcome.UNKNOWN, error, now=now)
    return _move(session, claim, **_uncertain(error, now))


def mark_failed(session: Session, claim: Claim, error: str, *, now: datetime) -> bool:
    """Record that this cannot be sent."""
    _close(session, claim, AttemptOutcome.REFUSED, error, now=now)
    return _move(session, claim, status=DeliveryStatus.FAILED, error=error[:300])


def _uncertain(error: str, now: datetime) -> dict[str, object]:
    return {
        "status": DeliveryStatus.UNCERTAIN,
        "due_at": now,
        "copies": col(Delivery.copies) + 1,
        "error": error[:300],
    }


def _close(session: Session, claim: Claim, outcome: AttemptOutcome, error: str | None = None, *, now: datetime) -> None:
    open_attempt = update(Attempt).where(
        col(Attempt.id) == claim.attempt_id,
        col(Attempt.outcome).in_([AttemptOutcome.OPEN, AttemptOutcome.UNKNOWN]),
    )
    session.execute(open_attempt.values(outcome=outcome, error=error and error[:300], ended_at=now))


def _move(session: Session, claim: Claim, **values: object) -> bool:
    moved = session.execute(
        update(Delivery)
        .where(
            col(Delivery.id) == claim.delivery_id,
            col(Delivery.status) == DeliveryStatus.SENDING,
            col(Delivery.attempts) == claim.number,
        )
        .values(sending_since=None, **values)
        .returning(col(Delivery.id))
    ).first()
    return moved is not None


def pause_entry(session: Session, delivery_id: int, note: str) -> None:
    """Pause the entry of a delivery whose content Telegram refuses; the rest of it waits for staff."""
    delivery = get_delivery(session, delivery_id)
    session.execute(
        update(QueueEntry)
        .where(col(QueueEntry.id) == delivery.entry_id, col(QueueEntry.status) == EntryStatus.RELEASED)
        .values(status=EntryStatus.PAUSED, note=note[:500])
    )


def remember_file(session: Session, delivery_id: int, url: str, file_id: str) -> None:
    """Keep the messenger's handle of a file, so that it is uploaded once only."""
    delivery = get_delivery(session, delivery_id)
    session.execute(
        update(Asset)
        .where(and_(col(Asset.variant_id) == delivery.variant_id, col(Asset.url) == url))
        .values(file_id=file_id)
    )


def hold_back_backlog(session: Session, officer_id: int, *, now: datetime) -> int:
    """Leave somebody who comes back only the latest items that are due; return how many are held back."""
    due = (
        col(Delivery.officer_id) == officer_id,
        col(Delivery.kind) == DeliveryKind.ITEM,
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.due_at) <= now,
    )
    latest = select(Delivery.id).where(*due, Delivery.expires_at > now)
    kept = session.exec(latest.order_by(col(Delivery.due_at).desc(), col(Delivery.id).desc()).limit(BACKLOG)).all()
    held = update(Delivery).where(*due, col(Delivery.id).not_in(kept)).values(status=DeliveryStatus.SUPPRESSED)
    return len(session.execute(held.returning(col(Delivery.id))).all())


def get_delivery(session: Session, delivery_id: int) -> Delivery:
    """Return the delivery. Raises NotFound."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise NotFound(f"there is no delivery {delivery_id}")
    return delivery


def add_welcome(session: Session, officer_id: int, *, now: datetime, expires_at: datetime) -> None:
    """Queue the welcome that follows a confirmation."""
    earlier = select(func.count()).where(Delivery.officer_id == officer_id, Delivery.kind == DeliveryKind.WELCOME)
    number = session.exec(earlier).one() + 1
    session.add(
        Delivery(
            key=f"welcome:{officer_id}:{number}",
            kind=DeliveryKind.WELCOME,
            officer_id=officer_id,
            due_at=now,
            expires_at=expires_at,
            created_at=now,
        )
    )
