"""One party as its page shows it: facts, seats with their invitations, accounts."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.models import Chat, Erasure, Invitation, Member, Officer, SocialAccount
from sharebot.store.member_edits import get_member
from sharebot.store.officers import OfficerView, view_of
from sharebot.values.status import AccountStatus, ChatKind, Network


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat: `invited_until` is when its open invitation ends, `via` where its officer is written to."""

    officer: OfficerView
    invited_until: datetime | None
    via: ChatKind | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A public account; `observable` means that we can see its posts, `error` why the last look failed."""

    id: int
    network: Network
    handle: str
    status: AccountStatus
    observable: bool
    error: str | None
    tracked_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A party with its seats and accounts."""

    id: int
    facts: Member
    languages: tuple[str, ...]
    seats: tuple[SeatLine, ...]
    accounts: tuple[AccountLine, ...]

    @property
    def observable(self) -> bool:
        """Whether any account of theirs can be watched."""
        return any(one.observable for one in self.accounts)


def get_member_page(session: Session, code: str, *, region: str | None, now: datetime) -> MemberPage:
    """Return a party. Raises NotFound, also for one of another region."""
    member = get_member(session, code, region=region)
    accounts = select(SocialAccount).where(SocialAccount.member_id == member.id)
    return MemberPage(
        member.id or 0,
        member,
        tuple(member.languages.split(",")),
        tuple(_list_seats(session, member, now=now)),
        tuple(
            AccountLine(
                one.id or 0,
                one.network,
                one.handle,
                one.status,
                one.status is AccountStatus.WATCHED and one.external_id is not None,
                one.error,
                one.tracked_at,
            )
            for one in session.exec(accounts.order_by(col(SocialAccount.network), col(SocialAccount.handle)))
        ),
    )


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
