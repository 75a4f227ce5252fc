"""What the overview shows: what waits for staff, what is on its way, and the last week in figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sharebot.models import Bot, Content, Delivery, Member, Officer, QueueEntry, Reshare, Source
from sharebot.store.links import count_clicks
from sharebot.store.proposals import count_open
from sharebot.values.status import (
    BotStatus,
    ContentStatus,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    OfficerStatus,
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
    drafts = _count(session, select(func.count()).where(Content.status == ContentStatus.DRAFT))
    odd = select(func.count()).where(Content.status == ContentStatus.DRAFT, Content.quarantine != "")
    officers = select(func.count()).where(Officer.status == OfficerStatus.WAITING)
    if region is not None:
        officers = officers.where(col(Officer.member_id).in_(select(Member.id).where(Member.region == region)))
    entries = select(func.count()).where(col(QueueEntry.status).in_((EntryStatus.PROPOSED, EntryStatus.RETURNED)))
    deliveries = select(func.count()).where(Delivery.status == DeliveryStatus.NEEDS_REVIEW)
    broken = select(Source).where(Source.status != SourceStatus.ACTIVE).order_by(col(Source.id))
    paused = select(Bot).where(Bot.status == BotStatus.PAUSED).order_by(col(Bot.id))
    bot = session.exec(paused).first()
    return Waiting(
        drafts,
        _count(session, odd),
        _count(session, officers),
        _count(session, deliveries),
        tuple(source.title or source.url for source in session.exec(broken)),
        (bot.pause_reason or "") if bot else None,
        count_open(session),
        _count(session, entries),
    )


def count_drafts(session: Session) -> int:
    """Return how many drafts wait for review."""
    return _count(session, select(func.count()).where(Content.status == ContentStatus.DRAFT))


def find_week(session: Session, *, now: datetime) -> Week:
    """Count the last seven days."""
    since = now - _WEEK
    sent = select(func.count()).where(Delivery.kind == DeliveryKind.ITEM, col(Delivery.sent_at) >= since)
    reached = (
        select(func.count(func.distinct(Officer.member_id)))
        .join(Delivery, col(Delivery.officer_id) == col(Officer.id))
        .where(Delivery.kind == DeliveryKind.ITEM, col(Delivery.sent_at) >= since)
    )
    shared = select(func.count(func.distinct(Reshare.member_id))).where(Reshare.at >= since)
    return Week(
        _count(session, sent),
        _count(session, reached),
        _count(session, shared.where(Reshare.evidence != Evidence.OBSERVED)),
        _count(session, shared.where(Reshare.evidence == Evidence.OBSERVED)),
        count_clicks(session, since=since.date()),
    )


def _count(session: Session, statement: SelectOfScalar[int]) -> int:
    return session.exec(statement).one()
