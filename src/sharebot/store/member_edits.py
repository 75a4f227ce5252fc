"""What staff change of a party: its facts, notes, seats and accounts. Staff of a `region` reach its parties alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Delivery, Erasure, Invitation, Member, Officer, SocialAccount
from sharebot.rules.members_file import Account, MemberRow, Seat
from sharebot.store.confirming import forget_posts
from sharebot.store.edits import in_order
from sharebot.store.erasure import erase
from sharebot.store.members import add_account, add_seat, facts_of
from sharebot.store.officers import OfficerView, get_officer
from sharebot.values.status import DataTier, DeliveryKind, DeliveryStatus, MemberStatus, OfficerStatus

LONGEST_NOTES = 4000
_ASKS = (DeliveryKind.ITEM, DeliveryKind.FORWARD, DeliveryKind.DIGEST, DeliveryKind.REMINDER)
_WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.HELD)
_UNSEEN = {"synchronize_session": False}


def get_member(session: Session, code: str, *, region: str | None) -> Member:
    """Return a party. Raises NotFound, also for one of another region."""
    member = session.exec(select(Member).where(Member.code == code)).first()
    if member is None or (region is not None and member.region != region):
        raise NotFound(f"there is no party {code}")
    return member


def get_seat(session: Session, officer_id: int, *, region: str | None) -> OfficerView:
    """Return a seat. Raises NotFound, also for one of another region, or whose officer was erased."""
    officer = get_officer(session, officer_id)
    get_member(session, officer.member_code, region=region)
    if session.get(Erasure, officer_id) is not None:
        raise NotFound(f"there is no seat {officer_id}")
    return officer


def change_member(session: Session, row: MemberRow, status: MemberStatus, *, region: str | None) -> tuple[str, ...]:
    """Write a party's facts (not its seats and accounts); return the names of those that changed.

    When it pauses or leaves, what waits for its officers is held back for good. Raises NotFound, and Refused when
    staff of a region would move it to another one.
    """
    member = get_member(session, row.code, region=region)
    if region is not None and row.region != region:
        raise Refused("you cannot move a party to a region that is not yours")
    new = facts_of(row) | {"status": status}
    changed = tuple(name for name, value in new.items() if getattr(member, name) != value)
    for name in changed:
        setattr(member, name, new[name])
    session.add(member)
    session.flush()
    if "status" in changed and status is not MemberStatus.ACTIVE:
        _hold_back(session, member.id or 0)
    return changed


def _hold_back(session: Session, member_id: int) -> None:
    seats = select(Officer.id).where(Officer.member_id == member_id)
    waiting = in_order(
        col(Delivery.officer_id).in_(seats), col(Delivery.kind).in_(_ASKS), col(Delivery.status).in_(_WAITING)
    )
    held = update(Delivery).where(col(Delivery.id).in_(waiting), col(Delivery.status).in_(_WAITING))
    session.execute(held.values(status=DeliveryStatus.SUPPRESSED), execution_options=_UNSEEN)


def set_notes(session: Session, code: str, notes: str, *, region: str | None) -> None:
    """Keep what staff noted of a party. Raises NotFound."""
    member = get_member(session, code, region=region)
    member.notes = notes.strip()[:LONGEST_NOTES]
    session.add(member)


def open_seat(session: Session, code: str, seat: Seat, *, region: str | None, now: datetime) -> int:
    """Give a party one more seat and return its id. Raises NotFound, Refused when it has one of this label."""
    member = get_member(session, code, region=region)
    if not add_seat(session, member, seat, now=now):
        raise Refused("the party has a seat with this label already")
    session.flush()
    newest = select(Officer.id).where(Officer.member_id == member.id).order_by(col(Officer.id).desc())
    return session.exec(newest.limit(1)).one() or 0


def remove_seat(session: Session, officer_id: int, *, region: str | None, now: datetime) -> None:
    """End a seat, and erase whoever sits there; their shares stay their party's. Raises NotFound.

    A seat that nobody ever took is gone without a trace. `erasure.press_out` has to follow the commit.
    """
    get_seat(session, officer_id, region=region)
    if _was_never_taken(session, officer_id):
        session.execute(delete(Invitation).where(col(Invitation.officer_id) == officer_id))
        session.execute(delete(Officer).where(col(Officer.id) == officer_id))
    else:
        erase(session, officer_id, now=now)


def _was_never_taken(session: Session, officer_id: int) -> bool:
    officer = session.get_one(Officer, officer_id)
    if officer.status is not OfficerStatus.INVITED or officer.chat_id is not None:
        return False
    named = select(Delivery.id).where(
        (col(Delivery.officer_id) == officer_id) | (col(Delivery.about_officer_id) == officer_id)
    )
    follows = select(Officer.id).where(Officer.replaces_id == officer_id)
    return session.exec(named.limit(1)).first() is None and session.exec(follows).first() is None


def set_seat(session: Session, officer_id: int, *, language: str, tier: DataTier, region: str | None) -> None:
    """Choose the language a seat is written to in, and how much data its connection bears. Raises NotFound."""
    get_seat(session, officer_id, region=region)
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(language=language, tier=tier))


def set_high_risk(session: Session, officer_id: int, is_high: bool, *, region: str | None) -> None:
    """Say whether being known could harm a seat's officer. Raises NotFound."""
    get_seat(session, officer_id, region=region)
    session.execute(update(Officer).where(col(Officer.id) == officer_id).values(high_risk=is_high))


def revoke_invitation(session: Session, officer_id: int, *, region: str | None, now: datetime) -> None:
    """End a seat's open invitation. Raises NotFound, Refused when there is none."""
    get_seat(session, officer_id, region=region)
    still_open = update(Invitation).where(
        col(Invitation.officer_id) == officer_id,
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
    )
    if not session.execute(still_open.values(revoked_at=now).returning(col(Invitation.id))).all():
        raise Refused("no invitation of this seat is open")


def add_accounts(session: Session, code: str, accounts: Sequence[Account], *, region: str | None) -> None:
    """Add accounts of a party. Raises NotFound, and Refused when one is somebody's already."""
    member = get_member(session, code, region=region)
    for one in accounts:
        if not add_account(session, member.id, one):
            raise Refused(f"{one.network.label} {one.handle} belongs to a party already")


def remove_account(session: Session, code: str, account_id: int, *, region: str | None) -> None:
    """Stop watching an account and forget the posts seen there; what they proved stays. Raises NotFound."""
    member = get_member(session, code, region=region)
    account = session.get(SocialAccount, account_id)
    if account is None or account.member_id != member.id:
        raise NotFound(f"there is no account {account_id}")
    forget_posts(session, account_id)
    session.delete(account)
