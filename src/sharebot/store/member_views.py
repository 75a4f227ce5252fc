"""What the parties' page shows: members with their seats and public accounts."""

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, col, select

from sharebot.config.bots import MAIN
from sharebot.config.settings import Telegram
from sharebot.models import Bot, Member, SocialAccount
from sharebot.store.members import list_members
from sharebot.store.officers import OfficerView, list_officers
from sharebot.values.status import AccountStatus, MemberKind, MemberStatus, Network


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A public account and whether its posts can be seen by us."""

    network: Network
    handle: str
    status: AccountStatus


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member with its seats and accounts."""

    code: str
    name: str
    kind: MemberKind
    region: str
    country: str
    languages: tuple[str, ...]
    status: MemberStatus
    seats: tuple[OfficerView, ...]
    accounts: tuple[AccountLine, ...]


def list_member_views(session: Session) -> list[MemberView]:
    """Return all members by name."""
    seats: dict[int, list[OfficerView]] = defaultdict(list)
    for officer in list_officers(session):
        seats[officer.member_id].append(officer)
    accounts: dict[int | None, list[AccountLine]] = defaultdict(list)
    ordered = select(SocialAccount).order_by(col(SocialAccount.network), SocialAccount.handle)
    for one in session.exec(ordered):
        accounts[one.member_id].append(AccountLine(one.network, one.handle, one.status))
    views = [
        MemberView(
            member.code,
            member.name,
            member.kind,
            member.region,
            member.country,
            tuple(member.languages.split(",")),
            member.status,
            tuple(seats[member.id or 0]),
            tuple(accounts[member.id]),
        )
        for member in list_members(session)
    ]
    return sorted(views, key=lambda view: view.name.casefold())


def find_bot_username(session: Session, member_id: int, telegram: Telegram) -> str | None:
    """Return the name on Telegram of the bot that a member's officers are invited to.

    It is the bot of the member's region, else the main one; None until a worker has met it once.
    """
    region = session.exec(select(Member.region).where(Member.id == member_id)).first()
    code = next((code for code, bot in telegram.bots.items() if region in bot.regions), MAIN)
    return session.exec(select(Bot.username).where(Bot.code == code)).first()
