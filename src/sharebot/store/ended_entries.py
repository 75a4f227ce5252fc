"""Which entries have nothing left to send, for those who want to be told."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import String, cast, exists, func, literal
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sharebot.models import Delivery, QueueEntry, WebhookCall
from sharebot.store.webhooks import find_listeners, note_event
from sharebot.values.api import WebhookEvent
from sharebot.values.status import DeliveryKind, DeliveryStatus, EntryStatus

# No entry lives longer than ninety days; calls are kept for longer than this, so that none is noted twice.
_LOOKED_BACK = timedelta(days=100)
_AT_ONCE = 50
_OVER = (EntryStatus.RELEASED, EntryStatus.WITHDRAWN, EntryStatus.EXPIRED)
_OPEN = (
    DeliveryStatus.HELD,
    DeliveryStatus.QUEUED,
    DeliveryStatus.SENDING,
    DeliveryStatus.UNCERTAIN,
    DeliveryStatus.NEEDS_REVIEW,
)


def find_ended_entries(session: Session, *, now: datetime) -> list[QueueEntry]:
    """Return released entries whose last message has come to an end, and of which somebody has not been told."""
    return [
        entry
        for hook in find_listeners(session, WebhookEvent.DELIVERY_FINISHED)
        for entry in session.exec(_unheard_of(hook.id or 0, since=max(hook.created_at, now - _LOOKED_BACK)))
    ]


def note_ended_entries(session: Session, *, now: datetime) -> int:
    """Queue a call for each of them; return how many."""
    return sum(_note(session, entry, now=now) for entry in find_ended_entries(session, now=now))


def _unheard_of(webhook_id: int, *, since: datetime) -> SelectOfScalar[QueueEntry]:
    start = literal(f"{WebhookEvent.DELIVERY_FINISHED}:")
    key = start + cast(col(QueueEntry.id), String) + literal(f":{webhook_id}")
    items = (col(Delivery.entry_id) == col(QueueEntry.id), col(Delivery.kind) == DeliveryKind.ITEM)
    return (
        select(QueueEntry)
        .where(
            col(QueueEntry.status).in_(_OVER),
            col(QueueEntry.released_at) >= since,
            exists().where(*items),
            ~exists().where(*items, col(Delivery.status).in_(_OPEN)),
            ~exists().where(col(WebhookCall.key) == key),
        )
        .order_by(col(QueueEntry.id))
        .limit(_AT_ONCE)
    )


def _note(session: Session, entry: QueueEntry, *, now: datetime) -> int:
    data = {"entry_id": entry.id, "content_id": entry.content_id, "deliveries": _count(session, entry.id or 0)}
    return note_event(session, WebhookEvent.DELIVERY_FINISHED, str(entry.id), data, now=now)


def _count(session: Session, entry_id: int) -> Mapping[str, int]:
    counted = (
        select(Delivery.status, func.count())
        .where(Delivery.entry_id == entry_id, Delivery.kind == DeliveryKind.ITEM)
        .group_by(col(Delivery.status))
    )
    return {DeliveryStatus(status).value: n for status, n in session.exec(counted)}
