"""Messages sent before that are to be shown anew, in place: after a correction, a withdrawal, or an embargo's end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sharebot.models import Chat, Delivery, QueueEntry
from sharebot.store.chats import open_address
from sharebot.values.status import DeliveryKind

_SHOWN = (DeliveryKind.ITEM, DeliveryKind.PREVIEW)


@dataclass(frozen=True, slots=True)
class DueEdit:
    """A message to be shown anew; `edit_at` tells this wish from a later one."""

    delivery_id: int
    bot_id: int
    address: int | str
    message_id: int
    edit_at: datetime
    kind: DeliveryKind


def ask_for_edits(
    session: Session, *, now: datetime, entry_id: int | None = None, variant_id: int | None = None
) -> int:
    """Have the delivered messages of an entry, or of a language version, shown anew; return how many.

    So are the digests that list it and the reminders of it. What is on its way or in doubt is shown anew as well,
    once it has a message id.
    """
    mine = _of(entry_id, variant_id)
    items = select(Delivery.id).where(Delivery.kind == DeliveryKind.ITEM, *mine)
    lists = select(Delivery.digest_id).where(col(Delivery.digest_id).is_not(None), *mine)
    about = or_(
        and_(col(Delivery.kind).in_(_SHOWN), *mine),
        and_(col(Delivery.kind) == DeliveryKind.REMINDER, col(Delivery.about_id).in_(items)),
        col(Delivery.id).in_(lists),
    )
    those = in_order(about, col(Delivery.copies) > 0)
    asked = update(Delivery).where(col(Delivery.id).in_(those)).values(edit_at=now).returning(col(Delivery.id))
    return len(session.execute(asked, execution_options={"synchronize_session": False}).all())


def in_order(*which: ColumnElement[bool]) -> SelectOfScalar[Any]:
    """Select deliveries to be shown anew, held one after the other: two who want many do not wait for each other."""
    return select(Delivery.id).where(*which).order_by(col(Delivery.id)).with_for_update(key_share=True)


def _of(entry_id: int | None, variant_id: int | None) -> list[ColumnElement[bool]]:
    wanted = ((col(Delivery.entry_id), entry_id), (col(Delivery.variant_id), variant_id))
    return [column == value for column, value in wanted if value is not None]


def list_due(session: Session, *, now: datetime, limit: int = 100) -> list[DueEdit]:
    """Return messages that are to be shown anew now, the oldest wish first."""
    due = (
        select(Delivery, Chat)
        .join(Chat, col(Chat.id) == col(Delivery.chat_id))
        .where(col(Delivery.edit_at) <= now, col(Delivery.message_id).is_not(None))
        .order_by(col(Delivery.edit_at), col(Delivery.id))
        .limit(limit)
    )
    return [
        DueEdit(
            delivery.id or 0,
            delivery.bot_id,
            open_address(session, chat),
            delivery.message_id,
            delivery.edit_at,
            delivery.kind,
        )
        for delivery, chat in session.exec(due)
        if delivery.message_id is not None and delivery.edit_at is not None
    ]


def wait_for_sharing(session: Session, entry: QueueEntry, *, now: datetime) -> None:
    """Have an entry's messages shown anew, with their buttons, when its embargo ends."""
    if entry.share_from is None or entry.share_from <= now:
        return
    mine = update(Delivery).where(col(Delivery.entry_id) == entry.id, col(Delivery.kind).in_(_SHOWN))
    session.execute(mine.values(edit_at=entry.share_from), execution_options={"synchronize_session": False})


def end_edit(session: Session, edit: DueEdit, *, now: datetime, again_at: datetime | None = None) -> None:
    """Note that a message was shown anew, or cannot be; or is to be, again, at a moment or when its embargo ends.

    A later wish is kept.
    """
    moments = [one for one in (again_at, _embargo_of(session, edit.delivery_id)) if one is not None and one > now]
    mine = update(Delivery).where(col(Delivery.id) == edit.delivery_id, col(Delivery.edit_at) == edit.edit_at)
    session.execute(mine.values(edit_at=min(moments, default=None)))


def _embargo_of(session: Session, delivery_id: int) -> datetime | None:
    own = select(QueueEntry.share_from).join(Delivery, col(Delivery.entry_id) == col(QueueEntry.id))
    return session.exec(own.where(Delivery.id == delivery_id, col(Delivery.kind).in_(_SHOWN))).first()
