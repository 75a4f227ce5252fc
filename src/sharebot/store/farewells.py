"""Chats that hear from us once more and are forgotten after it: turned away, or succeeded by somebody."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from sharebot.models import Chat, Delivery, Officer, PassingMessage
from sharebot.store.deliveries import new_delivery
from sharebot.store.erasure import erase, forget_chat
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import DeliveryKind, DeliveryStatus, OfficerStatus

FAREWELL_LASTS = timedelta(days=1)
FAREWELL = "farewell:"  # how the key of such a delivery begins
_UNDER_WAY = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN)


def turn_away(session: Session, officer_id: int, *, now: datetime | None) -> None:
    """Free a seat of who came there; with `now` their chat hears the neutral answer before it is forgotten."""
    officer = session.get(Officer, officer_id, populate_existing=True)
    chat = session.get(Chat, officer.chat_id) if officer and officer.chat_id else None
    if officer is None or chat is None:
        return
    officer.chat_id = officer.joined_at = officer.consented_at = officer.name_sealed = None
    session.add(officer)
    session.flush()
    if now is None:
        forget_chat(session, chat, now=None)
    else:
        _add_farewell(session, chat, officer_id, now=now)


def end_predecessor(session: Session, successor_id: int, *, now: datetime) -> None:
    """End the seat that is handed over to a successor whom staff have let in; it is erased once it was told."""
    successor = session.get(Officer, successor_id, populate_existing=True)
    old = session.get(Officer, successor.replaces_id) if successor and successor.replaces_id else None
    if old is None or old.status is OfficerStatus.GONE:
        return
    chat = session.get(Chat, old.chat_id) if old.chat_id else None
    session.execute(update(Officer).where(col(Officer.id) == old.id).values(status=OfficerStatus.GONE))
    if chat is None:
        erase(session, old.id or 0, now=now)
    else:
        _add_farewell(session, chat, successor_id, now=now)


def forget_told(session: Session, *, now: datetime) -> int:
    """Erase whoever has had their farewell, or cannot get it; return how many.

    What is to vanish from a chat goes first: once the chat is forgotten, nobody could delete it.
    """
    over = select(Delivery.chat_id, Officer.id).outerjoin(Officer, col(Officer.chat_id) == col(Delivery.chat_id))
    over = over.where(
        col(Delivery.about_officer_id).is_not(None),  # as all farewells; there is an index on that
        col(Delivery.key).startswith(FAREWELL),
        col(Delivery.chat_id).is_not(None),
        or_(col(Officer.id).is_(None), col(Officer.status) == OfficerStatus.GONE),
        col(Delivery.status).not_in(_UNDER_WAY),
        col(Delivery.chat_id).not_in(select(PassingMessage.chat_id)),
    )
    rows = session.exec(over).all()
    for chat_id, officer_id in rows:
        chat = session.get(Chat, chat_id)
        if officer_id is not None:
            erase(session, officer_id, now=now)
        elif chat is not None:
            forget_chat(session, chat, now=now)
    return len(rows)


def _add_farewell(session: Session, chat: Chat, about_officer_id: int, *, now: datetime) -> None:
    earlier = select(func.count()).where(col(Delivery.key).startswith(f"{FAREWELL}{about_officer_id}:"))
    row = new_delivery(
        f"{FAREWELL}{about_officer_id}:{session.exec(earlier).one() + 1}",
        DeliveryKind.JOINED,
        chat=(chat.id or 0, chat.bot_id),
        due_at=now,
        expires_at=now + FAREWELL_LASTS,
        now=now,
    )
    insert_ignore(session, Delivery, [row | {"about_officer_id": about_officer_id}])
