"""Deliveries whose fate nobody saw: found after a crash, waited for, sent once more or given to a person."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from sharebot.models import Attempt, Chat, Delivery, Officer, QueueEntry, Variant
from sharebot.rules.sending import CHAT_PACE, LOST_AFTER, MAX_COPIES
from sharebot.store.members import lock_party
from sharebot.store.outcomes import in_doubt
from sharebot.values.status import AttemptOutcome, ChatKind, DeliveryKind, DeliveryStatus

CRASHED = "the worker died while sending"
_FOR_STAFF = (DeliveryKind.PREVIEW, DeliveryKind.REVIEW, DeliveryKind.JOINED, DeliveryKind.PROPOSAL)


def list_open_workers(session: Session) -> list[str]:
    """Return the names of the workers that have begun a send and not said how it ended."""
    return list(session.exec(select(Attempt.worker).where(Attempt.outcome == AttemptOutcome.OPEN).distinct()))


def recover_worker(session: Session, worker: str, *, now: datetime) -> int:
    """Doubt what a worker that is dead left `sending`; return how many."""
    own = select(Attempt.delivery_id).where(Attempt.worker == worker, Attempt.outcome == AttemptOutcome.OPEN)
    return _to_uncertain(session, col(Delivery.id).in_(own), now=now)


def put_back_orphans(session: Session, worker: str, *, bot_id: int, known: Sequence[int], now: datetime) -> int:
    """Queue again what this worker claimed and does not know of: its commit's answer was lost, nothing was sent."""
    own = (
        select(Attempt.delivery_id)
        .join(Delivery, col(Delivery.id) == col(Attempt.delivery_id))
        .where(
            Attempt.worker == worker,
            Attempt.outcome == AttemptOutcome.OPEN,
            Delivery.bot_id == bot_id,
            col(Attempt.delivery_id).not_in(known),
        )
    )
    orphans = list(session.exec(own))
    back = update(Delivery).where(col(Delivery.id).in_(orphans), col(Delivery.status) == DeliveryStatus.SENDING)
    session.execute(back.values(status=DeliveryStatus.QUEUED, sending_since=None))
    closed = update(Attempt).where(col(Attempt.delivery_id).in_(orphans), col(Attempt.outcome) == AttemptOutcome.OPEN)
    session.execute(closed.values(outcome=AttemptOutcome.NOT_SENT, error="not tried", ended_at=now))
    return len(orphans)


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
        .returning(col(Delivery.id), col(Delivery.chat_id))
        .execution_options(synchronize_session=False)
    ).all()
    ids = [delivery_id for delivery_id, _ in found]
    rest = update(Chat).where(col(Chat.id).in_([chat_id for _, chat_id in found]))
    session.execute(rest.values(next_send_at=now + CHAT_PACE))
    lost = update(Attempt).where(col(Attempt.delivery_id).in_(ids), col(Attempt.outcome) == AttemptOutcome.OPEN)
    session.execute(lost.values(outcome=AttemptOutcome.UNKNOWN, error=CRASHED, ended_at=now))
    return len(ids)


def resolve_uncertain(session: Session, *, now: datetime, wait: timedelta) -> tuple[int, int]:
    """After `wait` without evidence: queue one marked copy, or hand over to a person; return both counts.

    In a group or channel a second copy would be seen by many: there a person decides. A forward, which no line can
    mark as a copy, is given up: the item behind it says everything.
    """
    waited = (col(Delivery.status) == DeliveryStatus.UNCERTAIN, col(Delivery.due_at) <= now - wait)
    forwards = update(Delivery).where(*waited, col(Delivery.kind) == DeliveryKind.FORWARD)
    session.execute(forwards.values(status=DeliveryStatus.FAILED), execution_options={"synchronize_session": False})
    private = select(Chat.id).where(col(Chat.kind).in_([ChatKind.PRIVATE, ChatKind.MAILBOX]))
    # What is for staff may come twice wherever it is shown.
    harmless = or_(col(Delivery.chat_id).in_(private), col(Delivery.kind).in_(_FOR_STAFF))
    again = session.execute(
        update(Delivery)
        .where(*waited, col(Delivery.copies) < MAX_COPIES, col(Delivery.expires_at) > now, harmless)
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
    lock_party(session, session.exec(select(Delivery.officer_id).where(Delivery.id == delivery_id)).first())
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


def prove_by_clicks(session: Session, links: Collection[tuple[int, int]], *, now: datetime) -> None:
    """Do for counted clicks on many parties' links, as (member, variant), what `prove_by_click` does for one.

    Nearly always no message is in doubt: that is asked first, and once for all.
    """
    if not links:
        return
    entries = (
        select(QueueEntry.id)
        .join(Variant, col(Variant.content_id) == col(QueueEntry.content_id))
        .where(col(Variant.id).in_({variant_id for _, variant_id in links}))
    )
    doubtful = (
        select(Officer.member_id, Delivery.variant_id)
        .join(Delivery, col(Delivery.officer_id) == col(Officer.id))
        .where(
            col(Delivery.entry_id).in_(entries),
            # Every kind by its name: the index by entry goes through the kinds.
            col(Delivery.kind).in_([kind for kind in DeliveryKind if kind is not DeliveryKind.FORWARD]),
            col(Delivery.status).in_([DeliveryStatus.UNCERTAIN, DeliveryStatus.NEEDS_REVIEW, DeliveryStatus.QUEUED]),
            Delivery.copies > 0,
        )
        .distinct()
    )
    for member_id, variant_id in sorted(set(links) & set(session.exec(doubtful).all())):
        prove_by_click(session, member_id=member_id, variant_id=variant_id, now=now)


def prove_by_click(session: Session, *, member_id: int, variant_id: int, now: datetime) -> None:
    """Believe a counted click on a party's own link, when one message alone has brought it to them."""
    brought = (
        select(Delivery.id)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(
            Officer.member_id == member_id,
            Delivery.variant_id == variant_id,
            Delivery.copies > 0,
            Delivery.kind != DeliveryKind.FORWARD,
        )
        .limit(2)
    )
    found = session.exec(brought).all()
    if len(found) == 1 and found[0] is not None:
        prove_arrival(session, found[0], now=now)


def expire_due(session: Session, *, now: datetime) -> int:
    """End deliveries that are queued or held when their time is over; return how many."""
    over = session.execute(
        update(Delivery)
        .where(col(Delivery.status).in_([DeliveryStatus.QUEUED, DeliveryStatus.HELD]), col(Delivery.expires_at) <= now)
        .values(status=DeliveryStatus.EXPIRED)
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).all()
    return len(over)
