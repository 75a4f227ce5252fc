"""Digests: made of the items that officers' weeks or wishes hold back, and what they show."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import case, exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Chat, Delivery, Officer, QueueEntry
from sharebot.rules.asks import Asked, Habits, choose_digest
from sharebot.rules.timing import next_open
from sharebot.store.asks import list_asked, list_habits
from sharebot.store.cards import get_cards
from sharebot.store.deliveries import is_copy, new_delivery
from sharebot.store.personal import page_token
from sharebot.store.upsert import insert_ignore
from sharebot.values.cards import Digest, DigestLine, Subject
from sharebot.values.status import ChatKind, DeliveryKind, DeliveryStatus, EntryStatus, OfficerStatus, Priority

LISTED = 10  # as many as one reads at a glance; the rest waits for the next one
_RANKS = {Priority.HIGH: 0, Priority.NORMAL: 1, Priority.LOW: 2}
BY_PRIORITY = (
    case(*((col(QueueEntry.priority) == one, rank) for one, rank in _RANKS.items()), else_=1),
    col(QueueEntry.id).desc(),
)


class Shown(StrEnum):
    """What a tap on a number in a digest came to."""

    COMES = "comes"
    CAME = "came"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class _Held:
    """An item that waits for the digest of `due_at`."""

    id: int
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whose digest it is; `had_today`: the one of this day of their own clock was made before."""

    officer_id: int
    chat: tuple[int, int]
    habits: Habits
    asked: Asked
    had_today: bool


@dataclass(frozen=True, slots=True)
class _Digest:
    """A digest to be made: its delivery's key, its moment and what it lists."""

    key: str
    reader: _Reader
    due_at: datetime
    items: Sequence[_Held]


def add_due(session: Session, *, settings: Settings, now: datetime) -> int:
    """Make the digests whose moment has come; return how many.

    Safe to run twice: an officer has one digest a day of their own clock. A single item comes by itself. What
    finds no place in a digest waits for another one, and so does what missed its day while nobody could send.
    """
    waiting = _list_waiting(session, now=now)
    readers = _list_readers(session, list(waiting), settings=settings, now=now) if waiting else {}
    digests: list[_Digest] = []
    for officer_id, reader in readers.items():
        items = waiting[officer_id]
        due_at = _find_moment(items, reader, now=now)
        listed = items[:LISTED] if due_at else []
        _put_off(session, items[len(listed) :], reader, now=now)
        if due_at and len(listed) == 1:
            _queue(session, listed[0].id, due_at=due_at)
        elif due_at:
            digests.append(_Digest(_key(officer_id, reader.habits, now), reader, due_at, listed))
    return _insert(session, digests, now=now)


def _list_waiting(session: Session, *, now: datetime) -> dict[int, list[_Held]]:
    """Return what is held and due, by officer, the most important and then the newest first."""
    due = (
        select(Delivery.officer_id, Delivery.id, Delivery.due_at, Delivery.expires_at)
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            col(Delivery.status) == DeliveryStatus.HELD,
            col(Delivery.digest_id).is_(None),
            col(Delivery.due_at) <= now,
            col(Delivery.expires_at) > now,
            col(QueueEntry.status) == EntryStatus.RELEASED,
        )
        .order_by(*BY_PRIORITY)
    )
    found: dict[int, list[_Held]] = defaultdict(list)
    for officer_id, delivery_id, due_at, expires_at in session.exec(due):
        found[officer_id or 0].append(_Held(delivery_id or 0, due_at, expires_at))
    return found


def _list_readers(
    session: Session, officer_ids: Collection[int], *, settings: Settings, now: datetime
) -> dict[int, _Reader]:
    """Return those officers who may be written to."""
    habits = list_habits(session, officer_ids, settings=settings, now=now)
    asked = list_asked(session, now=now)
    seats = select(Officer.id, Chat.id, Chat.bot_id).join(Chat, col(Chat.id) == col(Officer.chat_id))
    seats = seats.where(col(Officer.id).in_(habits))
    chats = {one: (chat_id or 0, bot_id) for one, chat_id, bot_id in session.exec(seats)}
    keys = {_key(one, own, now): one for one, own in habits.items()}
    made = set(session.exec(select(Delivery.key).where(col(Delivery.key).in_(keys))))
    return {
        one: _Reader(one, chats[one], habits[one], asked.get(one, Asked()), had_today=key in made)
        for key, one in keys.items()
        if one in chats
    }


def _find_moment(items: Sequence[_Held], reader: _Reader, *, now: datetime) -> datetime | None:
    """Return the moment of today's digest, or None when there can be none today (any more)."""
    habits = reader.habits
    if reader.had_today or now != next_open(now, zone=habits.zone, window=habits.window, holidays=habits.holidays):
        return None
    return next((one.due_at for one in items if _day(one.due_at, habits) == _day(now, habits)), None)


def _put_off(session: Session, items: Sequence[_Held], reader: _Reader, *, now: datetime) -> None:
    """Let items wait for another digest."""
    after = now + timedelta(seconds=1)
    for item in items:
        moment = choose_digest(reader.habits, reader.asked, after=after, until=item.expires_at)
        waits = update(Delivery).where(col(Delivery.id) == item.id, col(Delivery.status) == DeliveryStatus.HELD)
        session.execute(waits.values(due_at=moment))


def _queue(session: Session, delivery_id: int, *, due_at: datetime) -> None:
    held = update(Delivery).where(col(Delivery.id) == delivery_id, col(Delivery.status) == DeliveryStatus.HELD)
    session.execute(held.values(status=DeliveryStatus.QUEUED, due_at=due_at))


def _insert(session: Session, digests: Sequence[_Digest], *, now: datetime) -> int:
    rows = [
        new_delivery(
            one.key,
            DeliveryKind.DIGEST,
            chat=one.reader.chat,
            officer_id=one.reader.officer_id,
            due_at=one.due_at,
            expires_at=max(item.expires_at for item in one.items),
            now=now,
        )
        for one in digests
    ]
    insert_ignore(session, Delivery, rows)
    ids = select(Delivery.key, Delivery.id).where(col(Delivery.key).in_([one.key for one in digests]))
    numbers = dict(session.exec(ids).all())
    listed = [{"id": item.id, "digest_id": numbers[one.key]} for one in digests for item in one.items]
    if listed:  # by their ids, in one go: at an opening there are very many
        session.execute(update(Delivery), sorted(listed, key=lambda row: row["id"]))
    return len(digests)


def _key(officer_id: int, habits: Habits, now: datetime) -> str:
    return f"digest:{officer_id}:{_day(now, habits)}"


def _day(at: datetime, habits: Habits) -> str:
    return at.astimezone(ZoneInfo(habits.zone)).date().isoformat()


def find_digest(session: Session, item: Delivery, *, message_id: int) -> Delivery | None:
    """Return the digest that lists an item, if it is this message; a copy has an id that nobody knows."""
    digest = session.get(Delivery, item.digest_id) if item.digest_id else None
    if digest is None or (digest.message_id not in {None, message_id} and digest.copies < 2):
        return None
    return digest


def show_item(session: Session, item: Delivery, *, now: datetime) -> Shown:
    """Let an item that a digest listed come as its own message; say what came of it."""
    entry = session.get(QueueEntry, item.entry_id)
    if entry is None or entry.status is EntryStatus.WITHDRAWN:
        return Shown.WITHDRAWN
    held = update(Delivery).where(
        col(Delivery.id) == item.id, col(Delivery.status) == DeliveryStatus.HELD, col(Delivery.expires_at) > now
    )
    queued = held.values(status=DeliveryStatus.QUEUED, due_at=now).returning(col(Delivery.id))
    if session.execute(queued).first() is not None:
        return Shown.COMES
    return Shown.OVER if item.status in {DeliveryStatus.HELD, DeliveryStatus.EXPIRED} else Shown.CAME


def cancel_empty(session: Session) -> None:
    """Cancel digests that are not sent yet and have nothing left to list."""
    item = aliased(Delivery)
    has_items = exists().where(col(item.digest_id) == col(Delivery.id), col(item.status) == DeliveryStatus.HELD)
    empty = update(Delivery).where(
        col(Delivery.kind) == DeliveryKind.DIGEST, col(Delivery.status) == DeliveryStatus.QUEUED, ~has_items
    )
    cancelled = empty.values(status=DeliveryStatus.CANCELLED)
    session.execute(cancelled.execution_options(synchronize_session=False))


def gather(session: Session, delivery_ids: Sequence[int], settings: Settings, now: datetime) -> Mapping[int, Subject]:
    """Return what digests show, by their deliveries' ids."""
    items = (
        select(Delivery)
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(col(Delivery.digest_id).in_(delivery_ids))
        .order_by(*BY_PRIORITY)
    )
    found = session.exec(items).all()
    cards = get_cards(session, [one.id or 0 for one in found], settings=settings, now=now)
    pages = list_pages(session, found, settings=settings)
    lines: dict[int, list[DigestLine]] = defaultdict(list)
    for one in found:
        waits = one.status is DeliveryStatus.HELD
        line = DigestLine(cards[one.id or 0], waits, waits and one.expires_at <= now, pages.get(one.id or 0))
        lines[one.digest_id or 0].append(line)
    digests = session.exec(select(Delivery).where(col(Delivery.id).in_(delivery_ids))).all()
    shared = _seats_with_colleagues(session, [one.officer_id or 0 for one in digests])
    return {
        one.id or 0: Digest(tuple(lines[one.id or 0]), one.officer_id in shared, is_copy(one))
        for one in digests
        if lines[one.id or 0]
    }


def list_pages(session: Session, items: Sequence[Delivery], *, settings: Settings) -> dict[int, str]:
    """Return the addresses of the pages of those items that go to mailboxes: a mail has no buttons to tap."""
    by_mail = select(Chat.id).where(
        col(Chat.id).in_([one.chat_id for one in items if one.chat_id]), Chat.kind == ChatKind.MAILBOX
    )
    chats = set(session.exec(by_mail))
    base = f"{settings.web.public_url}/o"
    return {one.id or 0: f"{base}/{page_token(session, one.id or 0)}" for one in items if one.chat_id in chats}


def _seats_with_colleagues(session: Session, officer_ids: Collection[int]) -> set[int]:
    colleague = aliased(Officer)
    seats = (
        select(Officer.id)
        .join(colleague, col(colleague.member_id) == col(Officer.member_id))
        .where(
            col(Officer.id).in_(officer_ids),
            col(colleague.id) != col(Officer.id),
            col(colleague.status) == OfficerStatus.ACTIVE,
        )
    )
    return {one for one in session.exec(seats) if one}
