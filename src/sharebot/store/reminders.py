"""Reminders: planned for what somebody took, wished for with "later", queued once when their moment comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, exists, literal, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, String, cast, col, select

from sharebot.config.settings import Settings
from sharebot.models import Answer, Chat, Delivery, Member, Officer, QueueEntry
from sharebot.rules.asks import Habits
from sharebot.rules.reminders import ask_at, later_at
from sharebot.rules.timing import next_open
from sharebot.store.answers import Said, record_answer
from sharebot.store.asks import habits_of, list_habits
from sharebot.store.cards import get_cards
from sharebot.store.deliveries import is_copy, new_delivery
from sharebot.store.digests import list_pages
from sharebot.store.upsert import insert_ignore
from sharebot.values.cards import Reminder, Subject
from sharebot.values.status import AnswerKind, DeliveryKind, EntryStatus

_LATE = timedelta(hours=1)  # what missed its moment by more waits for the next opening
_FORGOTTEN = timedelta(days=4)
_OPEN = (AnswerKind.TAKEN, AnswerKind.LATER)


@dataclass(frozen=True, slots=True)
class Wished:
    """What "later" came to: its moment in the officer's `zone`, None when the item is over before."""

    said: Said
    moment: datetime | None
    zone: str


def remind_later(
    session: Session, item: Delivery, word: str, *, officer_id: int, settings: Settings, now: datetime
) -> Wished:
    """Write "later" with the moment that was chosen."""
    seat_id = item.officer_id or 0
    officer = session.get_one(Officer, seat_id)
    habits = habits_of(officer, session.get_one(Member, officer.member_id), settings=settings, now=now)
    moment = later_at(word, habits, now=now, expires_at=item.expires_at)
    said = record_answer(session, item, AnswerKind.LATER, officer_id=officer_id, now=now)
    session.execute(update(Answer).where(col(Answer.delivery_id) == item.id).values(remind_at=moment))
    return Wished(said, moment, habits.zone)


def plan_questions(session: Session, *, settings: Settings, now: datetime) -> int:
    """Give each item that somebody took the moment to ask how it went, once; return how many.

    A moment that is over is not made up for: before a backup was put back, somebody may have been asked then.
    """
    reminder = aliased(Delivery)
    # What could not be shared when it was taken is asked about after it could.
    began = case((col(QueueEntry.share_from) > col(Answer.at), col(QueueEntry.share_from)), else_=col(Answer.at))
    asked = exists().where(col(reminder.key) == literal("reminder:") + cast(col(Delivery.id), String))
    taken = (
        select(Answer.id, began, Delivery.officer_id, Delivery.expires_at)
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id), isouter=True)
        .where(
            Answer.kind == AnswerKind.TAKEN,
            col(Answer.remind_at).is_(None),
            col(Answer.at) > now - _FORGOTTEN,
            col(Delivery.expires_at) > now,
            ~asked,
        )
    )
    rows = [(number, at, seat or 0, expires_at) for number, at, seat, expires_at in session.exec(taken)]
    seats = {seat for _, _, seat, _ in rows}
    habits = list_habits(session, seats, settings=settings, now=now) if rows else {}
    moments = {
        number: ask_at(at, habits[seat], expires_at=expires_at)
        for number, at, seat, expires_at in rows
        if seat in habits
    }
    planned = {number: moment for number, moment in moments.items() if moment and moment > now}
    for number, moment in planned.items():
        session.execute(update(Answer).where(col(Answer.id) == number).values(remind_at=moment))
    return len(planned)


def add_due(session: Session, *, settings: Settings, now: datetime) -> int:
    """Queue the reminders whose moment has come; return how many. What needs none any more is let go."""
    due = (
        select(Answer, Delivery)
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .where(col(Answer.remind_at) <= now)
        .order_by(col(Answer.remind_at))
    )
    rows = session.exec(due).all()
    if not rows:
        return 0
    useful = _useful(session, [item for _, item in rows], now=now)
    habits = list_habits(session, {item.officer_id or 0 for _, item in rows}, settings=settings, now=now)
    chats = _chats(session, list(habits))
    reminders = []
    for answer, item in rows:
        seat = item.officer_id or 0
        if item.id in useful and answer.kind in _OPEN:
            if seat not in chats:
                continue  # away: it waits for them, as long as the item does
            reminders.append(_new(answer, item, chats[seat], habits[seat], now=now))
        answer.remind_at = None
        session.add(answer)
    session.flush()
    return insert_ignore(session, Delivery, reminders)


def _useful(session: Session, items: Sequence[Delivery], *, now: datetime) -> set[int]:
    """Return which of the items are still on offer and not shared by the party."""
    numbers = [item.id for item in items if item.expires_at > now]
    seat, other, colleague = aliased(Officer), aliased(Delivery), aliased(Officer)
    shared = exists().where(
        col(other.entry_id) == col(Delivery.entry_id),
        col(colleague.id) == col(other.officer_id),
        col(colleague.member_id) == col(seat.member_id),
        col(Answer.delivery_id) == col(other.id),
        col(Answer.kind) == AnswerKind.SHARED,
    )
    offered = (
        select(Delivery.id)
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .join(seat, col(seat.id) == col(Delivery.officer_id))
        .where(col(Delivery.id).in_(numbers), QueueEntry.status == EntryStatus.RELEASED, ~shared)
    )
    return {one for one in session.exec(offered) if one}


def _chats(session: Session, officer_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    seats = (
        select(Officer.id, Chat.id, Chat.bot_id)
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(col(Officer.id).in_(officer_ids))
    )
    return {officer_id or 0: (chat_id or 0, bot_id) for officer_id, chat_id, bot_id in session.exec(seats)}


def _new(answer: Answer, item: Delivery, chat: tuple[int, int], habits: Habits, *, now: datetime) -> dict[str, object]:
    moment = answer.remind_at or now
    is_late = now - moment > _LATE
    due_at = next_open(now, zone=habits.zone, window=habits.window, holidays=habits.holidays) if is_late else now
    # Asking how it went happens once; whoever says "later" again means it.
    key = f"reminder:{item.id}" if answer.kind is AnswerKind.TAKEN else f"reminder:{item.id}:{moment:%Y%m%d%H%M}"
    return new_delivery(
        key,
        DeliveryKind.REMINDER,
        chat=chat,
        officer_id=item.officer_id,
        about_id=item.id,
        due_at=due_at,
        expires_at=item.expires_at,
        now=now,
    )


def find_reminder(session: Session, item: Delivery, *, message_id: int) -> Delivery | None:
    """Return the reminder of an item that is this message, or may be the one whose arrival nobody saw."""
    if item.message_id == message_id:
        return None
    shown = select(Delivery).where(
        Delivery.about_id == item.id,
        Delivery.kind == DeliveryKind.REMINDER,
        (col(Delivery.message_id) == message_id) | col(Delivery.message_id).is_(None),
        col(Delivery.copies) > 0,
    )
    return session.exec(shown.order_by(col(Delivery.message_id).desc())).first()


def gather(session: Session, delivery_ids: Sequence[int], settings: Settings, now: datetime) -> Mapping[int, Subject]:
    """Return what reminders show, by their deliveries' ids."""
    found = session.exec(select(Delivery).where(col(Delivery.id).in_(delivery_ids))).all()
    items = session.exec(select(Delivery).where(col(Delivery.id).in_([one.about_id for one in found]))).all()
    cards = get_cards(session, [one.id or 0 for one in items], settings=settings, now=now)
    pages = list_pages(session, items, settings=settings)
    return {
        one.id or 0: Reminder(cards[one.about_id or 0], is_copy(one), pages.get(one.about_id or 0))
        for one in found
        if one.about_id in cards
    }
