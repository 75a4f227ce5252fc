"""Officers: invited, joined, confirmed, reached or not. Their chat and label are sealed."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Chat, Invitation, Member, Officer
from sharebot.store.chats import ensure_chat, forget_chat
from sharebot.store.database import vault_of
from sharebot.store.deliveries import add_welcome, hold_back_backlog
from sharebot.values.status import ChatKind, DataTier, OfficerStatus

INVITATION_LASTS = timedelta(hours=72)
WELCOME_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OfficerView:
    """An officer with what may be shown of them; never the chat id."""

    id: int
    member_id: int
    member_code: str
    member_name: str
    label: str
    language: str
    status: OfficerStatus
    tier: DataTier
    high_risk: bool


def _view(session: Session, officer: Officer, member: Member) -> OfficerView:
    return OfficerView(
        officer.id or 0,
        officer.member_id,
        member.code,
        member.name,
        vault_of(session).open(officer.label_sealed),
        officer.language,
        officer.status,
        officer.tier,
        officer.high_risk,
    )


def list_officers(session: Session, status: OfficerStatus | None = None) -> list[OfficerView]:
    """Return officers by member code and seat, all or those in one status."""
    rows = select(Officer, Member).join(Member, col(Member.id) == col(Officer.member_id))
    if status is not None:
        rows = rows.where(Officer.status == status)
    ordered = rows.order_by(col(Member.code), col(Officer.id))
    return [_view(session, officer, member) for officer, member in session.exec(ordered)]


def get_officer(session: Session, officer_id: int) -> OfficerView:
    """Return the officer. Raises NotFound."""
    officer = session.get(Officer, officer_id)
    member = session.get(Member, officer.member_id) if officer else None
    if officer is None or member is None:
        raise NotFound(f"there is no officer {officer_id}")
    return _view(session, officer, member)


def find_by_chat(session: Session, address: int, *, bot_id: int) -> OfficerView | None:
    """Return the officer who writes to this bot from this chat, or None."""
    index = vault_of(session).index(str(address))
    seat = select(Officer.id).join(Chat, col(Chat.id) == col(Officer.chat_id))
    officer_id = session.exec(seat.where(Chat.address_index == index, Chat.bot_id == bot_id)).first()
    return get_officer(session, officer_id) if officer_id else None


def create_invitation(session: Session, officer_id: int, *, now: datetime) -> str:
    """Return a new one-use token for a seat, good for 72 hours; earlier ones of the seat end.

    Raises Refused when the seat is taken.
    """
    officer = get_officer(session, officer_id)
    if officer.status not in {OfficerStatus.INVITED, OfficerStatus.GONE}:
        raise Refused(f"the seat of {officer.label} is taken ({officer.status.value})")
    open_ones = update(Invitation).where(col(Invitation.officer_id) == officer_id, col(Invitation.used_at).is_(None))
    session.execute(open_ones.values(revoked_at=now))
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            officer_id=officer_id,
            token_sha256=_hash(token),
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
    )
    return token


def join(session: Session, token: str, *, bot_id: int, address: int, now: datetime) -> OfficerView | None:
    """Seat the chat that brought a good token; they wait until staff confirm.

    None, without a difference, for an unknown, used, expired or revoked token, and for a chat that has a
    seat already. Of two chats with one token at once, one wins: the invitation is used by one UPDATE.
    """
    if find_by_chat(session, address, bot_id=bot_id) is not None:
        return None
    used = session.execute(
        update(Invitation)
        .where(
            col(Invitation.token_sha256) == _hash(token),
            col(Invitation.used_at).is_(None),
            col(Invitation.revoked_at).is_(None),
            col(Invitation.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(Invitation.officer_id))
    ).first()
    if used is None:
        return None
    seat = update(Officer).where(
        col(Officer.id) == used[0], col(Officer.status).in_([OfficerStatus.INVITED, OfficerStatus.GONE])
    )
    chat_id = ensure_chat(session, bot_id, address, ChatKind.PRIVATE)
    seated = seat.values(status=OfficerStatus.WAITING, chat_id=chat_id, joined_at=now)
    taken = session.execute(seated.returning(col(Officer.id))).first()
    return get_officer(session, used[0]) if taken else None


def confirm(session: Session, officer_id: int, *, now: datetime) -> None:
    """Let a waiting officer in and queue their welcome. Raises Refused when they do not wait."""
    _step(session, officer_id, OfficerStatus.WAITING, OfficerStatus.ACTIVE)
    add_welcome(session, officer_id, now=now, expires_at=now + WELCOME_LASTS)


def reject(session: Session, officer_id: int, *, now: datetime) -> None:
    """Turn a waiting chat away; the seat is free again. Raises Refused when nobody waits there."""
    _step(session, officer_id, OfficerStatus.WAITING, OfficerStatus.INVITED)
    held = select(Officer.chat_id).where(Officer.id == officer_id)
    chat = session.get(Chat, session.exec(held).one() or 0)
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(chat_id=None, joined_at=None))
    if chat is not None:
        forget_chat(session, chat)


def _step(session: Session, officer_id: int, old: OfficerStatus, new: OfficerStatus) -> None:
    moved = session.execute(
        update(Officer)
        .where(col(Officer.id) == officer_id, col(Officer.status) == old)
        .values(status=new)
        .returning(col(Officer.id))
    ).first()
    if moved is None:
        raise Refused(f"officer {officer_id} is not {old.value}")


def set_language(session: Session, officer_id: int, language: str) -> None:
    """Remember the language the officer chose."""
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(language=language))


def set_status(session: Session, officer_id: int, *, old: OfficerStatus, new: OfficerStatus) -> bool:
    """Move an officer between two statuses; False when they were not in the old one."""
    moved = update(Officer).where(col(Officer.id) == officer_id, col(Officer.status) == old)
    return session.execute(moved.values(status=new).returning(col(Officer.id))).first() is not None


def come_back(session: Session, officer_id: int, *, old: OfficerStatus, now: datetime) -> bool:
    """Write again to somebody who paused or blocked the bot, without a flood; False when they did not."""
    moved = set_status(session, officer_id, old=old, new=OfficerStatus.ACTIVE)
    if moved:
        hold_back_backlog(session, officer_id, now=now)
    return moved


def mark_unreachable(session: Session, officer_id: int) -> None:
    """Stop writing to somebody who blocked the bot or is gone from Telegram."""
    set_status(session, officer_id, old=OfficerStatus.ACTIVE, new=OfficerStatus.UNREACHABLE)


def count_sealed(session: Session) -> int:
    """Return how many officers there are, whose labels only the right key opens."""
    return session.exec(select(func.count()).select_from(Officer)).one()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
