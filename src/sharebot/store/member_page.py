"""One party as its page shows it: facts, seats with their invitations, accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from sharebot.models import Chat, Erasure, Invitation, Member, Officer, SocialAccount
from sharebot.rules.observing import choose_party_reason
from sharebot.store.member_edits import get_member
from sharebot.store.observable import why, with_facts
from sharebot.store.officers import OfficerView, view_of
from sharebot.values.status import AccountStatus, ChatKind, Network
from sharebot.values.tracking import Unobservable


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat: `invited_until` is when its open invitation ends, `via` where its officer is written to."""

    officer: OfficerView
    invited_until: datetime | None
    via: ChatKind | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A public account; `why` is why we cannot see its posts, None when we can, `error` why the last look failed.

    `confirmed_at` and `confirmed_by` are when somebody, "officer" or "staff", said that it is the party's own;
    `is_declined` that somebody said that it is not.
    """

    id: int
    network: Network
    handle: str
    status: AccountStatus
    why: Unobservable | None
    error: str | None
    tracked_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str
    is_declined: bool
    renamed_from: str | None
    renamed_at: datetime | None

    @property
    def observable(self) -> bool:
        """Whether we can see its posts."""
        return self.why is None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A party with its seats and accounts."""

    id: int
    facts: Member
    languages: tuple[str, ...]
    seats: tuple[SeatLine, ...]
    accounts: tuple[AccountLine, ...]

    @property
    def why(self) -> Unobservable | None:
        """Why nothing of it can be seen, None when an account of it can."""
        return choose_party_reason([one.why for one in sorted(self.accounts, key=lambda one: one.id)])

    @property
    def observable(self) -> bool:
        """Whether any account of theirs can be watched."""
        return self.why is None


def get_member_page(session: Session, code: str, *, region: str | None, now: datetime) -> MemberPage:
    """Return a party. Raises NotFound, also for one of another region."""
    member = get_member(session, code, region=region)
    return MemberPage(
        member.id or 0,
        member,
        tuple(member.languages.split(",")),
        tuple(_list_seats(session, member, now=now)),
        tuple(_list_accounts(session, member)),
    )


def _list_accounts(session: Session, member: Member) -> list[AccountLine]:
    accounts: Any = select(SocialAccount, why()).where(SocialAccount.member_id == member.id)
    by_network = with_facts(accounts).order_by(col(SocialAccount.network), col(SocialAccount.handle))
    return [
        AccountLine(
            one.id or 0,
            one.network,
            one.handle,
            one.status,
            reason,
            one.error,
            one.tracked_at,
            one.confirmed_at,
            (one.confirmed_by or "").partition(":")[0],
            one.confirmed_at is None and one.confirmed_by is not None,
            one.renamed_from,
            one.renamed_at,
        )
        for one, reason in session.execute(by_network)
    ]


def _list_seats(session: Session, member: Member, *, now: datetime) -> list[SeatLine]:
    seats = select(Officer, Chat.kind).outerjoin(Chat, col(Chat.id) == col(Officer.chat_id))
    rows = session.exec(
        seats.where(Officer.member_id == member.id, col(Officer.id).not_in(select(Erasure.officer_id))).order_by(
            col(Officer.id)
        )
    ).all()
    still_open = select(Invitation.officer_id, Invitation.expires_at).where(
        col(Invitation.officer_id).in_([officer.id for officer, _ in rows]),
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
        Invitation.expires_at > now,
    )
    invited = dict(session.exec(still_open).all())
    return [
        SeatLine(view_of(session, officer, member), invited.get(officer.id or 0), ChatKind(kind) if kind else None)
        for officer, kind in rows
    ]
