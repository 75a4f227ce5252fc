"""What became of a content in all its entries: answers, shares by evidence, clicks by day, and each party's part."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import SQLColumnExpression, case, func, select
from sqlmodel import Session, col

from sharebot.models import (
    Answer,
    ClickTally,
    Delivery,
    Member,
    Officer,
    QueueEntry,
    Reshare,
    TrackedLink,
    Variant,
)
from sharebot.store.listings import find_page, like
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    DeliveryKind,
    DeliveryStatus,
    Evidence,
    Network,
)


@dataclass(frozen=True, slots=True)
class Results:
    """Figures of a content. `levels` counts parties by each level of evidence, `networks` their shares.

    A party may stand under several levels: they are never added up.
    """

    parties: int
    received: int
    answers: Mapping[AnswerKind, int]
    levels: Mapping[Evidence, int]
    networks: Mapping[Network, int]
    clicks: tuple[tuple[date, int], ...]

    @property
    def all_clicks(self) -> int:
        """How many clicks of people there were."""
        return sum(n for _, n in self.clicks)


@dataclass(frozen=True, slots=True)
class PartyResult:
    """One party's part; `best` is its strongest evidence, None where nothing is known of a share."""

    code: str
    name: str
    region: str
    messages: int
    received: int
    answers: tuple[AnswerKind, ...]
    best: Evidence | None
    shares: int
    clicks: int


def get_results(session: Session, content_id: int) -> Results:
    """Return a content's figures; what people at high risk answered is in none of them."""
    entries = _entries(content_id)
    seats: Any = (
        select(
            func.count(func.distinct(col(Officer.member_id))),
            func.count(func.distinct(col(Officer.member_id))).filter(col(Delivery.status) == DeliveryStatus.SENT),
        )
        .select_from(Delivery)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(col(Delivery.entry_id).in_(entries), col(Delivery.kind) == DeliveryKind.ITEM)
    )
    parties, received = session.execute(seats).one()
    answers: Any = (
        select(col(Answer.kind), func.count())
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(col(Delivery.entry_id).in_(entries), col(Officer.high_risk).is_(False))
        .group_by(col(Answer.kind))
    )
    levels, networks = _count_shares(session, content_id)
    return Results(
        parties,
        received,
        {AnswerKind(kind): n for kind, n in session.execute(answers)},
        levels,
        networks,
        _clicks_by_day(session, content_id),
    )


def _count_shares(session: Session, content_id: int) -> tuple[dict[Evidence, int], dict[Network, int]]:
    """Count the parties that shared a content by evidence, and their shares by network."""
    level, network, party = col(Reshare.evidence), col(Reshare.network), col(Reshare.member_id)
    rows: Any = select(level, network, party, func.count()).where(col(Reshare.content_id) == content_id)
    parties: dict[Evidence, set[int]] = defaultdict(set)
    networks: Counter[Network] = Counter()
    for evidence, place, member_id, n in session.execute(rows.group_by(level, network, party)):
        parties[evidence].add(member_id)
        networks.update({place: n} if place is not None else {})
    return {evidence: len(found) for evidence, found in parties.items()}, dict(networks)


def _entries(content_id: int) -> Any:
    return select(col(QueueEntry.id)).where(col(QueueEntry.content_id) == content_id).scalar_subquery()


def _clicks(content_id: int) -> Any:
    return (
        select(col(TrackedLink.member_id), col(ClickTally.on_date), col(ClickTally.n))
        .join(TrackedLink, col(TrackedLink.id) == col(ClickTally.link_id))
        .join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
        .where(col(Variant.content_id) == content_id, col(ClickTally.outcome) == ClickOutcome.COUNTED)
    )


def _clicks_by_day(session: Session, content_id: int) -> tuple[tuple[date, int], ...]:
    counted = _clicks(content_id).subquery()
    days = select(counted.c.on_date, func.sum(counted.c.n)).group_by(counted.c.on_date).order_by(counted.c.on_date)
    return tuple((day, int(n)) for day, n in session.execute(days))


def list_party_results(
    session: Session, content_id: int, listing: Listing, *, region: str | None
) -> Listed[PartyResult]:
    """Return what each party that got a content did; of staff's `region` alone where they have one.

    The filter `level` is an Evidence, or `none`; `q` words of a party's name.
    """
    messages, best, clicks = _messages_of(content_id), _best_of(content_id), _clicks_of(content_id)
    statement: Any = (
        select(Member, messages.c.messages, messages.c.received, best.c.best, best.c.shares, clicks.c.clicks)
        .join(messages, messages.c.member_id == col(Member.id))
        .outerjoin(best, best.c.member_id == col(Member.id))
        .outerjoin(clicks, clicks.c.member_id == col(Member.id))
    )
    if region is not None:
        statement = statement.where(col(Member.region) == region)
    if listing.q:
        statement = statement.where(col(Member.name).ilike(like(listing.q), escape="\\"))
    if level := listing.chosen("level"):
        known = [one.value for one in Evidence]
        wanted = best.c.best == known.index(level) if level in known else best.c.best.is_(None)
        statement = statement.where(wanted)
    sorts: dict[str, SQLColumnExpression[Any]] = {
        "party": func.lower(col(Member.name)),
        "region": col(Member.region),
        "received": messages.c.received,
        "evidence": func.coalesce(best.c.best, -1),
        "shares": func.coalesce(best.c.shares, 0),
        "clicks": func.coalesce(clicks.c.clicks, 0),
        "id": col(Member.id),
    }
    found = find_page(session, statement, listing, sorts, is_costly=True)
    said = _answers_by_party(session, content_id, [row[0].id for row in found.rows])
    return Listed([_part(row, said[row[0].id]) for row in found.rows], found.total, found.page)


def _part(row: Any, said: list[AnswerKind]) -> PartyResult:
    member, messages, received, best, shares, clicks = row
    level = None if best is None else list(Evidence)[best]
    name = (member.code, member.name, member.region)
    return PartyResult(*name, messages, received, tuple(said), level, shares or 0, int(clicks or 0))


def _messages_of(content_id: int) -> Any:
    """Count the messages of each party, and those that arrived."""
    return (
        select(
            col(Officer.member_id),
            func.count().label("messages"),
            func.count().filter(col(Delivery.status) == DeliveryStatus.SENT).label("received"),
        )
        .join(Delivery, col(Delivery.officer_id) == col(Officer.id))
        .where(col(Delivery.entry_id).in_(_entries(content_id)), col(Delivery.kind) == DeliveryKind.ITEM)
        .group_by(col(Officer.member_id))
        .subquery()
    )


def _best_of(content_id: int) -> Any:
    """Count the shares of each party, with the strongest evidence among them."""
    return (
        select(col(Reshare.member_id), func.max(_rank()).label("best"), func.count().label("shares"))
        .where(col(Reshare.content_id) == content_id)
        .group_by(col(Reshare.member_id))
        .subquery()
    )


def _clicks_of(content_id: int) -> Any:
    counted = _clicks(content_id).subquery()
    return select(counted.c.member_id, func.sum(counted.c.n).label("clicks")).group_by(counted.c.member_id).subquery()


def _rank() -> Any:
    """Write a level of evidence as a number, the weakest 0, so that the strongest of several is the largest."""
    return case({level.value: rank for rank, level in enumerate(Evidence)}, value=col(Reshare.evidence))


def _answers_by_party(session: Session, content_id: int, member_ids: list[int]) -> dict[int, list[AnswerKind]]:
    answers: Any = (
        select(col(Officer.member_id), col(Answer.kind))
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(
            col(Delivery.entry_id).in_(_entries(content_id)),
            col(Officer.member_id).in_(member_ids),
            col(Officer.high_risk).is_(False),
        )
        .distinct()
        .order_by(col(Officer.member_id), col(Answer.kind))
    )
    found: dict[int, list[AnswerKind]] = defaultdict(list)
    for member_id, kind in session.execute(answers):
        found[member_id].append(AnswerKind(kind))
    return found
