"""What became of a claim: every outcome is written once, guarded by the claim's own number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, update
from sqlmodel import Session, col, select

from sharebot.models import Attempt, Chat, Delivery
from sharebot.store.claims import Claim
from sharebot.values.status import AttemptOutcome, DeliveryStatus

_delivery: Any = Delivery.__table__  # type: ignore[attr-defined]
_attempt: Any = Attempt.__table__  # type: ignore[attr-defined]
_chat: Any = Chat.__table__  # type: ignore[attr-defined]

_SENT_ATTEMPTS = (
    update(_attempt)
    .where(
        _attempt.c.delivery_id == bindparam("d"),
        _attempt.c.number == bindparam("n"),
        or_(_attempt.c.outcome == AttemptOutcome.OPEN, _attempt.c.outcome == AttemptOutcome.UNKNOWN),
    )
    .values(outcome=AttemptOutcome.SENT, ended_at=bindparam("now"))
)
_SENT_DELIVERIES = (
    update(_delivery)
    .where(
        _delivery.c.id == bindparam("d"),
        _delivery.c.attempts == bindparam("n"),
        _delivery.c.status == DeliveryStatus.SENDING,
    )
    .values(
        status=DeliveryStatus.SENT,
        sending_since=None,
        message_id=bindparam("m"),
        sent_at=bindparam("now"),
        error=None,
        copies=_delivery.c.copies + 1,
    )
)
_FREE_CHATS = update(_chat).where(_chat.c.id == bindparam("c")).values(next_send_at=bindparam("at"))


def mark_all_sent(session: Session, sent: Sequence[tuple[Claim, int]], *, now: datetime) -> None:
    """Record successes with their message ids, late ones too: what was doubted meanwhile is not sent once more."""
    if not sent:
        return
    rows = [{"d": claim.delivery_id, "n": claim.number, "m": message_id, "now": now} for claim, message_id in sent]
    connection = session.connection()
    connection.execute(_SENT_ATTEMPTS, rows)
    moved = connection.execute(_SENT_DELIVERIES, rows).rowcount
    connection.execute(_FREE_CHATS, [{"c": claim.chat_id, "at": now + claim.rest} for claim, _ in sent])
    if moved < len(sent):
        for claim, message_id in sent:
            _end_doubt(session, claim, message_id=message_id, now=now)


def mark_sent(session: Session, claim: Claim, *, message_id: int, now: datetime) -> None:
    """Record one success."""
    mark_all_sent(session, [(claim, message_id)], now=now)


def _end_doubt(session: Session, claim: Claim, *, message_id: int, now: datetime) -> None:
    session.execute(
        update(Delivery)
        .where(col(Delivery.id) == claim.delivery_id, col(Delivery.attempts) == claim.number, in_doubt())
        .values(status=DeliveryStatus.SENT, message_id=message_id, sent_at=now, error=None)
    )


def in_doubt() -> ColumnElement[bool]:
    """Say of which deliveries a copy may have arrived that nobody has confirmed."""
    waiting = and_(col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.copies) > 0)
    return or_(col(Delivery.status).in_([DeliveryStatus.UNCERTAIN, DeliveryStatus.NEEDS_REVIEW]), waiting)


def mark_not_sent(session: Session, claim: Claim, error: str, *, retry_at: datetime, now: datetime) -> bool:
    """Queue again what provably did not leave; its chat waits until `retry_at`, so that the order holds."""
    _close(session, claim, AttemptOutcome.NOT_SENT, error, now=now)
    return _move(session, claim, free_at=retry_at, status=DeliveryStatus.QUEUED, error=error[:300])


def mark_rate_limited(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Queue again what a 429 refused; the caller halts the bot."""
    _close(session, claim, AttemptOutcome.RATE_LIMITED, now=now)
    return _move(session, claim, free_at=now + claim.rest, status=DeliveryStatus.QUEUED)


def put_back(session: Session, claim: Claim, *, now: datetime) -> bool:
    """Queue again what was claimed and not tried, because the bot was halted meanwhile."""
    _close(session, claim, AttemptOutcome.NOT_SENT, "not tried", now=now)
    return _move(session, claim, free_at=now, status=DeliveryStatus.QUEUED)


def mark_uncertain(session: Session, claim: Claim, error: str, *, now: datetime) -> bool:
    """Record that a copy may have reached the chat; `due_at` says since when it is doubted."""
    _close(session, claim, AttemptOutcome.UNKNOWN, error, now=now)
    values = {"due_at": now, "copies": col(Delivery.copies) + 1, "error": error[:300]}
    return _move(session, claim, free_at=now + claim.rest, status=DeliveryStatus.UNCERTAIN, **values)


def mark_failed(session: Session, claim: Claim, error: str, *, now: datetime) -> bool:
    """Record that this cannot be sent."""
    _close(session, claim, AttemptOutcome.REFUSED, error, now=now)
    return _move(session, claim, free_at=now, status=DeliveryStatus.FAILED, error=error[:300])


def _close(session: Session, claim: Claim, outcome: AttemptOutcome, error: str | None = None, *, now: datetime) -> None:
    open_attempt = update(Attempt).where(
        col(Attempt.delivery_id) == claim.delivery_id,
        col(Attempt.number) == claim.number,
        col(Attempt.outcome).in_([AttemptOutcome.OPEN, AttemptOutcome.UNKNOWN]),
    )
    # Whoever was erased meanwhile has no chat any more, and may stand in a server's words.
    chat_id = session.exec(select(Delivery.chat_id).where(Delivery.id == claim.delivery_id)).first()
    words = error[:300] if error and chat_id is not None else None
    session.execute(open_attempt.values(outcome=outcome, error=words, ended_at=now))


def _move(session: Session, claim: Claim, *, free_at: datetime, **values: object) -> bool:
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
    if moved is not None:
        session.execute(update(Chat).where(col(Chat.id) == claim.chat_id).values(next_send_at=free_at))
    return moved is not None
