"""The posts that officers gave, as our answers show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from sharebot.models import Chat, Delivery, Officer, PastedPost, Variant
from sharebot.store.answers import list_open
from sharebot.store.chats import open_address
from sharebot.values.posts import GivenPost, Shortfall
from sharebot.values.status import Evidence


@dataclass(frozen=True, slots=True)
class Reply:
    """Our message that tells of some posts: where it is, and in which language."""

    officer_id: int
    bot_id: int
    address: int | str
    message_id: int
    language: str


def list_given(session: Session, post_ids: Sequence[int], *, known: Collection[int] = ()) -> list[GivenPost]:
    """Return posts in the order they were given; `known` ones were given before."""
    rows = (
        select(PastedPost, Variant.title)
        .outerjoin(Delivery, col(Delivery.id) == col(PastedPost.delivery_id))
        .outerjoin(Variant, col(Variant.id) == col(Delivery.variant_id))
        .where(col(PastedPost.id).in_(post_ids))
        .order_by(col(PastedPost.id))
    )
    return [
        GivenPost(
            number=post.id or 0,
            network=post.network,
            url=post.url,
            evidence=post.evidence,
            shortfall=Shortfall(post.reason) if post.reason in set(Shortfall) else None,
            title=None if post.delivery_id is None else title or "",
            waits=post.check_at is not None and post.evidence is Evidence.LINK_GIVEN,
            was_known=post.id in known,
        )
        for post, title in session.exec(rows)
    ]


def remember_reply(session: Session, post_ids: Sequence[int], message_id: int) -> None:
    """Note which message of ours tells of these posts."""
    session.execute(update(PastedPost).where(col(PastedPost.id).in_(post_ids)).values(reply_id=message_id))


def list_told(session: Session, officer_id: int, message_id: int) -> list[int]:
    """Return the posts that a message of ours tells of."""
    told = select(PastedPost.id).where(PastedPost.officer_id == officer_id, PastedPost.reply_id == message_id)
    return [number for number in session.exec(told.order_by(col(PastedPost.id))) if number]


def list_undecided(session: Session, officer_id: int, message_id: int) -> list[PastedPost]:
    """Return the posts that a message of ours asks about; its id may never have been written down."""
    asked = select(PastedPost).where(
        PastedPost.officer_id == officer_id,
        col(PastedPost.delivery_id).is_(None),
        or_(col(PastedPost.reply_id) == message_id, col(PastedPost.reply_id).is_(None)),
    )
    return list(session.exec(asked.order_by(col(PastedPost.id))))


def list_given_at(session: Session, officer_id: int, at: datetime) -> list[PastedPost]:
    """Return the posts of the message that an officer wrote at this second."""
    rows = select(PastedPost).where(PastedPost.officer_id == officer_id, PastedPost.pasted_at == at)
    return list(session.exec(rows.order_by(col(PastedPost.id))))


def list_choices(
    session: Session, officer_id: int, *, now: datetime, without: int | None = None
) -> list[tuple[int, str]]:
    """Return the items a post may belong to, as delivery ids and titles, but not the one it belongs to now."""
    items = [one for one in list_open(session, officer_id, now=now) if one.id != without]
    titles = select(Variant.id, Variant.title).where(col(Variant.id).in_([one.variant_id for one in items]))
    known = dict(session.exec(titles).all())
    return [(one.id or 0, known.get(one.variant_id, "")) for one in items]


def find_reply(session: Session, post_id: int) -> Reply | None:
    """Return our message that tells of a post; None when there is none, or nobody reads it any more."""
    row = session.exec(
        select(PastedPost, Officer, Chat)
        .join(Officer, col(Officer.id) == col(PastedPost.officer_id))
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(PastedPost.id == post_id, col(PastedPost.reply_id).is_not(None))
    ).first()
    if row is None:
        return None
    post, officer, chat = row
    return Reply(post.officer_id, chat.bot_id, open_address(session, chat), post.reply_id or 0, officer.language)
