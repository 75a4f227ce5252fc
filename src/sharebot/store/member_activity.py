"""What became of what a party got: its items with answers and evidence, its findings, twelve weeks, its proposals."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_of
from sqlmodel import Session, col, select

from sharebot.models import Answer, ClickTally, Delivery, Officer, Proposal, QueueEntry, Reshare, TrackedLink, Variant
from sharebot.rules.periods import bounds, first_day, period_of, previous_period
from sharebot.store.listings import find_page
from sharebot.store.titles import Title, list_titles
from sharebot.values.figures import Levels
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    DeclineReason,
    DeliveryKind,
    DeliveryStatus,
    Evidence,
    Network,
    ProposalKind,
    ProposalStatus,
    ReshareKind,
)

WEEKS = 12
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Got:
    """A content that reached a party. `answers` leave out officers whose figures nobody is to see."""

    content_id: int
    title: Title
    at: datetime
    answers: Sequence[tuple[AnswerKind, DeclineReason | None]]
    levels: Levels
    clicks: int


@dataclass(frozen=True, slots=True)
class Finding:
    """That the party spread a content: how, by what evidence, where and when."""

    content_id: int
    title: Title
    network: Network | None
    kind: ReshareKind
    evidence: Evidence
    url: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the party's officers proposed."""

    kind: ProposalKind
    status: ProposalStatus
    language: str
    title: str
    content_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """How often a party shared in one week, by evidence; `starts_on` is its Monday."""

    starts_on: date
    levels: Levels


def list_got(session: Session, member_id: int, listing: Listing, *, language: str) -> Listed[Got]:
    """Return a page of the contents that reached a party, the latest first unless it is sorted otherwise."""
    at = func.max(Delivery.sent_at)
    wanted: Any = (
        select_of(col(QueueEntry.content_id), at)
        .join(Delivery, col(Delivery.entry_id) == col(QueueEntry.id))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(
            col(Officer.member_id) == member_id,
            col(Delivery.kind) == DeliveryKind.ITEM,
            col(Delivery.status) == DeliveryStatus.SENT,
        )
        .group_by(col(QueueEntry.content_id))
    )
    sorts = {"at": at, "content": col(QueueEntry.content_id)}
    found = find_page(session, wanted, listing, sorts, is_costly=True)
    ids = [content_id for content_id, _ in found.rows]
    titles = list_titles(session, ids, language=language)
    answers, levels = _find_answers(session, member_id, ids), _count_levels(session, member_id, ids)
    clicks = _count_clicks(session, member_id, ids)
    rows = [
        Got(number, titles[number], sent_at, answers[number], levels[number], clicks.get(number, 0))
        for number, sent_at in found.rows
    ]
    return Listed(rows, found.total, found.page)


def _find_answers(
    session: Session, member_id: int, ids: Collection[int]
) -> Mapping[int, list[tuple[AnswerKind, DeclineReason | None]]]:
    rows = (
        select(QueueEntry.content_id, Answer.kind, Answer.reason)
        .join(Delivery, col(Delivery.entry_id) == col(QueueEntry.id))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .where(col(QueueEntry.content_id).in_(ids), Officer.member_id == member_id, col(Officer.high_risk).is_(False))
        .order_by(col(Answer.at))
    )
    found: dict[int, list[tuple[AnswerKind, DeclineReason | None]]] = defaultdict(list)
    for content_id, kind, reason in session.exec(rows):
        said = (AnswerKind(kind), DeclineReason(reason) if reason else None)
        if said not in found[content_id]:
            found[content_id].append(said)
    return found


def _count_levels(session: Session, member_id: int, ids: Collection[int]) -> Mapping[int, Levels]:
    rows = select(Reshare.content_id, Reshare.evidence, func.count()).where(
        Reshare.member_id == member_id, col(Reshare.content_id).in_(ids)
    )
    found: dict[int, dict[Evidence, int]] = defaultdict(dict)
    for content_id, level, n in session.exec(rows.group_by(col(Reshare.content_id), col(Reshare.evidence))):
        found[content_id][Evidence(level)] = n
    return found


def _count_clicks(session: Session, member_id: int, ids: Collection[int]) -> dict[int, int]:
    rows = (
        select(Variant.content_id, func.sum(ClickTally.n))
        .join(TrackedLink, col(TrackedLink.variant_id) == col(Variant.id))
        .join(ClickTally, col(ClickTally.link_id) == col(TrackedLink.id))
        .where(
            TrackedLink.member_id == member_id,
            col(Variant.content_id).in_(ids),
            ClickTally.outcome == ClickOutcome.COUNTED,
        )
    )
    return {one: int(n) for one, n in session.exec(rows.group_by(col(Variant.content_id)))}


def list_findings(session: Session, member_id: int, *, language: str) -> list[Finding]:
    """Return the latest findings that a party shared, newest first."""
    newest = select(Reshare).where(Reshare.member_id == member_id).order_by(col(Reshare.at).desc()).limit(_LISTED)
    rows = session.exec(newest).all()
    titles = list_titles(session, {one.content_id for one in rows}, language=language)
    return [
        Finding(one.content_id, titles[one.content_id], one.network, one.kind, one.evidence, one.url, one.at)
        for one in rows
    ]


def list_weeks(session: Session, member_id: int, *, zone: str, now: datetime) -> list[Week]:
    """Return how often a party shared in each of the last twelve weeks, this one last, counted in `zone`."""
    periods = [period_of(now, zone)]
    while len(periods) < WEEKS:
        periods.insert(0, previous_period(periods[0]))
    since = bounds(periods[0], zone)[0]
    rows = select(Reshare.at, Reshare.evidence).where(Reshare.member_id == member_id, Reshare.at >= since)
    counted: dict[str, Counter[Evidence]] = defaultdict(Counter)
    for at, level in session.exec(rows):
        counted[period_of(at, zone)][Evidence(level)] += 1
    return [Week(first_day(one), counted[one]) for one in periods]


def list_proposed(session: Session, member_id: int) -> list[Proposed]:
    """Return what a party's officers proposed, newest first."""
    rows = select(Proposal).where(Proposal.member_id == member_id, Proposal.status != ProposalStatus.DRAFT)
    newest = session.exec(rows.order_by(col(Proposal.id).desc()).limit(_LISTED))
    return [Proposed(one.kind, one.status, one.language, one.title, one.content_id, one.created_at) for one in newest]
