"""Messages in the chats of people at high risk: noted with the moment to delete them, and deleted then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.models import Chat, Delivery, Officer, PassingMessage
from sharebot.store.chats import open_address
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import ChatKind

DELETABLE_FOR = timedelta(hours=48)  # what is older no bot may delete


@dataclass(frozen=True, slots=True)
class DueDeletion:
    """A message that is to go now."""

    chat_id: int
    bot_id: int
    address: int | str
    message_id: int


def note_message(session: Session, officer_id: int, message_id: int, *, delete_at: datetime) -> None:
    """Note a message in an officer's chat, whoever of the two wrote it."""
    chat_id = session.exec(select(Officer.chat_id).where(Officer.id == officer_id)).first()
    if chat_id is not None:
        row = {"chat_id": chat_id, "message_id": message_id, "delete_at": delete_at}
        insert_ignore(session, PassingMessage, [row])


def note_deliveries(session: Session, *, after: timedelta, now: datetime) -> None:
    """Note what was delivered to people at high risk; also what came before they said that they are."""
    sent = (
        select(Delivery.chat_id, Delivery.message_id, Delivery.sent_at)
        .join(Officer, col(Officer.chat_id) == col(Delivery.chat_id))
        .join(Chat, col(Chat.id) == col(Delivery.chat_id))
        .outerjoin(
            PassingMessage,
            (col(PassingMessage.chat_id) == col(Delivery.chat_id))
            & (col(PassingMessage.message_id) == col(Delivery.message_id)),
        )
        .where(
            col(Officer.high_risk).is_(True),
            Chat.kind == ChatKind.PRIVATE,
            col(Delivery.message_id).is_not(None),
            col(Delivery.sent_at) > now - DELETABLE_FOR,
            col(PassingMessage.chat_id).is_(None),
        )
    )
    rows = [
        {"chat_id": chat_id, "message_id": message_id, "delete_at": sent_at + after}
        for chat_id, message_id, sent_at in session.exec(sent)
        if sent_at is not None
    ]
    insert_ignore(session, PassingMessage, rows)


def list_due(session: Session, *, now: datetime, limit: int = 100) -> list[DueDeletion]:
    """Return what is to be deleted now, the oldest first."""
    due = select(PassingMessage, Chat).join(Chat, col(Chat.id) == col(PassingMessage.chat_id))
    due = due.where(col(PassingMessage.delete_at) <= now).order_by(col(PassingMessage.delete_at)).limit(limit)
    return [
        DueDeletion(chat.id or 0, chat.bot_id, open_address(session, chat), passing.message_id)
        for passing, chat in session.exec(due)
    ]


def list_waiting(session: Session, officer_id: int) -> list[int]:
    """Return the messages in an officer's chat that are to be deleted one day."""
    waiting = select(PassingMessage.message_id).join(Officer, col(Officer.chat_id) == col(PassingMessage.chat_id))
    waiting = waiting.where(Officer.id == officer_id).order_by(col(PassingMessage.message_id))
    return list(session.exec(waiting))


def end_message(session: Session, due: DueDeletion) -> None:
    """Note that a message is gone: it is not edited any more either."""
    mine = (col(PassingMessage.chat_id) == due.chat_id, col(PassingMessage.message_id) == due.message_id)
    session.execute(delete(PassingMessage).where(*mine))
    shown = update(Delivery).where(col(Delivery.chat_id) == due.chat_id, col(Delivery.message_id) == due.message_id)
    session.execute(shown.values(message_id=None, edit_at=None))


def retry_later(session: Session, due: DueDeletion, *, at: datetime) -> None:
    """Try again at that moment."""
    mine = (col(PassingMessage.chat_id) == due.chat_id, col(PassingMessage.message_id) == due.message_id)
    session.execute(update(PassingMessage).where(*mine).values(delete_at=at))
