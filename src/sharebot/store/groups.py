"""A party's group: one seat of the party, at which any of its officers may speak."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.models import Chat, Delivery, Officer
from sharebot.store.chats import ensure_chat, find_chat, move_chat
from sharebot.store.database import vault_of
from sharebot.store.deliveries import hold_back_backlog
from sharebot.store.officers import OfficerView, get_officer
from sharebot.values.status import ChatKind, DataTier, DeliveryStatus, OfficerStatus

LABEL = "Group"
_SPEAKING = (OfficerStatus.ACTIVE, OfficerStatus.PAUSED)
_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.HELD)


class Linking(StrEnum):
    """What became of the wish to have a party's items in a group."""

    LINKED = "linked"
    TAKEN = "taken"  # it is another party's group


def find_enrolled(session: Session, user: int, *, bot_id: int) -> OfficerView | None:
    """Return the active officer who is this account on Telegram, rather at this bot than at another of ours."""
    seats = _seats_of(session, user, (OfficerStatus.ACTIVE,))
    seats.sort(key=lambda seat: seat[1] != bot_id)
    return get_officer(session, seats[0][0]) if seats else None


def find_speaker(session: Session, *, group: int, user: int, bot_id: int) -> OfficerView | None:
    """Return the officer who is this account and may speak in this group, or None."""
    seat = find_group_seat(session, group, bot_id=bot_id)
    if seat is None:
        return None
    own = [get_officer(session, officer_id) for officer_id, _ in _seats_of(session, user, _SPEAKING)]
    return next((one for one in own if one.member_id == seat.member_id), None)


def find_group_seat(session: Session, group: int, *, bot_id: int) -> OfficerView | None:
    """Return the seat of the party whose group this is, or None."""
    chat = find_chat(session, bot_id, group)
    if chat is None or chat.kind is not ChatKind.GROUP:
        return None
    own = select(Officer.id).where(Officer.chat_id == chat.id, Officer.status != OfficerStatus.GONE)
    officer_id = session.exec(own).first()
    return get_officer(session, officer_id) if officer_id else None


def _seats_of(session: Session, user: int, statuses: tuple[OfficerStatus, ...]) -> list[tuple[int, int]]:
    """Return the private seats of an account at all our bots, each with its bot."""
    own = (
        select(Officer.id, Chat.bot_id)
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(
            Chat.address_index == vault_of(session).index(str(user)),
            Chat.kind == ChatKind.PRIVATE,
            col(Officer.status).in_(statuses),
        )
    )
    return [(officer_id or 0, bot_id) for officer_id, bot_id in session.exec(own.order_by(col(Officer.id)))]


def link_group(
    session: Session, officer: OfficerView, *, bot_id: int, address: int, thread_id: int | None, now: datetime
) -> Linking:
    """Have an officer's party get its items in this group, or in one topic of it; its earlier place ends."""
    chat_id = ensure_chat(session, bot_id, address, ChatKind.GROUP)
    holder = session.exec(select(Officer).where(Officer.chat_id == chat_id)).first()
    if holder is not None and holder.member_id != officer.member_id:
        if holder.status is not OfficerStatus.GONE:
            return Linking.TAKEN
        holder.chat_id = None
        session.add(holder)
        session.flush()
    seat = _party_seat(session, officer.member_id) or _new_seat(session, officer, now=now)
    seat.chat_id, seat.language, seat.high_risk = chat_id, officer.language, officer.high_risk
    seat.status, seat.joined_at, seat.consented_at = OfficerStatus.ACTIVE, now, now
    session.add(seat)
    session.execute(update(Chat).where(col(Chat.id) == chat_id).values(kind=ChatKind.GROUP, thread_id=thread_id))
    _readdress(session, seat.id or 0, chat_id=chat_id, bot_id=bot_id)
    hold_back_backlog(session, seat.id or 0, now=now)
    return Linking.LINKED


def _party_seat(session: Session, member_id: int) -> Officer | None:
    """Return the seat that is, or was, the party's group."""
    seats = select(Officer).where(Officer.member_id == member_id).order_by(col(Officer.id))
    at_group = seats.join(Chat, col(Chat.id) == col(Officer.chat_id)).where(Chat.kind == ChatKind.GROUP)
    if (seat := session.exec(at_group).first()) is not None:
        return seat
    left = seats.where(Officer.status == OfficerStatus.GONE, col(Officer.chat_id).is_(None))
    return session.exec(left.where(col(Officer.label_index).in_(_labels(session)))).first()


def _new_seat(session: Session, officer: OfficerView, *, now: datetime) -> Officer:
    taken = set(session.exec(select(Officer.label_index).where(Officer.member_id == officer.member_id)))
    index, label = next((index, label) for index, label in _labels(session).items() if index not in taken)
    seat = Officer(
        member_id=officer.member_id,
        label_sealed=vault_of(session).seal(label),
        label_index=index,
        language=officer.language,
        tier=DataTier.FULL,
        created_at=now,
    )
    session.add(seat)
    session.flush()
    return seat


def _labels(session: Session) -> dict[str, str]:
    """Return what a group's seat may be called, the first that is free, by the indexes of the labels."""
    vault = vault_of(session)
    return {vault.index(label): label for label in (LABEL, *(f"{LABEL} {number}" for number in range(2, 10)))}


def _readdress(session: Session, officer_id: int, *, chat_id: int, bot_id: int) -> None:
    """Let what waits for a seat go to its present chat."""
    waiting = (col(Delivery.officer_id) == officer_id, col(Delivery.status).in_(_WAITING))
    session.execute(update(Delivery).where(*waiting).values(chat_id=chat_id, bot_id=bot_id))


def end_group(session: Session, officer: OfficerView, *, bot_id: int, address: int) -> bool:
    """End the seat of an officer's party in this group, so that private seats count again; False when it has none.

    The seat keeps its chat, so that what stands there can still be corrected.
    """
    seat = find_group_seat(session, address, bot_id=bot_id)
    if seat is None or seat.member_id != officer.member_id:
        return False
    _end_seat(session, seat.id)
    return True


def _end_seat(session: Session, officer_id: int) -> None:
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(status=OfficerStatus.GONE))
    waiting = (col(Delivery.officer_id) == officer_id, col(Delivery.status).in_(_WAITING))
    session.execute(update(Delivery).where(*waiting).values(status=DeliveryStatus.CANCELLED))


def follow_migration(session: Session, chat_id: int, address: int) -> bool:
    """Write to a group's new address from now on; False when nothing is to be sent there any more.

    Where we have a chat at that address already, the two become one: the seat goes there, unless one sits there
    already; then the old one ends, and what waited for it is not sent a second time.
    """
    if move_chat(session, chat_id, address):
        return True
    old = session.get(Chat, chat_id)
    new = find_chat(session, old.bot_id, address) if old else None
    if old is None or new is None:
        return False
    seat = session.exec(select(Officer).where(Officer.chat_id == chat_id)).first()
    if seat is None:
        return False
    if session.exec(select(Officer.id).where(Officer.chat_id == new.id)).first() is not None:
        _end_seat(session, seat.id or 0)
        return False
    seat.chat_id, new.kind = new.id, ChatKind.GROUP
    session.add_all([seat, new])
    session.flush()
    moved = update(Delivery).where(col(Delivery.officer_id) == seat.id, col(Delivery.chat_id) == chat_id)
    session.execute(moved.values(chat_id=new.id))
    return True
