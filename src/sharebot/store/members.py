"""Members and their accounts: the import, and who there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from sharebot.models import Member, Officer, SocialAccount
from sharebot.rules.audience import Candidate
from sharebot.rules.members_file import Account, MemberRow, Seat
from sharebot.rules.observing import TRACKED
from sharebot.store.database import vault_of
from sharebot.store.once import once
from sharebot.values.status import AccountStatus, Network
from sharebot.values.tracking import Unobservable


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import changed."""

    added: int
    changed: int
    unchanged: int
    seats_added: int
    accounts_added: int


def import_members(session: Session, rows: Sequence[MemberRow], *, now: datetime) -> ImportSummary:
    """Add and update members from a checked file, all in the caller's one transaction.

    Importing the same file twice changes nothing. Members, seats and accounts that the file leaves
    out stay as they are: staff end them on purpose.
    """
    known = {member.code: member for member in session.exec(select(Member))}
    added = changed = seats = accounts = 0
    for row in rows:
        member = known.get(row.code)
        fields = facts_of(row)
        if member is None:
            member = Member(code=row.code, created_at=now, **fields)
            session.add(member)
            session.flush()
            added += 1
        elif any(getattr(member, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(member, name, value)
            changed += 1
        seats += sum(add_seat(session, member, seat, now=now) for seat in row.seats)
        accounts += sum(add_account(session, member.id, account) for account in row.accounts)
    return ImportSummary(added, changed, len(rows) - added - changed, seats, accounts)


def lock_party(session: Session, officer_id: int | None) -> None:
    """Let nobody else change what officers of this seat's party said, or erase one, until the transaction ends.

    To be called before anything else of theirs is written, so that nobody waits for who waits for them. SQLite has one
    writer at a time; rows that name the party may be written meanwhile.
    """
    own = select(Officer.member_id).where(Officer.id == officer_id).scalar_subquery()
    session.exec(select(Member.id).where(Member.id == own).with_for_update(key_share=True)).all()


def facts_of(row: MemberRow) -> dict[str, Any]:
    """Return what a row says of a member, by the columns' names."""
    return {
        "name": row.name,
        "kind": row.kind,
        "country": row.country,
        "region": row.region,
        "languages": ",".join(row.languages),
        "zone": row.zone,
    }


def add_seat(session: Session, member: Member, seat: Seat, *, now: datetime) -> int:
    """Give a member a seat; return 1 when its label is new there."""
    vault = vault_of(session)
    index = vault.index(seat.label)
    same = select(Officer).where(Officer.member_id == member.id, Officer.label_index == index)
    if session.exec(same).first() is not None:
        return 0
    session.add(
        Officer(
            member_id=_id(member),
            label_sealed=vault.seal(seat.label),
            label_index=index,
            language=seat.language,
            created_at=now,
        )
    )
    return 1


def add_account(session: Session, member_id: int | None, account: Account) -> int:
    """Add an account of a member, None for the Alliance; return 1 when nobody has it yet."""
    same = select(SocialAccount).where(SocialAccount.network == account.network, SocialAccount.handle == account.handle)
    if session.exec(same).first() is not None:
        return 0
    watched = account.network in TRACKED or member_id is None
    session.add(
        SocialAccount(
            member_id=member_id,
            network=account.network,
            handle=account.handle,
            status=AccountStatus.WATCHED if watched else AccountStatus.UNOBSERVABLE,
            reason=None if watched else Unobservable.NO_TRACKER,
        )
    )
    return 1


def add_alliance_account(session: Session, network: Network, handle: str) -> int:
    """Watch one of the Alliance's own accounts; return 1 when it is new."""
    return add_account(session, None, Account(network, handle))


def list_members(session: Session) -> list[Member]:
    """Return all members by code."""
    by_code = select(Member).order_by(col(Member.code))
    return list(once(session, "members", lambda: session.exec(by_code).all()))


def first_member_at(session: Session) -> datetime | None:
    """Return when the first member was added, or None."""
    return session.exec(select(func.min(Member.created_at))).one()


def candidate(member: Member) -> Candidate:
    """Return what the choice of an audience needs to know of a member."""
    return Candidate(
        code=member.code,
        kind=member.kind.value,
        country=member.country,
        region=member.region,
        languages=tuple(member.languages.split(",")),
        status=member.status,
    )


def _id(member: Member) -> int:
    assert member.id is not None  # noqa: S101 - flushed rows have one
    return member.id
