"""Staff, their one-use sign-in links and their sessions; of tokens only hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Staff, StaffLink, StaffSession
from sharebot.values.status import StaffRole

LINK_LASTS = timedelta(minutes=10)
IDLE_LIMIT = timedelta(hours=12)
ABSOLUTE_LIMIT = timedelta(days=7)
_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who looks at a page, as the database knows them now; `is_stale` asks for `touch_session`.

    Whoever has a `region` sees and changes what belongs to its parties alone.
    """

    staff_id: int
    email: str
    role: StaffRole
    language: str
    is_stale: bool = False
    region: str | None = None
    name: str = ""

    @property
    def actor(self) -> str:
        """How the audit log calls them."""
        return f"staff:{self.staff_id}"


def add_staff(session: Session, email: str, *, role: StaffRole, language: str, now: datetime) -> Staff:
    """Add a person, or take a removed one back. Raises Refused when they are staff already."""
    address = email.strip().lower()
    known = session.exec(select(Staff).where(Staff.email == address)).first()
    if known is not None and known.active:
        raise Refused(f"{address} is staff already")
    staff = known or Staff(email=address, role=role, created_at=now)
    staff.role, staff.language, staff.active = role, language, True
    session.add(staff)
    session.flush()
    return staff


def list_staff(session: Session) -> list[Staff]:
    """Return all people by address."""
    return list(session.exec(select(Staff).order_by(Staff.email)))


def get_staff(session: Session, email: str) -> Staff:
    """Return the active person with this address. Raises NotFound."""
    known = select(Staff).where(Staff.email == email.strip().lower(), col(Staff.active).is_(True))
    staff = session.exec(known).first()
    if staff is None:
        raise NotFound(f"{email} is not staff")
    return staff


def remove_staff(session: Session, email: str) -> None:
    """Shut a person out at once: no link and no session of theirs opens anything any more."""
    staff = get_staff(session, email)
    staff.active = False
    session.add(staff)
    session.execute(delete(StaffSession).where(col(StaffSession.staff_id) == staff.id))
    session.execute(delete(StaffLink).where(col(StaffLink.staff_id) == staff.id))


def set_language(session: Session, staff_id: int, language: str) -> None:
    """Remember the language a person reads the pages in."""
    session.execute(update(Staff).where(col(Staff.id) == staff_id).values(language=language))


def create_link(session: Session, email: str, *, now: datetime) -> str:
    """Return the token of a new sign-in link; earlier ones of this person open nothing any more."""
    staff = get_staff(session, email)
    token = secrets.token_urlsafe(32)
    session.execute(delete(StaffLink).where(col(StaffLink.staff_id) == staff.id))
    session.add(StaffLink(token_sha256=_hash(token), staff_id=staff.id or 0, expires_at=now + LINK_LASTS))
    return token


def consume_link(session: Session, token: str, *, now: datetime) -> str | None:
    """Use up a sign-in link and return a new session's token; None when it is not valid (any more)."""
    used = session.execute(
        update(StaffLink)
        .where(
            col(StaffLink.token_sha256) == _hash(token),
            col(StaffLink.used_at).is_(None),
            col(StaffLink.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(StaffLink.staff_id))
    ).first()
    if used is None:
        return None
    staff = session.get(Staff, used[0])
    if staff is None or not staff.active:
        return None
    _end_overdue(session, now=now)
    return _open_session(session, used[0], now=now)


def find_session(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Return who this session belongs to; None when it is unknown, ended, idle or too old."""
    found = session.exec(
        select(StaffSession, Staff)
        .join(Staff, col(Staff.id) == col(StaffSession.staff_id))
        .where(
            StaffSession.token_sha256 == _hash(token),
            StaffSession.expires_at > now,
            StaffSession.seen_at > now - IDLE_LIMIT,
            col(Staff.active).is_(True),
        )
    ).first()
    if found is None:
        return None
    opened, staff = found
    stale = opened.seen_at <= now - _NOTED_EVERY
    return SignedIn(staff.id or 0, staff.email, staff.role, staff.language, stale, staff.region, staff.name)


def touch_session(session: Session, token: str, *, now: datetime) -> None:
    """Note that the session is in use."""
    seen = update(StaffSession).where(col(StaffSession.token_sha256) == _hash(token))
    session.execute(seen.values(seen_at=now))


def end_session(session: Session, token: str) -> None:
    """Sign out."""
    session.execute(delete(StaffSession).where(col(StaffSession.token_sha256) == _hash(token)))


def _open_session(session: Session, staff_id: int, *, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_sha256=_hash(token),
            staff_id=staff_id,
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE_LIMIT,
        )
    )
    return token


def _end_overdue(session: Session, *, now: datetime) -> None:
    overdue = (col(StaffSession.expires_at) <= now) | (col(StaffSession.seen_at) <= now - IDLE_LIMIT)
    session.execute(delete(StaffSession).where(overdue))
    session.execute(delete(StaffLink).where(col(StaffLink.expires_at) <= now))


def _hash(token: str) -> str:
    # surrogateescape: a token from an address may hold anything, and must only fail to match.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
