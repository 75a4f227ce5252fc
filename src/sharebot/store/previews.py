"""Staff's own chat gets every item first: what Telegram refuses there reaches no officer."""

from datetime import datetime

from sqlalchemy import exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.models import Delivery, QueueEntry
from sharebot.store.chats import main_chat
from sharebot.store.deliveries import new_delivery
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import DeliveryKind, DeliveryStatus, EntryStatus


def add_previews(session: Session, entry: QueueEntry, *, preview_chat: int | None, now: datetime) -> int:
    """Queue one preview of each language version that officers will get; return how many, 0 without a chat."""
    if preview_chat is None:
        return 0
    chat = main_chat(session, preview_chat)
    used = select(Delivery.variant_id).where(Delivery.entry_id == entry.id, Delivery.kind == DeliveryKind.ITEM)
    rows = [
        new_delivery(
            f"preview:{entry.id}:{variant_id}",
            DeliveryKind.PREVIEW,
            chat=chat,
            entry_id=entry.id,
            variant_id=variant_id,
            due_at=now,
            expires_at=entry.expires_at,
            now=now,
        )
        for variant_id in sorted(one for one in session.exec(used.distinct()) if one)
    ]
    return insert_ignore(session, Delivery, rows)


def end_previews(session: Session) -> int:
    """Let officers have the entries whose previews have all arrived; return how many."""
    preview = aliased(Delivery)
    missing = exists().where(
        col(preview.entry_id) == col(QueueEntry.id),
        col(preview.kind) == DeliveryKind.PREVIEW,
        col(preview.status) != DeliveryStatus.SENT,
    )
    shown = update(QueueEntry).where(col(QueueEntry.status) == EntryStatus.PREVIEWING, ~missing)
    opened = shown.values(status=EntryStatus.RELEASED).returning(col(QueueEntry.id))
    return len(session.execute(opened.execution_options(synchronize_session=False)).all())
