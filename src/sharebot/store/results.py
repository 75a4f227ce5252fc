"""What became of a content in all its entries: answers, shares by evidence, clicks by day, and each party's part."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import SQLColumnExpression, String, case, func, literal, select, type_coerce, union_all
from sqlmodel import Session, col

from sharebot.models import (
    Answer,
    ClickTally,
    Delivery,
    LostReshare,
    Member,
    Officer,
    QueueEntry,
    Reshare,
    TrackedLink,
    Variant,
)
from sharebot.store.listings import find_page, like
from sharebot.store.observable import why_party
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    DeliveryKind,
    DeliveryStatus,
    Evidence,
    Network,
)
from sharebot.values.tracking import Unobservable

_MOST_LOST = 50


@dataclass(frozen=True, slots=True)
class Results:
    """Figures of a content. `levels` counts parties by each level of evidence, `networks` their shares by it.

    A party may stand under several levels: they are never added up.
    """

    parties: int
    received: int
    answers: Mapping[AnswerKind, int]
    levels: Mapping[Evidence, int]
    networks: Mapping[Network, Mapping[Evidence, int]]
    clicks: tuple[tuple[date, int], ...]

    @property
    def all_clicks(self) -> int:
        """How many clicks of people there were."""
        return sum(n for _, n in self.clicks)


@dataclass(frozen=True, slots=True)
class PartyResult:
    """One party's part; `best` is its strongest evidence, None where nothing is known of a share.

    `shares` are those of that evidence alone.
    `unobservable` says why nothing of it can be seen now, None when something can.
    """

    code: str
    name: str
    region: str
    messages: int
    received: int
    answers: tuple[AnswerKind, ...]
    best: Evidence | None
    shares: int
    clicks: int
    unobservable: Unobservable | None = None


@dataclass(frozen=True, slots=True)
class LostShare:
    """A party's share that counts no more since `gone_at`, and the evidence that it had."""

    code: str
    name: str
    network: Network | None
    evidence: Evidence
    at: datetime
    gone_at: datetime


def get_results(session: Session, content_id: int) -> Results:
    """Return a content's figures; what people at high risk answered is in none of them."""
    entries = _entries(content_id)
    seats: Any = (
        select(
            literal(""),
            func.count(func.distinct(col(Officer.member_id))),
            func.count(func.distinct(col(Officer.member_id))).filter(col(Delivery.status) == DeliveryStatus.SENT),
        )
        .select_from(Delivery)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(col(Delivery.entry_id).in_(entries), col(Delivery.kind) == DeliveryKind.ITEM)
    )
    kind = type_coerce(col(Answer.kind), String)
    answers: Any = (
        select(kind, func.count(), literal(0))
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(col(Delivery.entry_id).in_(entries), col(Officer.high_risk).is_(False))
        .group_by(kind)
    )
    found = {word: (n, more) for word, n, more in session.execute(union_all(seats, answers))}
    parties, received = found.pop("")
    levels, networks = _count_shares(session, content_id)
    return Results(
        parties,
        received,
        {AnswerKind(word): n for word, (n, _) in found.items()},
        levels,
        networks,
        _clicks_by_day(session, content_id),
    )


def _count_shares(session: Session, content_id: int) -> tuple[dict[Evidence, int], dict[Network, dict[Evidence, int]]]:
    """Count the parties that shared a content by evidence, and their shares by network and evidence."""
    level, network, party = col(Reshare.evidence), col(Reshare.network), col(Reshare.member_id)
    rows: Any = select(level, network, party, func.count()).where(col(Reshare.content_id) == content_id)
    parties: dict[Evidence, set[int]] = defaultdict(set)
    networks: dict[Network, Counter[Evidence]] = defaultdict(Counter)
    for evidence, place, member_id, n in session.execute(rows.group_by(level, network, party)):
        parties[evidence].add(member_id)
        if place is not None:
            networks[place][evidence] += n
    levels = {evidence: len(found) for evidence, found in parties.items()}
    return levels, {place: dict(counted) for place, counted in networks.items()}


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
        select(
            Member, messages.c.messages, messages.c.received, best.c.best, best.c.shares, clicks.c.clicks, why_party()
        )
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


def list_lost(session: Session, content_id: int, *, region: str | None) -> list[LostShare]:
    """Return the fifty shares of a content that were lost last; of staff's `region` alone where they have one."""
    rows = (
        select(LostReshare, col(Member.code), col(Member.name))
        .join(Member, col(Member.id) == col(LostReshare.member_id))
        .where(col(LostReshare.content_id) == content_id)
        .order_by(col(LostReshare.gone_at).desc(), col(LostReshare.reshare_id).desc())
        .limit(_MOST_LOST)
    )
    if region is not None:
        rows = rows.where(col(Member.region) == region)
    return [
        LostShare(code, name, one.network, one.evidence, one.at, one.gone_at)
        for one, code, name in session.execute(rows)
    ]


def _part(row: Any, said: list[AnswerKind]) -> PartyResult:
    member, messages, received, best, shares, clicks, why = row
    level = None if best is None else list(Evidence)[best]
    name = (member.code, member.name, member.region)
    return PartyResult(*name, messages, received, tuple(said), level, shares or 0, int(clicks or 0), why)


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
    """Return the strongest evidence of each party's shares, and how many have it."""
    best = func.max(_rank())
    counts = {rank: func.count().filter(_rank() == rank) for rank, _ in enumerate(Evidence)}
    return (
        select(col(Reshare.member_id), best.label("best"), case(counts, value=best).label("shares"))
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
