"""What officers say of a delivery."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sharebot.models import Answer, Chat, Delivery, Officer, QueueEntry
from sharebot.store.database import vault_of
from sharebot.store.findings import record_claim
from sharebot.store.recovery import prove_arrival
from sharebot.values.posts import PastedLink
from sharebot.values.status import (
    AnswerKind,
    ChatKind,
    DeclineReason,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    OfficerStatus,
)

_OPEN = (OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Said:
    """A tap or link that counts; `colleagues` are the deliveries whose messages should show it too."""

    delivery_id: int
    colleagues: tuple[int, ...] = ()


def find_own(session: Session, delivery_id: int, *, bot_id: int, address: int) -> Delivery | None:
    """Return the delivery when it went to this chat or to the group of its officer's party, else None.

    Callback data is no authority.
    """
    index = vault_of(session).index(str(address))
    own = (
        select(Delivery)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(
            Delivery.id == delivery_id,
            col(Officer.status).in_(_OPEN),
            Chat.bot_id == bot_id,
            or_(col(Chat.address_index) == index, and_(col(Chat.kind) == ChatKind.GROUP, _speaks_there(index))),
        )
    )
    return session.exec(own).first()


def _speaks_there(index: str) -> ColumnElement[bool]:
    """Say that the person with this private chat is an officer of the same party."""
    speaker, private = aliased(Officer), aliased(Chat)
    speaks = (
        select(speaker.id)
        .join(private, col(private.id) == col(speaker.chat_id))
        .where(
            speaker.member_id == Officer.member_id,
            col(speaker.status).in_([OfficerStatus.ACTIVE, OfficerStatus.PAUSED]),
            private.kind == ChatKind.PRIVATE,
            private.address_index == index,
        )
    )
    return speaks.correlate(Officer).exists()


def reach_of(officer_id: int) -> SelectOfScalar[Any]:
    """Select the seats whose items reach an officer: their own, and the group of their party."""
    mine = select(Officer.member_id).where(Officer.id == officer_id).scalar_subquery()
    at_groups = col(Officer.chat_id).in_(select(Chat.id).where(Chat.kind == ChatKind.GROUP))
    own, shared = col(Officer.id) == officer_id, and_(col(Officer.member_id) == mine, at_groups)
    return select(col(Officer.id)).where(or_(own, shared))


def record_answer(  # noqa: PLR0913 - one word, and all that may belong to it
    session: Session,
    delivery: Delivery,
    kind: AnswerKind,
    *,
    now: datetime,
    reason: DeclineReason | None = None,
    link: PastedLink | None = None,
    officer_id: int | None = None,
) -> Said:
    """Write what the officer says; the latest word holds, and "shared" becomes a claim of their party.

    `officer_id` is who of a group's officers it was; no reminder is left from an earlier word.
    """
    prove_arrival(session, delivery.id or 0, now=now)
    answer = session.exec(select(Answer).where(Answer.delivery_id == delivery.id)).first()
    answer = answer or Answer(delivery_id=delivery.id or 0, kind=kind, at=now)
    answer.kind, answer.reason, answer.at = kind, reason, now
    answer.network = link.network if link else answer.network
    answer.officer_id, answer.remind_at = officer_id or delivery.officer_id, None
    session.add(answer)
    session.flush()
    _drop_reminder(session, delivery)
    if kind is AnswerKind.SHARED:
        record_claim(session, delivery.id or 0, link=link, now=now)
    return Said(delivery.id or 0, tuple(_colleagues(session, delivery)))


def _drop_reminder(session: Session, delivery: Delivery) -> None:
    """Whoever has spoken need not be reminded of what they said before."""
    waiting = update(Delivery).where(
        col(Delivery.about_id) == delivery.id,
        col(Delivery.kind) == DeliveryKind.REMINDER,
        col(Delivery.status) == DeliveryStatus.QUEUED,
    )
    session.execute(waiting.values(status=DeliveryStatus.CANCELLED))


def take_back_decline(session: Session, delivery: Delivery) -> Said:
    """Forget that the officer declined, if they did; any other word stands."""
    declined = delete(Answer).where(col(Answer.delivery_id) == delivery.id, col(Answer.kind) == AnswerKind.DECLINED)
    gone = session.execute(declined.returning(col(Answer.id))).first()
    return Said(delivery.id or 0, tuple(_colleagues(session, delivery)) if gone else ())


def _colleagues(session: Session, delivery: Delivery) -> list[int]:
    """Return the deliveries of the same entry that went to other officers of the same member."""
    own = select(Officer.member_id).where(Officer.id == delivery.officer_id).scalar_subquery()
    others = (
        select(Delivery.id)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(
            col(Delivery.entry_id).is_not(None),
            Delivery.entry_id == delivery.entry_id,
            Delivery.id != delivery.id,
            Officer.member_id == own,
            col(Delivery.message_id).is_not(None),
            Delivery.kind != DeliveryKind.FORWARD,
        )
    )
    return [number for number in session.exec(others.order_by(col(Delivery.id))) if number]


def is_withdrawn(session: Session, delivery: Delivery) -> bool:
    """Whether staff withdrew what was delivered."""
    entry = session.get(QueueEntry, delivery.entry_id) if delivery.entry_id else None
    return entry is not None and entry.status is EntryStatus.WITHDRAWN


def list_open(session: Session, officer_id: int, *, now: datetime, limit: int = 5) -> list[Delivery]:
    """Return the latest items that reached the officer and are still worth sharing, newest first."""
    items = (
        select(Delivery)
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            col(Delivery.officer_id).in_(reach_of(officer_id)),
            Delivery.kind == DeliveryKind.ITEM,
            col(Delivery.message_id).is_not(None),
            QueueEntry.status == EntryStatus.RELEASED,
            Delivery.expires_at > now,
        )
    )
    return list(session.exec(items.order_by(col(Delivery.sent_at).desc()).limit(limit)))


def is_answered(session: Session, delivery_id: int) -> bool:
    """Whether the officer said "shared" or "not for us" of it."""
    final = [AnswerKind.SHARED, AnswerKind.DECLINED]
    said = select(Answer).where(Answer.delivery_id == delivery_id, col(Answer.kind).in_(final))
    return session.exec(said).first() is not None
