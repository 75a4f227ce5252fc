"""A small installation made of plain rows, and a worker that sends to it through the store alone."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from sharebot.models import Bot, Content, Delivery, Officer, QueueEntry
from sharebot.store import claims, outcomes
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database
from sharebot.values.status import (
    BotStatus,
    ChatKind,
    ContentKind,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    OfficerStatus,
)
from tests.cast import NOW, add_member

OFFICERS = 60
EXPIRES_AT = NOW + timedelta(days=30)


def seat_officers(session: Session) -> None:
    """Make two bots, and active officers of one party whose chats have their own numbers."""
    bot_id = ensure_bots(session, ["main", "africa"])["main"]
    member = add_member(session, "north")
    for number in range(1, OFFICERS + 1):
        officer = Officer(
            member_id=member.id or 0,
            label_sealed="x",
            label_index=str(number),
            chat_id=ensure_chat(session, bot_id, 1000 + number, ChatKind.PRIVATE),
            language="en",
            status=OfficerStatus.ACTIVE,
            created_at=NOW,
        )
        session.add(officer)


def add_entry(
    session: Session, status: EntryStatus = EntryStatus.RELEASED, *, release_at: datetime = NOW, due: int = 0
) -> int:
    """Add an entry whose item is due at NOW for the first `due` officers."""
    content = Content(kind=ContentKind.POST, created_at=NOW)
    session.add(content)
    session.flush()
    entry = QueueEntry(
        content_id=content.id or 0,
        status=status,
        release_at=release_at,
        released_at=release_at if status is EntryStatus.RELEASED else None,
        expires_at=EXPIRES_AT,
        created_at=NOW,
    )
    session.add(entry)
    session.flush()
    add_deliveries(session, entry.id or 0, due_at=NOW, officers=range(1, due + 1))
    return entry.id or 0


def add_deliveries(session: Session, entry_id: int, *, due_at: datetime, officers: range) -> None:
    """Queue the entry's item for these officers."""
    for number in officers:
        delivery = Delivery(
            key=f"item:{entry_id}:{number}",
            kind=DeliveryKind.ITEM,
            entry_id=entry_id,
            officer_id=number,
            chat_id=number,
            bot_id=1,
            due_at=due_at,
            expires_at=EXPIRES_AT,
            created_at=NOW,
        )
        session.add(delivery)
    session.flush()


def claim(database: Database, limit: int, *, now: datetime) -> list[claims.Claim]:
    """Claim as a worker does, at a pace that is never in the way."""
    with database.write() as session:
        pace = claims.Pace(5000, 18)
        found = list(claims.claim_due(session, 1, now=now, limit=limit, pace=pace).claims)
        claims.open_attempts(session, found, {}, worker="w", now=now)
        return found


def send(database: Database, count: int, *, now: datetime) -> set[str]:
    """Send up to so many due deliveries; return their keys."""
    sent: list[int] = []
    while len(sent) < count and (claimed := claim(database, min(count - len(sent), OFFICERS), now=now)):
        with database.write() as session:
            outcomes.mark_all_sent(session, [(one, 7) for one in claimed], now=now)
        sent += [one.delivery_id for one in claimed]
        now += timedelta(seconds=2)
    with database.read() as session:
        return set(session.exec(select(Delivery.key).where(col(Delivery.id).in_(sent))))


def count_claimable(database: Database, *, now: datetime) -> int:
    """Count what a worker could send now, told from the rows alone."""
    ready = (
        select(func.count())
        .select_from(Delivery)
        .join(Bot, col(Bot.id) == col(Delivery.bot_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            Bot.status == BotStatus.RUNNING,
            QueueEntry.status == EntryStatus.RELEASED,
            Delivery.status == DeliveryStatus.QUEUED,
            Delivery.due_at <= now,
        )
    )
    with database.read() as session:
        return session.exec(ready).one()
