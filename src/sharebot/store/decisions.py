"""Messages of which nobody knows whether they arrived: a person decides, on the page or in staff's chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.models import Attempt, Delivery, Member, Officer, QueueEntry
from sharebot.store.chats import main_chat
from sharebot.store.deliveries import new_delivery
from sharebot.store.titles import Title, list_titles
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import AttemptOutcome, Decision, DeliveryKind, DeliveryStatus

ASKED_AT_ONCE = 5  # more are decided on the page
_QUESTION_LASTS = timedelta(days=7)
_AGAIN_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message that a person has to decide on; never a chat id."""

    delivery_id: int
    entry_id: int | None
    member_name: str
    title: Title
    kind: DeliveryKind
    copies: int
    tried_at: datetime
    error: str


def list_doubts(session: Session, *, language: str, limit: int = 200) -> list[Doubt]:
    """Return the messages that wait for a decision, the oldest first."""
    rows = session.exec(
        select(Delivery, Member, QueueEntry)
        .outerjoin(Officer, col(Officer.id) == col(Delivery.officer_id))
        .outerjoin(Member, col(Member.id) == col(Officer.member_id))
        .outerjoin(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(Delivery.status == DeliveryStatus.NEEDS_REVIEW)
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(limit)
    ).all()
    titles = list_titles(session, {entry.content_id for _, _, entry in rows if entry}, language=language)
    return [
        Doubt(
            delivery.id or 0,
            delivery.entry_id,
            member.name if member else "",
            titles.get(entry.content_id if entry else 0, Title("–", language)),
            delivery.kind,
            delivery.copies,
            delivery.due_at,
            delivery.error or "",
        )
        for delivery, member, entry in rows
    ]


def decide(session: Session, delivery_ids: Sequence[int], decision: Decision, *, now: datetime) -> int:
    """Carry out what a person decided; return for how many, without those decided already.

    `arrived`: the message counts as sent. `again`: one more copy goes out, marked as one. `drop`: no more.
    """
    values: dict[Decision, dict[str, object]] = {
        Decision.ARRIVED: {"status": DeliveryStatus.SENT, "sent_at": now, "error": None},
        Decision.AGAIN: {"status": DeliveryStatus.QUEUED, "due_at": now, "expires_at": now + _AGAIN_LASTS},
        Decision.DROP: {"status": DeliveryStatus.CANCELLED},
    }
    decided = session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(delivery_ids), col(Delivery.status) == DeliveryStatus.NEEDS_REVIEW)
        .values(**values[decision])
        .returning(col(Delivery.id))
        .execution_options(synchronize_session=False)
    ).scalars()
    ids = list(decided)
    if decision is Decision.ARRIVED:
        _close_attempts(session, ids)
    return len(ids)


def close_questions(session: Session, delivery_ids: Sequence[int], *, now: datetime) -> None:
    """Have staff's chat shown that these were decided elsewhere."""
    asked = update(Delivery).where(col(Delivery.about_id).in_(delivery_ids), col(Delivery.message_id).is_not(None))
    session.execute(asked.values(edit_at=now).execution_options(synchronize_session=False))


def _close_attempts(session: Session, ids: Sequence[int]) -> None:
    doubted = update(Attempt).where(col(Attempt.delivery_id).in_(ids), col(Attempt.outcome) == AttemptOutcome.UNKNOWN)
    session.execute(doubted.values(error="a person says that it arrived"))


def ask_staff(session: Session, *, staff_chat: int | None, now: datetime) -> int:
    """Queue a question to staff's chat for each new doubt; return how many. Many at once are left to the page."""
    if staff_chat is None:
        return 0
    asked = select(Delivery.about_id).where(Delivery.kind == DeliveryKind.REVIEW, col(Delivery.about_id).is_not(None))
    new = session.exec(
        select(Delivery)
        .where(
            Delivery.status == DeliveryStatus.NEEDS_REVIEW,
            Delivery.kind != DeliveryKind.REVIEW,
            col(Delivery.id).not_in(asked),
        )
        .limit(ASKED_AT_ONCE + 1)
    ).all()
    if not new or len(new) > ASKED_AT_ONCE:
        return 0
    chat = main_chat(session, staff_chat)
    rows = [
        new_delivery(
            f"review:{one.id}",
            DeliveryKind.REVIEW,
            chat=chat,
            entry_id=one.entry_id,
            variant_id=one.variant_id,
            about_id=one.id,
            due_at=now,
            expires_at=now + _QUESTION_LASTS,
            now=now,
        )
        for one in new
    ]
    return insert_ignore(session, Delivery, rows)
