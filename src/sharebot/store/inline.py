"""What an officer may post into a chat of their own: the party's open items."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Answer, Delivery, Officer, QueueEntry
from sharebot.store.answers import Said, record_answer
from sharebot.store.cards import get_cards
from sharebot.store.findings import add_finding, claim_of
from sharebot.store.officers import OfficerView
from sharebot.values.cards import Card
from sharebot.values.status import AnswerKind, DeliveryKind, EntryStatus, Network

LATEST = 50  # more than that Telegram does not show


@dataclass(frozen=True, slots=True)
class _Sought:
    """An open item, and whose it is."""

    delivery: Delivery
    is_own: bool


def list_offers(session: Session, officer: OfficerView, words: str, *, settings: Settings, now: datetime) -> list[Card]:
    """Return the open items of an officer's party that have all these words, newest first, each content once."""
    items = (
        select(Delivery, QueueEntry.content_id)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(*_open_to(officer, now))
        .order_by(col(Delivery.sent_at).desc(), col(Delivery.id).desc())
    )
    chosen: dict[int, _Sought] = {}
    for delivery, content_id in session.exec(items.limit(LATEST * 4)):
        sought = _Sought(delivery, delivery.officer_id == officer.id)
        if content_id not in chosen or (sought.is_own and not chosen[content_id].is_own):
            chosen[content_id] = sought
    ids = [one.delivery.id or 0 for one in chosen.values()]
    cards = get_cards(session, ids, settings=settings, now=now, straight=officer.wishes.untracked)
    wanted = words.casefold().split()
    fitting = [cards[number] for number in ids if all(word in _searched(cards[number]) for word in wanted)]
    return fitting[:LATEST]


def _open_to(officer: OfficerView, now: datetime) -> tuple[Any, ...]:
    return (
        Officer.member_id == officer.member_id,
        Delivery.kind == DeliveryKind.ITEM,
        col(Delivery.message_id).is_not(None),
        QueueEntry.status == EntryStatus.RELEASED,
        Delivery.expires_at > now,
        col(QueueEntry.share_from).is_(None) | (col(QueueEntry.share_from) <= now),
    )


def _searched(card: Card) -> str:
    return f"{card.title} {card.text}".casefold()


def note_posted(session: Session, officer: OfficerView, delivery_id: int, *, now: datetime) -> Said | None:
    """Note that an officer posted an item of their party on Telegram; None for what is not an open one of it."""
    own = (
        select(Delivery)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(Delivery.id == delivery_id, *_open_to(officer, now))
    )
    delivery = session.exec(own).first()
    if delivery is None:
        return None
    said = record_answer(session, delivery, AnswerKind.SHARED, officer_id=officer.id, now=now)
    answer = session.exec(select(Answer).where(Answer.delivery_id == delivery_id)).one()
    answer.network = Network.TELEGRAM
    session.add(answer)
    claim = claim_of(session, delivery_id, link=None, now=now)
    if claim is not None:
        add_finding(session, replace(claim, network=Network.TELEGRAM), delivery_id=delivery_id, now=now)
    return said
