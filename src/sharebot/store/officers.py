"""Officers: invited, joined, confirmed, reached or not. Their chat and label are sealed."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Chat, Erasure, Invitation, Member, Officer
from sharebot.store.chats import ensure_chat
from sharebot.store.database import vault_of
from sharebot.store.deliveries import add_welcome, hold_back_backlog
from sharebot.store.farewells import end_predecessor, turn_away
from sharebot.store.members import lock_party
from sharebot.store.wishes import wishes_of
from sharebot.store.zones import zone_of
from sharebot.values.seats import Wishes
from sharebot.values.status import ChatKind, DataTier, OfficerStatus

INVITATION_LASTS = timedelta(hours=72)
CONSENT_WITHIN = timedelta(hours=72)
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
    has_agreed: bool
    wishes: Wishes


def view_of(session: Session, officer: Officer, member: Member) -> OfficerView:
    """Return what may be shown of an officer."""
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
        officer.consented_at is not None,
        wishes_of(officer, member),
    )


def list_officers(session: Session, status: OfficerStatus | None = None) -> list[OfficerView]:
    """Return officers by member code and seat, all or those in one status."""
    rows = select(Officer, Member).join(Member, col(Member.id) == col(Officer.member_id))
    if status is not None:
        rows = rows.where(Officer.status == status)
    ordered = rows.order_by(col(Member.code), col(Officer.id))
    return [view_of(session, officer, member) for officer, member in session.exec(ordered)]


def get_officer(session: Session, officer_id: int) -> OfficerView:
    """Return the officer. Raises NotFound."""
    officer = session.get(Officer, officer_id)
    member = session.get(Member, officer.member_id) if officer else None
    if officer is None or member is None:
        raise NotFound(f"there is no officer {officer_id}")
    return view_of(session, officer, member)


def find_by_chat(session: Session, address: int, *, bot_id: int) -> OfficerView | None:
    """Return the officer who writes to this bot from this chat, or None."""
    officer = _find_seat(session, address, bot_id=bot_id)
    return None if officer is None or officer.status is OfficerStatus.GONE else officer


def _find_seat(session: Session, address: int, *, bot_id: int) -> OfficerView | None:
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
    if session.get(Erasure, officer_id) is not None:
        raise Refused(f"the seat {officer_id} was erased; make a new one")
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
    """Seat the chat that brought a good token; they are to agree, then wait until staff confirm.

    None, without a difference, for an unknown, used, expired or revoked token, and for a chat that has a
    seat already. Of two chats with one token at once, one wins: the invitation is used by one UPDATE.
    """
    if _find_seat(session, address, bot_id=bot_id) is not None:
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
    """Let a waiting officer in and queue their welcome; whoever handed over to them goes.

    Raises Refused when they do not wait, or have not agreed to what is stored.
    """
    lock_party(session, officer_id)
    officer = get_officer(session, officer_id)
    if officer.status is OfficerStatus.WAITING and not officer.has_agreed:
        raise Refused(f"officer {officer_id} has not agreed yet to what is stored")
    _step(session, officer_id, OfficerStatus.WAITING, OfficerStatus.ACTIVE)
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(name_sealed=None))
    add_welcome(session, officer_id, now=now, expires_at=now + WELCOME_LASTS)
    end_predecessor(session, officer_id, now=now)


def reject(session: Session, officer_id: int, *, now: datetime) -> None:
    """Turn a waiting chat away; the seat is free again. Raises Refused when nobody waits there."""
    _step(session, officer_id, OfficerStatus.WAITING, OfficerStatus.INVITED)
    turn_away(session, officer_id, now=now)


def free_silent(session: Session, *, now: datetime) -> int:
    """Free the seats of those who came and did not agree in time; their chats are forgotten without a word."""
    silent = select(Officer.id).where(
        Officer.status == OfficerStatus.WAITING,
        col(Officer.consented_at).is_(None),
        col(Officer.joined_at) <= now - CONSENT_WITHIN,
    )
    ids = [one for one in session.exec(silent) if one]
    for officer_id in ids:
        _step(session, officer_id, OfficerStatus.WAITING, OfficerStatus.INVITED)
        turn_away(session, officer_id, now=None)
    return len(ids)


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


def pause(session: Session, officer_id: int, *, until: date | None) -> bool:
    """Write nothing until that day, or until they come back themselves; False when they are not active."""
    here = (col(Officer.id) == officer_id, col(Officer.status).in_([OfficerStatus.ACTIVE, OfficerStatus.PAUSED]))
    paused = update(Officer).where(*here).values(status=OfficerStatus.PAUSED, paused_until=until)
    return session.execute(paused.returning(col(Officer.id))).first() is not None


def come_back(session: Session, officer_id: int, *, old: OfficerStatus, now: datetime) -> bool:
    """Write again to somebody who paused or blocked the bot, without a flood; False when they did not."""
    moved = set_status(session, officer_id, old=old, new=OfficerStatus.ACTIVE)
    if moved:
        session.execute(update(Officer).where(col(Officer.id) == officer_id).values(paused_until=None))
        hold_back_backlog(session, officer_id, now=now)
    return moved


def wake_due(session: Session, *, now: datetime) -> list[int]:
    """Bring back those whose pause ends today by their own clock; return who."""
    tomorrow = now.date() + timedelta(days=1)  # nowhere is the calendar further than this
    paused = select(Officer, Member).join(Member, col(Member.id) == col(Officer.member_id))
    paused = paused.where(Officer.status == OfficerStatus.PAUSED, col(Officer.paused_until) <= tomorrow)
    due = [
        officer.id or 0
        for officer, member in session.exec(paused)
        if officer.paused_until and officer.paused_until <= now.astimezone(_clock(officer, member)).date()
    ]
    return [one for one in due if come_back(session, one, old=OfficerStatus.PAUSED, now=now)]


def _clock(officer: Officer, member: Member) -> ZoneInfo:
    return ZoneInfo(zone_of(officer.zone, member.zone))


def mark_unreachable(session: Session, officer_id: int) -> None:
    """Stop writing to somebody who blocked the bot or is gone from Telegram."""
    set_status(session, officer_id, old=OfficerStatus.ACTIVE, new=OfficerStatus.UNREACHABLE)


def count_sealed(session: Session) -> int:
    """Return how many officers there are, whose labels only the right key opens."""
    return session.exec(select(func.count()).select_from(Officer)).one()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
