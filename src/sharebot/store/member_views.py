"""What the parties' page shows: one page of parties with their figures, each kind counted in one statement."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import SQLColumnExpression, func, literal, not_, or_
from sqlalchemy import select as select_of
from sqlmodel import Session, col, select

from sharebot.config.bots import MAIN
from sharebot.config.settings import Telegram
from sharebot.models import (
    Answer,
    Bot,
    ClickTally,
    Delivery,
    Member,
    Officer,
    Reshare,
    SocialAccount,
    TrackedLink,
)
from sharebot.store.listings import find_page, like
from sharebot.store.observable import list_unobservable, observable_members
from sharebot.values.figures import Levels
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import (
    ClickOutcome,
    Evidence,
    MemberKind,
    MemberStatus,
    OfficerStatus,
)
from sharebot.values.tracking import Unobservable

RECENT = timedelta(days=30)  # what the list counts, and how long a silence is one
FILTERS = ("region", "country", "language", "kind", "status", "officer", "heard", "seen")


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A party in the list. `levels` and `clicks` are of the last thirty days; levels are never added up.

    `unobservable` says why no account of theirs can be seen, None when one can: unseen is not unshared.
    """

    code: str
    name: str
    kind: MemberKind
    region: str
    country: str
    languages: tuple[str, ...]
    status: MemberStatus
    seats: Mapping[OfficerStatus, int]
    accounts: int
    unobservable: Unobservable | None
    last_shared_at: datetime | None
    levels: Levels
    clicks: int

    @property
    def observable(self) -> bool:
        """Whether any account of theirs can be seen."""
        return self.unobservable is None

    @property
    def active(self) -> int:
        """How many officers get items."""
        return self.seats.get(OfficerStatus.ACTIVE, 0)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list can be narrowed to."""

    regions: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]


def list_member_lines(
    session: Session, listing: Listing, *, now: datetime, region: str | None = None
) -> Listed[MemberLine]:
    """Return a page of the parties, those of a `region` alone for its staff."""
    since = now - RECENT
    wanted = select_of(Member).where(*_conditions(listing, since))
    if region is not None:
        wanted = wanted.where(col(Member.region) == region)
    sorts = _sorts(since)
    if listing.sort == "clicks":
        clicks = _clicks(since).subquery()
        wanted = wanted.outerjoin(clicks, clicks.c.member_id == col(Member.id))
        sorts["clicks"] = func.coalesce(clicks.c.clicks, 0)
    found = find_page(session, wanted, listing, sorts)
    members: list[Member] = [one for (one,) in found.rows]
    return Listed(_lines(session, members, since), found.total, found.page)


def list_choices(session: Session, *, region: str | None = None) -> Choices:
    """Return the regions, countries and languages that there are."""
    rows = select(Member.region, Member.country, Member.languages).distinct()
    if region is not None:
        rows = rows.where(Member.region == region)
    found = session.exec(rows).all()
    languages = {one for _, _, listed in found for one in listed.split(",")}
    return Choices(
        tuple(sorted({one for one, _, _ in found})),
        tuple(sorted({one for _, one, _ in found})),
        tuple(sorted(languages)),
    )


def _conditions(listing: Listing, since: datetime) -> list[Any]:
    found: list[Any] = []
    if listing.q:
        pattern = like(listing.q.lower())
        words = (func.lower(Member.name), func.lower(Member.code))
        found.append(or_(*(one.like(pattern, escape="\\") for one in words)))
    columns = {"region": Member.region, "country": Member.country, "kind": Member.kind, "status": Member.status}
    found += [col(column) == listing.chosen(name) for name, column in columns.items() if listing.chosen(name)]
    if word := listing.chosen("language"):
        found.append((literal(",") + col(Member.languages) + ",").contains(f",{word},", autoescape=True))
    has_officer = col(Member.id).in_(select(Officer.member_id).where(Officer.status == OfficerStatus.ACTIVE))
    was_heard = or_(col(Member.id).in_(_sharers(since)), col(Member.id).in_(_speakers(since)))
    is_seen = col(Member.id).in_(observable_members())
    tests = {
        "officer": (has_officer, "yes", "no"),
        "heard": (was_heard, "recent", "silent"),
        "seen": (is_seen, "yes", "no"),
    }
    for name, (test, yes, no) in tests.items():
        if listing.chosen(name) in {yes, no}:
            found.append(test if listing.chosen(name) == yes else not_(test))
    return found


def _sharers(since: datetime) -> Any:
    return select(Reshare.member_id).where(Reshare.at >= since)


def _speakers(since: datetime) -> Any:
    """Select the parties of which somebody answered since then."""
    item = select(Officer.member_id).join(Delivery, col(Delivery.officer_id) == col(Officer.id))
    return item.join(Answer, col(Answer.delivery_id) == col(Delivery.id)).where(Answer.at >= since)


def _sorts(since: datetime) -> dict[str, SQLColumnExpression[Any]]:
    """Return what the list may be sorted by; by each kind of evidence by itself."""
    mine = col(Member.id)
    officers = select(func.count()).where(Officer.member_id == mine, Officer.status == OfficerStatus.ACTIVE)
    shared = select(func.coalesce(func.max(Reshare.at), datetime(1970, 1, 1, tzinfo=UTC)))
    proven = select(func.count()).where(Reshare.member_id == mine, Reshare.at >= since)
    return {
        "name": func.lower(Member.name),
        "region": col(Member.region),
        "officers": officers.scalar_subquery(),
        "shared": shared.where(Reshare.member_id == mine).scalar_subquery(),
        **{level.value: proven.where(Reshare.evidence == level).scalar_subquery() for level in Evidence},
        "code": col(Member.code),
    }


def _clicks(since: datetime) -> Any:
    """Select the clicks of each party since then: found by their day, since a party has links without number."""
    return (
        select_of(col(TrackedLink.member_id), func.sum(col(ClickTally.n)).label("clicks"))
        .select_from(ClickTally)
        .join(TrackedLink, col(TrackedLink.id) == col(ClickTally.link_id))
        .where(col(ClickTally.outcome) == ClickOutcome.COUNTED, col(ClickTally.on_date) >= since.date())
        .group_by(col(TrackedLink.member_id))
    )


def _lines(session: Session, members: list[Member], since: datetime) -> list[MemberLine]:
    ids = [one.id or 0 for one in members]
    seats, levels = _count_seats(session, ids), _count_shares(session, ids, since)
    accounts, unobservable = _count_accounts(session, ids), list_unobservable(session, ids)
    last, clicks = _find_last_shares(session, ids), _count_clicks(session, ids, since)
    return [
        MemberLine(
            code=one.code,
            name=one.name,
            kind=one.kind,
            region=one.region,
            country=one.country,
            languages=tuple(one.languages.split(",")),
            status=one.status,
            seats=seats[one.id or 0],
            accounts=accounts.get(one.id or 0, 0),
            unobservable=unobservable.get(one.id or 0),
            last_shared_at=last.get(one.id or 0),
            levels=levels[one.id or 0],
            clicks=clicks.get(one.id or 0, 0),
        )
        for one in members
    ]


def _count_seats(session: Session, ids: Collection[int]) -> Mapping[int, Mapping[OfficerStatus, int]]:
    rows = select(Officer.member_id, Officer.status, func.count()).where(col(Officer.member_id).in_(ids))
    found: dict[int, dict[OfficerStatus, int]] = defaultdict(dict)
    for member_id, status, n in session.exec(rows.group_by(col(Officer.member_id), col(Officer.status))):
        found[member_id][OfficerStatus(status)] = n
    return found


def _count_shares(session: Session, ids: Collection[int], since: datetime) -> Mapping[int, Levels]:
    rows = select(Reshare.member_id, Reshare.evidence, func.count()).where(
        col(Reshare.member_id).in_(ids), Reshare.at >= since
    )
    found: dict[int, dict[Evidence, int]] = defaultdict(dict)
    for member_id, level, n in session.exec(rows.group_by(col(Reshare.member_id), col(Reshare.evidence))):
        found[member_id][Evidence(level)] = n
    return found


def _find_last_shares(session: Session, ids: Collection[int]) -> dict[int, datetime]:
    rows = select(Reshare.member_id, func.max(Reshare.at)).where(col(Reshare.member_id).in_(ids))
    return dict(session.exec(rows.group_by(col(Reshare.member_id))).all())


def _count_accounts(session: Session, ids: Collection[int]) -> dict[int, int]:
    rows = select(SocialAccount.member_id, func.count()).where(col(SocialAccount.member_id).in_(ids))
    return {one or 0: n for one, n in session.exec(rows.group_by(col(SocialAccount.member_id)))}


def _count_clicks(session: Session, ids: Collection[int], since: datetime) -> dict[int, int]:
    rows = session.execute(_clicks(since).where(col(TrackedLink.member_id).in_(ids)))
    return {one: int(n) for one, n in rows}


def find_bot_username(session: Session, member_id: int, telegram: Telegram) -> str | None:
    """Return the name on Telegram of the bot that a member's officers are invited to.

    It is the bot of the member's region, else the main one; None until a worker has met it once.
    """
    region = session.exec(select(Member.region).where(Member.id == member_id)).first()
    code = next((code for code, bot in telegram.bots.items() if region in bot.regions), MAIN)
    return session.exec(select(Bot.username).where(Bot.code == code)).first()
