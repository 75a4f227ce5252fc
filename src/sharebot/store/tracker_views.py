"""What staff see of the networks: whether each is looked at, what it brought and cost, which accounts need a person."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import SQLColumnExpression, case, func, literal, or_, select
from sqlmodel import Session, col

from sharebot.models import Member, ObservedPost, Reshare, SocialAccount, TrackerSpend, TrackerState
from sharebot.store.listings import find_page, like
from sharebot.store.observable import list_tracker_states, why, why_party, with_facts
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import Evidence, MemberStatus, Network
from sharebot.values.tracking import Unobservable

SHORT, LONG = timedelta(days=7), timedelta(days=28)
RENAMED = "renamed"
FILTERS = ("why", "network")
# What a person can do something about; the rest is the network's or the settings'.
NEEDY = (
    Unobservable.TAKEN_OVER,
    Unobservable.GONE,
    Unobservable.NOT_FOUND,
    Unobservable.PROTECTED,
    Unobservable.NOT_CONFIRMED,
    Unobservable.NO_BOT,
)


@dataclass(frozen=True, slots=True)
class Spent:
    """How much of a resource was asked for today, and the price of this UTC month's in millionths of a dollar."""

    today: int = 0
    micros: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in the last seven and 28 days."""

    short: int = 0
    long: int = 0


@dataclass(frozen=True, slots=True)
class NetworkView:
    """One network. `state` is None while it was never looked at; `spent` is by resource.

    `unseen` counts parties' accounts by why they cannot be seen, `watched` those that can. `posts` are those seen,
    whether or not they spread an item; `reshares` are by evidence and never added up.
    """

    network: Network
    state: TrackerState | None = None
    watched: int = 0
    own: int = 0
    unseen: Mapping[Unobservable, int] = field(default_factory=dict)
    posts: Seen = Seen()
    reshares: Mapping[Evidence, Seen] = field(default_factory=dict)
    spent: Mapping[str, Spent] = field(default_factory=dict)

    @property
    def micros(self) -> int:
        """What the network cost this month, in millionths of a dollar."""
        return sum(one.micros for one in self.spent.values())


@dataclass(frozen=True, slots=True)
class NeedyAccount:
    """An account that a person should look at; `code` and `party` are empty for the Alliance's own.

    `why` is None for one that was renamed lately and is seen all the same; `at` is when that was, or else when it was
    last looked at.
    """

    id: int
    code: str
    party: str
    network: Network
    handle: str
    why: Unobservable | None
    at: datetime | None
    renamed_from: str | None


def list_networks(session: Session, *, now: datetime) -> dict[Network, NetworkView]:
    """Return every network there is, in six statements."""
    states = list_tracker_states(session)
    own, unseen = _count_accounts(session)
    posts = _count_posts(session, now)
    reshares, spent = _count_reshares(session, now), _list_spent(session, now)
    return {
        one: NetworkView(
            one,
            states.get(one),
            watched=unseen[one].get(None, 0),
            own=own.get(one, 0),
            unseen={why: unseen[one][why] for why in Unobservable if why in unseen[one]},
            posts=posts.get(one, Seen()),
            reshares=reshares.get(one, {}),
            spent=spent.get(one, {}),
        )
        for one in Network
    }


def count_evidence(session: Session, *, now: datetime) -> dict[Evidence, int]:
    """Count what was found in the last 28 days by evidence, on whatever network and on none."""
    rows = select(col(Reshare.evidence), func.count()).where(col(Reshare.at) >= now - LONG, col(Reshare.at) <= now)
    return {Evidence(level): n for level, n in session.execute(rows.group_by(col(Reshare.evidence)))}


def count_unnamed(session: Session, *, now: datetime) -> dict[Evidence, int]:
    """Count what officers said in the last 28 days without naming a network."""
    rows = select(col(Reshare.evidence), func.count()).where(col(Reshare.at) >= now - LONG, col(Reshare.at) <= now)
    rows = rows.where(col(Reshare.network).is_(None)).group_by(col(Reshare.evidence))
    return {Evidence(level): n for level, n in session.execute(rows)}


def count_seen_parties(session: Session) -> tuple[int, int]:
    """Count the parties that take part of which anything can be seen, and all that take part."""
    rows = select(func.count(), func.sum(case((why_party().is_(None), 1), else_=0)))
    total, seen = session.execute(rows.select_from(Member).where(col(Member.status) != MemberStatus.LEFT)).one()
    return seen or 0, total


def _count_accounts(session: Session) -> tuple[dict[Network, int], dict[Network, Counter[Unobservable | None]]]:
    """Count the Alliance's accounts but for those switched off, and by why they are unseen those of active parties."""
    accounts = select(
        col(SocialAccount.network), col(SocialAccount.member_id).is_(None).label("own"), why().label("why")
    )
    some = with_facts(accounts).where(
        col(SocialAccount.member_id).is_(None) | (col(Member.status) != MemberStatus.LEFT)
    )
    found = some.subquery()
    rows = select(found.c.network, found.c.own, found.c.why, func.count())
    own: dict[Network, int] = {}
    unseen: dict[Network, Counter[Unobservable | None]] = defaultdict(Counter)
    for network, is_own, reason, n in session.execute(rows.group_by(found.c.network, found.c.own, found.c.why)):
        if is_own:
            own[network] = own.get(network, 0) + (0 if reason is Unobservable.SWITCHED_OFF else n)
        else:
            unseen[network][reason] += n
    return own, unseen


def _count_posts(session: Session, now: datetime) -> dict[Network, Seen]:
    at = col(ObservedPost.seen_at)
    rows = select(col(ObservedPost.network), _lately(at, now), func.count()).where(at >= now - LONG, at <= now)
    return {network: Seen(short or 0, long) for network, short, long in session.execute(rows.group_by("network"))}


def _count_reshares(session: Session, now: datetime) -> dict[Network, dict[Evidence, Seen]]:
    at, network, level = col(Reshare.at), col(Reshare.network), col(Reshare.evidence)
    rows = select(network, level, _lately(at, now), func.count()).where(
        at >= now - LONG, at <= now, network.is_not(None)
    )
    found: dict[Network, dict[Evidence, Seen]] = defaultdict(dict)
    for place, evidence, short, long in session.execute(rows.group_by(network, level)):
        found[place][evidence] = Seen(short or 0, long)
    return found


def _lately(at: Any, now: datetime) -> Any:
    return func.sum(case((at >= now - SHORT, 1), else_=0))


def _list_spent(session: Session, now: datetime) -> dict[Network, dict[str, Spent]]:
    today: date = now.astimezone(UTC).date()
    is_today = case((col(TrackerSpend.on_date) == today, col(TrackerSpend.n)), else_=0)
    rows = select(
        col(TrackerSpend.network),
        col(TrackerSpend.resource),
        func.sum(is_today),
        func.sum(col(TrackerSpend.micros)),
    ).where(col(TrackerSpend.on_date) >= today.replace(day=1), col(TrackerSpend.on_date) <= today)
    found: dict[Network, dict[str, Spent]] = defaultdict(dict)
    for network, resource, n_today, micros in session.execute(rows.group_by("network", "resource")):
        found[network][resource] = Spent(int(n_today), int(micros))
    return found


def list_needy(session: Session, listing: Listing, *, now: datetime, region: str | None = None) -> Listed[NeedyAccount]:
    """Return accounts that a person should look at, those of a region's parties alone for its staff.

    The filter `why` is one of `NEEDY` or `renamed`; `q` words of a party's name or a handle.
    """
    account, reason = SocialAccount, why()
    is_renamed = reason.is_(None) & (col(account.renamed_at) >= now - LONG)
    # Of one that was said not to be the party's, nobody has to say more.
    is_declined = col(account.confirmed_at).is_(None) & col(account.confirmed_by).is_not(None)
    statement: Any = with_facts(select(account, Member, reason.label("why")))
    statement = statement.where(
        or_(reason.in_(NEEDY) & ~is_declined, is_renamed),
        col(account.member_id).is_(None) | (col(Member.status) != MemberStatus.LEFT),
    )
    if region is not None:
        statement = statement.where(col(Member.region) == region)
    if listing.q:
        pattern = like(listing.q)
        found_in = (col(Member.name), col(account.handle), col(account.renamed_from))
        statement = statement.where(or_(*(one.ilike(pattern, escape="\\") for one in found_in)))
    chosen = listing.chosen("why")
    if chosen == RENAMED:
        statement = statement.where(is_renamed)
    elif chosen in set(NEEDY):
        statement = statement.where(reason == Unobservable(chosen))
    if listing.chosen("network") in set(Network):
        statement = statement.where(col(account.network) == Network(listing.chosen("network")))
    found = find_page(session, statement, listing, _sorts(reason))
    return Listed([_needy(*row) for row in found.rows], found.total, found.page)


def _sorts(reason: Any) -> dict[str, SQLColumnExpression[Any]]:
    grave = case(*((reason == one, number) for number, one in enumerate(NEEDY)), else_=len(NEEDY))
    return {
        "why": grave,
        "party": func.coalesce(func.lower(col(Member.name)), literal("")),
        "network": col(SocialAccount.network),
        "handle": func.lower(col(SocialAccount.handle)),
        "id": col(SocialAccount.id),
    }


def _needy(account: SocialAccount, member: Member | None, reason: Unobservable | None) -> NeedyAccount:
    return NeedyAccount(
        account.id or 0,
        member.code if member else "",
        member.name if member else "",
        account.network,
        account.handle,
        reason,
        (account.tracked_at or account.identified_at) if reason else account.renamed_at,
        account.renamed_from if account.renamed_at and reason is None else None,
    )
