"""Deliveries: added, found, held back; what becomes of them stands in `claims`, `outcomes` and `recovery`."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound
from sharebot.models import Asset, AssetFile, Chat, Delivery, Officer, QueueEntry
from sharebot.store.upsert import insert_ignore
from sharebot.values.messages import Receipt
from sharebot.values.status import DeliveryKind, DeliveryStatus, EntryStatus

_OF_ENTRY = (DeliveryKind.ITEM, DeliveryKind.PREVIEW)  # notes about an entry do not stop it
_GOING_OUT = (EntryStatus.PREVIEWING, EntryStatus.RELEASED)
BACKLOG = 3  # items that somebody gets at once after an absence


def new_delivery(  # noqa: PLR0913 - a row
    key: str,
    kind: DeliveryKind,
    *,
    chat: tuple[int, int],
    due_at: datetime,
    expires_at: datetime,
    now: datetime,
    officer_id: int | None = None,
    entry_id: int | None = None,
    variant_id: int | None = None,
    about_id: int | None = None,
) -> dict[str, Any]:
    """Return the row of a delivery to be queued; `chat` is the chat's id and its bot's."""
    return {
        "key": key,
        "kind": kind,
        "entry_id": entry_id,
        "officer_id": officer_id,
        "bot_id": chat[1],
        "chat_id": chat[0],
        "variant_id": variant_id,
        "about_id": about_id,
        "status": DeliveryStatus.QUEUED,
        "due_at": due_at,
        "expires_at": expires_at,
        "attempts": 0,
        "copies": 0,
        "created_at": now,
    }


def is_copy(delivery: Delivery) -> bool:
    """Whether an earlier message of it may have arrived; while one is being sent, it is not counted yet."""
    return delivery.copies > (delivery.status is not DeliveryStatus.SENDING)


def pause_entry(session: Session, delivery_id: int, note: str) -> None:
    """Pause the entry of a delivery whose content Telegram refuses; the rest of it waits for staff."""
    delivery = get_delivery(session, delivery_id)
    if delivery.kind not in _OF_ENTRY:
        return
    session.execute(
        update(QueueEntry)
        .where(col(QueueEntry.id) == delivery.entry_id, col(QueueEntry.status).in_(_GOING_OUT))
        .values(status=EntryStatus.PAUSED, note=note[:500])
    )


def remember_file(session: Session, delivery_id: int, url: str, receipt: Receipt) -> None:
    """Keep the messenger's handles of a file, so that each bot uploads it once only, and knows it where it turns up."""
    delivery = get_delivery(session, delivery_id)
    handles = {"file_id": receipt.file_id, "unique_id": receipt.unique_id}
    asset = select(Asset.id).where(and_(col(Asset.variant_id) == delivery.variant_id, col(Asset.url) == url))
    rows = [{"asset_id": one, "bot_id": delivery.bot_id, **handles} for one in session.exec(asset)]
    insert_ignore(session, AssetFile, rows)


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
    entries = session.execute(held.returning(col(Delivery.entry_id))).scalars().all()
    ahead = update(Delivery).where(
        col(Delivery.officer_id) == officer_id,
        col(Delivery.kind) == DeliveryKind.FORWARD,
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.entry_id).in_(entries),
    )
    session.execute(ahead.values(status=DeliveryStatus.SUPPRESSED))
    return len(entries)


def find_question(session: Session, about_id: int) -> Delivery | None:
    """Return the delivery that asks staff about another one, or None."""
    asked = select(Delivery).where(Delivery.about_id == about_id, Delivery.kind == DeliveryKind.REVIEW)
    return session.exec(asked).first()


def may_show(delivery: Delivery, message_id: int) -> bool:
    """Whether a message can be this delivery's: its number may have been another's before a restored backup.

    A copy, and a message whose outcome is not written yet, has an id that nobody knows.
    """
    return delivery.copies > 1 or delivery.message_id in {None, message_id}


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
    seat = select(Chat.id, Chat.bot_id).join(Officer, col(Officer.chat_id) == col(Chat.id))
    chat_id, bot_id = session.exec(seat.where(Officer.id == officer_id)).one()
    row = new_delivery(
        f"welcome:{officer_id}:{number}",
        DeliveryKind.WELCOME,
        chat=(chat_id or 0, bot_id),
        officer_id=officer_id,
        due_at=now,
        expires_at=expires_at,
        now=now,
    )
    insert_ignore(session, Delivery, [row])
