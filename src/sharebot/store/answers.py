"""What officers say of a delivery."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.models import Answer, Chat, Delivery, Officer, QueueEntry
from sharebot.store.database import vault_of
from sharebot.store.recovery import prove_arrival
from sharebot.store.reshares import record_claim
from sharebot.values.posts import PastedLink
from sharebot.values.status import AnswerKind, DeclineReason, DeliveryKind, EntryStatus, OfficerStatus

_OPEN = (OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Said:
    """A tap or link that counts; `colleagues` are the deliveries whose messages should show it too."""

    delivery_id: int
    colleagues: tuple[int, ...] = ()


def find_own(session: Session, delivery_id: int, *, bot_id: int, address: int) -> Delivery | None:
    """Return the delivery when it went to this chat, else None: callback data is no authority."""
    index = vault_of(session).index(str(address))
    own = (
        select(Delivery)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(
            Delivery.id == delivery_id,
            col(Officer.status).in_(_OPEN),
            Chat.bot_id == bot_id,
            Chat.address_index == index,
        )
    )
    return session.exec(own).first()


def record_answer(
    session: Session,
    delivery: Delivery,
    kind: AnswerKind,
    *,
    now: datetime,
    reason: DeclineReason | None = None,
    link: PastedLink | None = None,
) -> Said:
    """Write what the officer says; the latest word holds, and "shared" becomes a claim of their party."""
    prove_arrival(session, delivery.id or 0, now=now)
    answer = session.exec(select(Answer).where(Answer.delivery_id == delivery.id)).first()
    answer = answer or Answer(delivery_id=delivery.id or 0, kind=kind, at=now)
    answer.kind, answer.reason, answer.at = kind, reason, now
    answer.network = link.network if link else answer.network
    session.add(answer)
    session.flush()
    if kind is AnswerKind.SHARED:
        record_claim(session, delivery.id or 0, link=link, now=now)
    return Said(delivery.id or 0, tuple(_colleagues(session, delivery)))


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
        )
    )
    return [number for number in session.exec(others.order_by(col(Delivery.id))) if number]


def is_withdrawn(session: Session, delivery: Delivery) -> bool:
    """Whether staff withdrew what was delivered."""
    entry = session.get(QueueEntry, delivery.entry_id) if delivery.entry_id else None
    return entry is not None and entry.status is EntryStatus.WITHDRAWN


def list_open(session: Session, officer_id: int, *, now: datetime, limit: int = 5) -> list[Delivery]:
    """Return the officer's latest items that are still worth sharing, newest first."""
    items = (
        select(Delivery)
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            Delivery.officer_id == officer_id,
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
