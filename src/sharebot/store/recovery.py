"""Deliveries whose fate nobody saw: found after a crash, waited for, sent once more or given to a person."""

from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from sharebot.models import Attempt, Delivery
from sharebot.rules.sending import LOST_AFTER, MAX_COPIES, UNCERTAIN_WAIT
from sharebot.store.deliveries import in_doubt
from sharebot.values.status import AttemptOutcome, DeliveryStatus

CRASHED = "the worker died while sending"


def recover_own(session: Session, *, worker: str, now: datetime) -> int:
    """Doubt what an earlier process of this worker's name left `sending`."""
    own = select(Attempt.delivery_id).where(Attempt.worker == worker, Attempt.outcome == AttemptOutcome.OPEN)
    return _to_uncertain(session, col(Delivery.id).in_(own), now=now)


def recover_lost(session: Session, *, now: datetime) -> int:
    """Doubt what has been `sending` longer than any send can take."""
    return _to_uncertain(session, col(Delivery.sending_since) <= now - LOST_AFTER, now=now)


def _to_uncertain(session: Session, condition: object, *, now: datetime) -> int:
    found = session.execute(
        update(Delivery)
        .where(col(Delivery.status) == DeliveryStatus.SENDING, condition)  # type: ignore[arg-type]
        .values(
            status=DeliveryStatus.UNCERTAIN,
            sending_since=None,
            due_at=now,
            copies=col(Delivery.copies) + 1,
            error=CRASHED,
        )
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).scalars()
    ids = list(found)
    lost = update(Attempt).where(col(Attempt.delivery_id).in_(ids), col(Attempt.outcome) == AttemptOutcome.OPEN)
    session.execute(lost.values(outcome=AttemptOutcome.UNKNOWN, error=CRASHED, ended_at=now))
    return len(ids)


def resolve_uncertain(session: Session, *, now: datetime) -> tuple[int, int]:
    """After 90 s without evidence: queue one marked copy, or hand over to a person; return both counts."""
    waited = (col(Delivery.status) == DeliveryStatus.UNCERTAIN, col(Delivery.due_at) <= now - UNCERTAIN_WAIT)
    again = session.execute(
        update(Delivery)
        .where(*waited, col(Delivery.copies) < MAX_COPIES, col(Delivery.expires_at) > now)
        .values(status=DeliveryStatus.QUEUED, due_at=now)
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).all()
    given = session.execute(
        update(Delivery)
        .where(*waited)
        .values(status=DeliveryStatus.NEEDS_REVIEW)
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).all()
    return len(again), len(given)


def prove_arrival(session: Session, delivery_id: int, *, now: datetime, message_id: int | None = None) -> None:
    """Believe a tap: it proves that the message arrived, whatever was thought of it, and says which it is."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, in_doubt())
        .values(
            status=DeliveryStatus.SENT,
            sent_at=now,
            error=None,
            message_id=func.coalesce(col(Delivery.message_id), message_id),
        )
    )


def expire_due(session: Session, *, now: datetime) -> int:
    """End queued deliveries whose time is over; return how many."""
    over = session.execute(
        update(Delivery)
        .where(col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.expires_at) <= now)
        .values(status=DeliveryStatus.EXPIRED)
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).all()
    return len(over)
