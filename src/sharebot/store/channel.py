"""The Alliance's own channel: which of its posts brings which item, and the forwards that go ahead of items."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select as select_columns  # SQLModel's own takes four at most
from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Chat, Delivery, Officer, QueueEntry, Variant
from sharebot.rules.planning import Recipient
from sharebot.store.deliveries import new_delivery
from sharebot.store.upsert import insert_ignore
from sharebot.values.cards import Forward
from sharebot.values.messages import Origin
from sharebot.values.page_urls import normalise_url
from sharebot.values.status import ChatKind, DataTier, DeliveryKind, DeliveryStatus

_TO = (ChatKind.PRIVATE, ChatKind.GROUP)


def note_post(session: Session, urls: Iterable[str], *, channel_id: int, message_id: int) -> list[int]:
    """Remember a channel post for the versions whose addresses it names, and return those; the newest post stays.

    A post that names several contents brings none of them. One that does not name a version any more, since it was
    edited, is forgotten for it.
    """
    named = {plain for plain in map(normalise_url, urls) if plain}
    rows = session.exec(select(Variant.id, Variant.content_id, Variant.url).where(col(Variant.url).is_not(None)))
    found = [(number or 0, content_id) for number, content_id, url in rows if normalise_url(url or "") in named]
    ids = [number for number, _ in found] if len({content_id for _, content_id in found}) == 1 else []
    origin = {"channel_id": channel_id, "channel_message_id": message_id}
    is_older = (col(Variant.channel_id) != channel_id) | (col(Variant.channel_message_id) < message_id)
    newer = update(Variant).where(col(Variant.id).in_(ids), is_older | col(Variant.channel_id).is_(None))
    session.execute(newer.values(**origin))
    _forget(session, channel_id, message_id, still=ids)
    return ids


def _forget(session: Session, channel_id: int, message_id: int, *, still: Sequence[int]) -> None:
    """Take a post away from the versions that it does not name any more, with the forwards that wait."""
    mine = (col(Variant.channel_id) == channel_id, col(Variant.channel_message_id) == message_id)
    gone = update(Variant).where(*mine, col(Variant.id).not_in(still)).returning(col(Variant.id))
    lost = session.execute(gone.values(channel_id=None, channel_message_id=None)).scalars().all()
    waiting = update(Delivery).where(
        col(Delivery.kind) == DeliveryKind.FORWARD,
        col(Delivery.variant_id).in_(lost),
        col(Delivery.status) == DeliveryStatus.QUEUED,
    )
    session.execute(waiting.values(status=DeliveryStatus.CANCELLED))


def add_forwards(session: Session, recipients: Sequence[Recipient], entry: QueueEntry, *, now: datetime) -> int:
    """Queue the channel's own post ahead of the items that have one; return how many.

    It is for those who get everything: not for light lines, and not for people at high risk, to whom nothing is
    sent that can be passed on. What waits for a digest, or may not be shared yet, has none. The items have to be
    added after this, since what is due at once goes out in the order it was written in.
    """
    if entry.share_from is not None and entry.share_from > now:
        return 0
    posted = select(Variant.id).where(col(Variant.channel_message_id).is_not(None))
    with_post = set(session.exec(posted.where(Variant.content_id == entry.content_id)))
    wanted = [one for one in recipients if one.held is None and one.variant_id in with_post]
    chats = _chats_of(session, [one.officer_id for one in wanted])
    rows = [
        new_delivery(
            f"forward:{entry.id}:{one.officer_id}",
            DeliveryKind.FORWARD,
            chat=chats[one.officer_id],
            officer_id=one.officer_id,
            entry_id=entry.id,
            variant_id=one.variant_id,
            due_at=one.due_at,
            expires_at=entry.expires_at,
            now=now,
        )
        for one in wanted
        if one.officer_id in chats
    ]
    return insert_ignore(session, Delivery, rows)


def _chats_of(session: Session, officer_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows: Any = session.execute(
        select_columns(col(Officer.id), col(Chat.id), col(Chat.bot_id))
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(
            col(Officer.id).in_(officer_ids),
            col(Officer.tier) == DataTier.FULL,
            col(Officer.high_risk).is_(False),
            col(Chat.kind).in_(_TO),
        )
    )
    return {officer_id: (chat_id, bot_id) for officer_id, chat_id, bot_id in rows}


def gather(session: Session, delivery_ids: Sequence[int], settings: Settings, now: datetime) -> dict[int, Forward]:
    """Return which post each forward brings."""
    rows = session.exec(
        select(Delivery.id, Variant.channel_id, Variant.channel_message_id)
        .join(Variant, col(Variant.id) == col(Delivery.variant_id))
        .where(col(Delivery.id).in_(delivery_ids))
    )
    return {number or 0: Forward(Origin(channel or 0, message or 0)) for number, channel, message in rows}
