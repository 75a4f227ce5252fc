"""What the overview shows: what waits for staff, what is on its way, and the last week in figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from sharebot.models import Bot, Content, Delivery, Member, Officer, Proposal, QueueEntry, Reshare, Source
from sharebot.store.links import count_clicks
from sharebot.values.status import (
    BotStatus,
    ContentStatus,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    OfficerStatus,
    ProposalStatus,
    SourceStatus,
)

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What staff have to look at. `paused` is why the bot does not send, or None."""

    drafts: int
    quarantined: int
    officers: int
    deliveries: int
    sources: tuple[str, ...]
    paused: str | None
    proposals: int = 0
    entries: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits."""
        counted = (self.drafts, self.officers, self.deliveries, self.sources, self.proposals, self.entries)
        return self.paused is None and not any(counted)


@dataclass(frozen=True, slots=True)
class Week:
    """The last seven days. Evidence levels stand beside each other and are never added up."""

    messages: int
    parties_reached: int
    parties_claimed: int
    parties_observed: int
    clicks: int


def find_waiting(session: Session, *, region: str | None = None) -> Waiting:
    """Count what waits for a person; officers of staff's `region` alone where they have one."""
    undecided = col(QueueEntry.status).in_((EntryStatus.PROPOSED, EntryStatus.RETURNED))
    laid_before = col(Content.id).in_(select(QueueEntry.content_id).where(undecided))
    is_seen = laid_before & (Content.quarantine == "")
    drafts = select(func.count()).where(Content.status == ContentStatus.DRAFT, ~is_seen)
    odd = select(func.count()).where(Content.status == ContentStatus.DRAFT, Content.quarantine != "")
    officers = select(func.count()).where(Officer.status == OfficerStatus.WAITING)
    if region is not None:
        officers = officers.where(col(Officer.member_id).in_(select(Member.id).where(Member.region == region)))
    entries = select(func.count()).where(undecided)
    deliveries = select(func.count()).where(Delivery.status == DeliveryStatus.NEEDS_REVIEW)
    broken = select(Source).where(Source.status != SourceStatus.ACTIVE).order_by(col(Source.id))
    paused = select(Bot).where(Bot.status == BotStatus.PAUSED).order_by(col(Bot.id))
    bot = session.exec(paused).first()
    proposals = select(func.count()).where(Proposal.status == ProposalStatus.OPEN)
    counts = (drafts, odd, officers, deliveries, proposals, entries)
    counted = tuple(session.execute(select_columns(*(one.scalar_subquery() for one in counts))).one())
    return Waiting(
        counted[0],
        counted[1],
        counted[2],
        counted[3],
        tuple(source.title or source.url for source in session.exec(broken)),
        (bot.pause_reason or "") if bot else None,
        counted[4],
        counted[5],
    )


def count_drafts(session: Session) -> int:
    """Return how many drafts wait for review."""
    return session.exec(select(func.count()).where(Content.status == ContentStatus.DRAFT)).one()


def find_week(session: Session, *, now: datetime) -> Week:
    """Count the last seven days."""
    since = now - _WEEK
    sent = (
        select(func.count(), func.count(func.distinct(Officer.member_id)))
        .select_from(Delivery)
        .outerjoin(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(Delivery.kind == DeliveryKind.ITEM, col(Delivery.sent_at) >= since)
    )
    messages, reached = session.exec(sent).one()
    # Not counted there: to count parties without doubles a database may well read all findings in their order.
    shared = select(Reshare.member_id, Reshare.evidence).where(Reshare.at >= since).distinct()
    parties: dict[bool, set[int]] = {False: set(), True: set()}
    for member_id, level in session.exec(shared):
        parties[level is Evidence.OBSERVED].add(member_id)
    clicks = count_clicks(session, since=since.date())
    return Week(messages, reached, len(parties[False]), len(parties[True]), clicks)
