"""Staff: who they are, what they may do, and the one-use links by which they come in."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import ApiToken, Passkey, SignInTry, Staff, StaffLink, StaffSession
from sharebot.values.sign_in import LinkPurpose
from sharebot.values.status import StaffRole

LINK_LASTS = timedelta(minutes=10)


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


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody is to do: a role, in one region or in all of them."""

    role: StaffRole
    region: str | None = None


def describe(staff: Staff, *, is_stale: bool = False) -> SignedIn:
    """Return somebody as pages and chats see them."""
    return SignedIn(staff.id or 0, staff.email, staff.role, staff.language, is_stale, staff.region, staff.name)


def add_staff(
    session: Session,
    email: str,
    *,
    role: StaffRole,
    language: str,
    now: datetime,
    region: str | None = None,
) -> Staff:
    """Add a person, or take a removed one back. Raises Refused when they are staff already."""
    address = email.strip().lower()
    known = session.exec(select(Staff).where(Staff.email == address)).first()
    if known is not None and known.active:
        raise Refused(f"{address} is staff already")
    _check(Post(role, region))
    staff = known or Staff(email=address, role=role, created_at=now)
    staff.role, staff.region, staff.language, staff.active = role, region, language, True
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


def get_person(session: Session, staff_id: int) -> Staff:
    """Return the active person with this id. Raises NotFound."""
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.active:
        raise NotFound(f"nobody of the staff has the number {staff_id}")
    return staff


def change_post(session: Session, staff_id: int, post: Post) -> bool:
    """Give somebody another role or region, and end their sessions at once; False when it is what they had.

    Raises NotFound, and Refused when nobody would be left who may appoint others.
    """
    staff = get_person(session, staff_id)
    if (staff.role, staff.region) == (post.role, post.region):
        return False
    _check(post)
    if post.role is not StaffRole.ADMIN:
        _keep_an_admin(session, staff)
    staff.role, staff.region = post.role, post.region
    session.add(staff)
    _shut_out(session, staff_id)
    return True


def describe_person(session: Session, staff_id: int, *, name: str, language: str) -> None:
    """Keep somebody's name and language. Raises NotFound."""
    staff = get_person(session, staff_id)
    staff.name, staff.language = name, language
    session.add(staff)


def remove_staff(session: Session, email: str) -> int:
    """Shut a person out at once and return their id: no link, session, passkey or chat of theirs opens anything.

    Raises NotFound, and Refused for the last admin.
    """
    staff = get_staff(session, email)
    staff_id = staff.id or 0
    _keep_an_admin(session, staff)
    staff.active = False
    staff.telegram_index = staff.oidc_subject = staff.passkey_handle = None
    session.add(staff)
    _shut_out(session, staff_id)
    session.execute(delete(Passkey).where(col(Passkey.staff_id) == staff_id))
    # Their programs stay out even when they come back one day.
    ended = update(ApiToken).where(col(ApiToken.staff_id) == staff_id)
    session.execute(ended.values(expires_at=ApiToken.created_at))
    return staff_id


def set_language(session: Session, staff_id: int, language: str) -> None:
    """Remember the language a person reads the pages in."""
    session.execute(update(Staff).where(col(Staff.id) == staff_id).values(language=language))


def create_link(session: Session, email: str, *, now: datetime) -> str:
    """Return the token of a new sign-in link; earlier ones of this person open nothing any more."""
    staff = get_staff(session, email)
    token = secrets.token_urlsafe(32)
    mine = (col(StaffLink.staff_id) == staff.id) & (col(StaffLink.purpose) == LinkPurpose.SIGN_IN)
    session.execute(delete(StaffLink).where(mine))
    session.add(StaffLink(token_sha256=hash_token(token), staff_id=staff.id or 0, expires_at=now + LINK_LASTS))
    return token


def use_link(session: Session, token: str, *, purpose: LinkPurpose, now: datetime) -> Staff | None:
    """Use a link or code up and return whose it was; None when it is not valid (any more)."""
    used = session.execute(
        update(StaffLink)
        .where(
            col(StaffLink.token_sha256) == hash_token(token),
            col(StaffLink.purpose) == purpose,
            col(StaffLink.used_at).is_(None),
            col(StaffLink.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(StaffLink.staff_id))
    ).first()
    staff = session.get(Staff, used[0]) if used else None
    return staff if staff is not None and staff.active else None


def hash_token(token: str) -> str:
    """Return what is kept of a token."""
    # surrogateescape: a token from an address may hold anything, and must only fail to match.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _check(post: Post) -> None:
    if post.role is StaffRole.ADMIN and post.region is not None:
        raise Refused("an admin works in all regions")


def _keep_an_admin(session: Session, staff: Staff) -> None:
    """Refuse to lose the last admin; the rows stay locked, so that two cannot go at once."""
    if staff.role is not StaffRole.ADMIN:
        return
    admins = select(Staff.id).where(Staff.role == StaffRole.ADMIN, col(Staff.active).is_(True)).with_for_update()
    if set(session.exec(admins)) <= {staff.id}:
        raise Refused("this is the last admin: appoint another one first")


def _shut_out(session: Session, staff_id: int) -> None:
    session.execute(delete(StaffSession).where(col(StaffSession.staff_id) == staff_id))
    session.execute(delete(StaffLink).where(col(StaffLink.staff_id) == staff_id))
    session.execute(delete(SignInTry).where(col(SignInTry.staff_id) == staff_id))
