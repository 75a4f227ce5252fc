"""The sessions of staff's browsers; of their cookies only hashes are kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound
from sharebot.models import Staff, StaffLink, StaffSession
from sharebot.store.staff import SignedIn, describe, hash_token, use_link
from sharebot.values.sign_in import LinkPurpose, Way

IDLE_LIMIT = timedelta(hours=12)
ABSOLUTE_LIMIT = timedelta(days=7)
_NOTED_EVERY = timedelta(minutes=5)
_HANDLE = 16  # signs of the hash: enough to tell one's own sessions apart


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner sees it; `handle` names it in addresses and opens nothing."""

    handle: str
    browser: str
    way: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def consume_link(session: Session, token: str, *, now: datetime, browser: str = "") -> str | None:
    """Use up a sign-in link and return a new session's token; None when it is not valid (any more)."""
    staff = use_link(session, token, purpose=LinkPurpose.SIGN_IN, now=now)
    return open_session(session, staff.id or 0, now=now, way=Way.LINK, browser=browser) if staff else None


def open_session(session: Session, staff_id: int, *, now: datetime, way: Way, browser: str = "") -> str:
    """Return the token of a new session of somebody who has proven who they are."""
    _end_overdue(session, now=now)
    token = secrets.token_urlsafe(32)
    opened = StaffSession(
        token_sha256=hash_token(token),
        staff_id=staff_id,
        created_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE_LIMIT,
        browser=browser,
        way=way.value,
    )
    session.add(opened)
    session.flush()
    return token


def find_session(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Return who this session belongs to; None when it is unknown, ended, idle or too old."""
    found = session.exec(
        select(StaffSession, Staff)
        .join(Staff, col(Staff.id) == col(StaffSession.staff_id))
        .where(
            StaffSession.token_sha256 == hash_token(token),
            StaffSession.expires_at > now,
            StaffSession.seen_at > now - IDLE_LIMIT,
            col(Staff.active).is_(True),
        )
    ).first()
    if found is None:
        return None
    opened, staff = found
    return describe(staff, is_stale=opened.seen_at <= now - _NOTED_EVERY)


def touch_session(session: Session, token: str, *, now: datetime) -> None:
    """Note that the session is in use."""
    seen = update(StaffSession).where(col(StaffSession.token_sha256) == hash_token(token))
    session.execute(seen.values(seen_at=now))


def list_sessions(session: Session, staff_id: int, token: str, *, now: datetime) -> list[SessionView]:
    """Return somebody's open sessions, the one with this token first, then by when they were last seen."""
    own = hash_token(token)
    opened = session.exec(
        select(StaffSession).where(
            StaffSession.staff_id == staff_id, StaffSession.expires_at > now, StaffSession.seen_at > now - IDLE_LIMIT
        )
    )
    views = [
        SessionView(
            one.token_sha256[:_HANDLE], one.browser, one.way, one.created_at, one.seen_at, one.token_sha256 == own
        )
        for one in opened
    ]
    return sorted(views, key=lambda one: (one.is_this, one.seen_at), reverse=True)


def end_session(session: Session, token: str) -> None:
    """Sign out."""
    session.execute(delete(StaffSession).where(col(StaffSession.token_sha256) == hash_token(token)))


def end_own_session(session: Session, staff_id: int, handle: str) -> None:
    """End one of somebody's sessions. Raises NotFound, for a session of somebody else too."""
    own = col(StaffSession.staff_id) == staff_id
    for one in session.exec(select(StaffSession).where(own)):
        if one.token_sha256[:_HANDLE] == handle:
            session.delete(one)
            return
    raise NotFound("there is no such session")


def end_other_sessions(session: Session, staff_id: int, token: str) -> None:
    """End all of somebody's sessions but the one with this token."""
    others = (col(StaffSession.staff_id) == staff_id) & (col(StaffSession.token_sha256) != hash_token(token))
    session.execute(delete(StaffSession).where(others))


def _end_overdue(session: Session, *, now: datetime) -> None:
    overdue = (col(StaffSession.expires_at) <= now) | (col(StaffSession.seen_at) <= now - IDLE_LIMIT)
    session.execute(delete(StaffSession).where(overdue))
    session.execute(delete(StaffLink).where(col(StaffLink.expires_at) <= now))
