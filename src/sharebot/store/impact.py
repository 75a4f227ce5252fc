"""Count what one party's shares did lately; nothing of any other party."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from sharebot.models import ClickTally, Delivery, Member, Officer, Reshare, TrackedLink, Variant
from sharebot.store.titles import list_titles
from sharebot.values.impact import Impact
from sharebot.values.status import ClickOutcome, DeliveryKind, Evidence, Network

WEEKS = 13
_STRENGTH = {level: rank for rank, level in enumerate(Evidence)}  # declared weakest first


def get_impact(session: Session, member_id: int, *, language: str, now: datetime) -> Impact:
    """Return a member's figures of the last thirteen weeks, about ninety days."""
    until = now.date()
    since = until - timedelta(days=7 * WEEKS - 1)
    clicks = _clicks(session, member_id, since)
    by_item: Counter[int] = Counter()
    for content_id, _, n in clicks:
        by_item[content_id] += n
    shares = select(Reshare).where(Reshare.member_id == member_id, Reshare.at >= now - timedelta(days=7 * WEEKS))
    rows = session.exec(shares.order_by(col(Reshare.id))).all()
    return Impact(
        party=session.get_one(Member, member_id).name,
        since=since,
        until=until,
        received=_received(session, member_id, now - timedelta(days=7 * WEEKS)),
        shared=_shared(rows),
        networks=_networks(rows),
        clicks_by_week=_by_week(clicks, since),
        best=_best(session, by_item, language),
    )


def _received(session: Session, member_id: int, since: datetime) -> int:
    items = (
        select(func.count(func.distinct(Delivery.entry_id)))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(Officer.member_id == member_id, Delivery.kind == DeliveryKind.ITEM, col(Delivery.sent_at) >= since)
    )
    return session.exec(items).one()


def _shared(rows: Sequence[Reshare]) -> dict[Evidence, int]:
    best: dict[int, Evidence] = {}
    for row in rows:
        best[row.content_id] = max(best.get(row.content_id, row.evidence), row.evidence, key=_STRENGTH.__getitem__)
    return dict(Counter(best.values()))


def _networks(rows: Sequence[Reshare]) -> tuple[Network, ...]:
    counted = Counter(row.network for row in rows if row.network)
    return tuple(network for network, _ in counted.most_common())


def _clicks(session: Session, member_id: int, since: date) -> list[tuple[int, date, int]]:
    """Return the clicks of people on a member's links by content and day."""
    rows = (
        select(Variant.content_id, col(ClickTally.on_date), func.sum(ClickTally.n))
        .select_from(ClickTally)
        .join(TrackedLink, col(TrackedLink.id) == col(ClickTally.link_id))
        .join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
        .where(
            TrackedLink.member_id == member_id,
            ClickTally.outcome == ClickOutcome.COUNTED,
            ClickTally.on_date >= since,
        )
        .group_by(col(Variant.content_id), col(ClickTally.on_date))
    )
    return [(content_id, day, int(n)) for content_id, day, n in session.exec(rows)]


def _by_week(clicks: list[tuple[int, date, int]], since: date) -> tuple[tuple[date, int], ...]:
    counted: Counter[int] = Counter()
    for _, day, n in clicks:
        counted[min((day - since).days // 7, WEEKS - 1)] += n
    return tuple((since + timedelta(days=7 * week), counted[week]) for week in range(WEEKS))


def _best(session: Session, by_item: Counter[int], language: str) -> tuple[str, int] | None:
    if not by_item:
        return None
    content_id, n = max(by_item.items(), key=lambda pair: (pair[1], -pair[0]))
    return list_titles(session, [content_id], language=language)[content_id].text, n
