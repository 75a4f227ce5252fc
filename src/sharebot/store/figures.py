"""Count what happened in one period. Bounds are UTC instants, the end not included."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from sharebot.models import (
    Answer,
    ClickTally,
    Content,
    Delivery,
    Member,
    Officer,
    QueueEntry,
    Reshare,
    SocialAccount,
    TrackedLink,
    Variant,
)
from sharebot.rules.periods import bounds, period_of
from sharebot.values.figures import ContentFigures, Figures, Levels, PartyFigures
from sharebot.values.status import (
    AccountStatus,
    AnswerKind,
    ClickOutcome,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    MemberStatus,
)


def get_figures(session: Session, period: str, *, zone: str) -> Figures:
    """Return the figures of a week counted in `zone`."""
    start, end = bounds(period, zone)
    reshares = list(
        session.exec(select(Reshare).where(Reshare.at >= start, Reshare.at < end).order_by(col(Reshare.id)))
    )
    return Figures(
        period=period,
        starts_at=start,
        ends_at=end,
        parties=_parties(session, reshares, start, end),
        contents=_contents(session, reshares, start, end),
        deliveries=_deliveries(session, start, end),
        answers=_answers(session, start, end),
        networks=_levels_by(reshares, lambda row: row.network),
        languages=_levels_by(reshares, lambda row: row.language or ""),
        clicks_by_day=_clicks_by_day(session, start, end),
        discarded=_discarded(session, start, end),
        queued_next=_queued(session, period_of(end, zone), zone),
    )


def _levels_by(reshares: list[Reshare], key: Any) -> dict[Any, Levels]:
    counted: dict[Any, dict[Evidence, int]] = defaultdict(lambda: dict.fromkeys(Evidence, 0))
    for row in reshares:
        counted[key(row)][row.evidence] += 1
    return dict(counted)


def _parties(session: Session, reshares: list[Reshare], start: datetime, end: datetime) -> tuple[PartyFigures, ...]:
    received, first = _received(session, start, end), _first_shares(session, reshares)
    levels = _levels_by(reshares, lambda row: row.member_id)
    contents: dict[int, set[int]] = defaultdict(set)
    for row in reshares:
        contents[row.member_id].add(row.content_id)
    clicks = _clicks_by(session, TrackedLink.member_id, start, end)
    declined = _declined(session, start, end)
    observable = set(
        session.exec(
            select(SocialAccount.member_id).where(
                SocialAccount.status == AccountStatus.WATCHED, col(SocialAccount.external_id).is_not(None)
            )
        )
    )
    # Who left keeps the weeks they took part in, so that a week's figures stay as they were reported.
    took_part = set(received) | set(contents) | set(clicks)
    members = (
        select(Member)
        .where(or_(col(Member.status) != MemberStatus.LEFT, col(Member.id).in_(took_part)))
        .order_by(col(Member.code))
    )
    return tuple(
        PartyFigures(
            code=member.code,
            name=member.name,
            region=member.region,
            language=member.languages.split(",")[0],
            received=received.get(member.id or 0, 0),
            observable=member.id in observable,
            levels=levels.get(member.id, {}),
            shared=len(contents[member.id or 0]),
            clicks=clicks.get(member.id or 0, 0),
            declined=declined.get(member.id or 0, 0),
            first_after_s=first.get(member.id or 0),
        )
        for member in session.exec(members)
    )


def _received(session: Session, start: datetime, end: datetime) -> Mapping[int, int]:
    """Count the distinct entries that reached each member."""
    rows = (
        select(Officer.member_id, func.count(func.distinct(Delivery.entry_id)))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(
            Delivery.kind == DeliveryKind.ITEM,
            Delivery.status == DeliveryStatus.SENT,
            col(Delivery.sent_at) >= start,
            col(Delivery.sent_at) < end,
        )
        .group_by(col(Officer.member_id))
    )
    return dict(session.exec(rows).all())


def _first_shares(session: Session, reshares: list[Reshare]) -> dict[int, int]:
    """Return the shortest time in seconds from an item's arrival to each member's share of it."""
    arrivals = (
        select(Officer.member_id, QueueEntry.content_id, func.min(Delivery.sent_at))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(Delivery.status == DeliveryStatus.SENT)
        .group_by(col(Officer.member_id), col(QueueEntry.content_id))
    )
    sent = {(member, content): at for member, content, at in session.exec(arrivals) if at}
    found: dict[int, int] = {}
    for row in reshares:
        at = sent.get((row.member_id, row.content_id))
        if at and row.at >= at:
            seconds = int((row.at - at) / timedelta(seconds=1))
            found[row.member_id] = min(seconds, found.get(row.member_id, seconds))
    return found


def _contents(session: Session, reshares: list[Reshare], start: datetime, end: datetime) -> tuple[ContentFigures, ...]:
    sent_rows = (
        select(QueueEntry.content_id, func.count(col(Delivery.id)))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            Delivery.status == DeliveryStatus.SENT,
            col(Delivery.sent_at) >= start,
            col(Delivery.sent_at) < end,
        )
        .group_by(col(QueueEntry.content_id))
    )
    sent = dict(session.exec(sent_rows).all())
    levels = _levels_by(reshares, lambda row: row.content_id)
    parties: dict[int, set[int]] = defaultdict(set)
    for row in reshares:
        parties[row.content_id].add(row.member_id)
    clicks = _clicks_by(session, Variant.content_id, start, end)
    wanted = sorted(set(sent) | set(levels))
    kinds = {c.id: c.kind for c in session.exec(select(Content).where(col(Content.id).in_(wanted)))}
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    for variant in session.exec(select(Variant).where(col(Variant.content_id).in_(wanted))):
        titles[variant.content_id][variant.language] = variant.title
    return tuple(
        ContentFigures(
            number,
            titles[number],
            kinds[number],
            sent.get(number, 0),
            levels.get(number, {}),
            len(parties[number]),
            clicks.get(number, 0),
        )
        for number in wanted
    )


def _deliveries(session: Session, start: datetime, end: datetime) -> dict[DeliveryStatus, int]:
    rows = (
        select(Delivery.status, func.count())
        .where(Delivery.kind == DeliveryKind.ITEM, Delivery.due_at >= start, Delivery.due_at < end)
        .group_by(Delivery.status)
    )
    return {DeliveryStatus(status): count for status, count in session.exec(rows)}


def _answers(session: Session, start: datetime, end: datetime) -> dict[AnswerKind, int]:
    rows = select(Answer.kind, func.count()).where(Answer.at >= start, Answer.at < end)
    return {AnswerKind(kind): count for kind, count in session.exec(rows.group_by(Answer.kind))}


def _declined(session: Session, start: datetime, end: datetime) -> dict[int, int]:
    rows = (
        select(Officer.member_id, func.count())
        .join(Delivery, col(Delivery.officer_id) == col(Officer.id))
        .join(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .where(Answer.kind == AnswerKind.DECLINED, Answer.at >= start, Answer.at < end)
        .group_by(col(Officer.member_id))
    )
    return dict(session.exec(rows).all())


def _days(start: datetime, end: datetime) -> tuple[Any, Any]:
    # Clicks are kept by UTC day only; a week takes the seven days that lie nearest to its own.
    return (start + timedelta(hours=12)).date(), (end + timedelta(hours=12)).date()


def _clicks_by(session: Session, key: Any, start: datetime, end: datetime) -> dict[int, int]:
    first, last = _days(start, end)
    rows = (
        select(key, func.sum(ClickTally.n))
        .join(TrackedLink, col(TrackedLink.id) == col(ClickTally.link_id))
        .join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
        .where(ClickTally.outcome == ClickOutcome.COUNTED, ClickTally.on_date >= first, ClickTally.on_date < last)
        .select_from(ClickTally)
        .group_by(key)
    )
    return {number: int(total) for number, total in session.exec(rows)}


def _clicks_by_day(session: Session, start: datetime, end: datetime) -> dict[Any, int]:
    first, last = _days(start, end)
    rows = select(col(ClickTally.on_date), func.sum(ClickTally.n)).where(
        ClickTally.outcome == ClickOutcome.COUNTED, ClickTally.on_date >= first, ClickTally.on_date < last
    )
    counted = dict(session.exec(rows.group_by(col(ClickTally.on_date))).all())
    days = [first + timedelta(days=number) for number in range((last - first).days)]
    return {day: int(counted.get(day, 0)) for day in days}


def _discarded(session: Session, start: datetime, end: datetime) -> dict[ClickOutcome, int]:
    first, last = _days(start, end)
    rows = select(ClickTally.outcome, func.sum(ClickTally.n)).where(
        ClickTally.outcome != ClickOutcome.COUNTED, ClickTally.on_date >= first, ClickTally.on_date < last
    )
    return {ClickOutcome(outcome): int(total) for outcome, total in session.exec(rows.group_by(ClickTally.outcome))}


def _queued(session: Session, period: str, zone: str) -> int:
    """Count the entries planned for a week, whether their messages are made already or not."""
    start, end = bounds(period, zone)
    made = select(Delivery.entry_id).where(
        Delivery.kind == DeliveryKind.ITEM,
        Delivery.status == DeliveryStatus.QUEUED,
        Delivery.due_at >= start,
        Delivery.due_at < end,
    )
    approved = select(QueueEntry.id).where(
        QueueEntry.status == EntryStatus.APPROVED, QueueEntry.release_at >= start, QueueEntry.release_at < end
    )
    return len(set(session.exec(made)) | set(session.exec(approved)))
