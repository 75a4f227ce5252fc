"""Count what happened in one period. Bounds are UTC instants, the end not included."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_
from sqlmodel import Session, col, select

from sharebot.models import (
    Answer,
    Bot,
    ClickTally,
    Content,
    Delivery,
    Member,
    Officer,
    QueueEntry,
    Reshare,
    TrackedLink,
    Variant,
)
from sharebot.rules.periods import bounds, period_of
from sharebot.store.observable import list_unobservable
from sharebot.values.figures import ContentFigures, Figures, Levels, PartyFigures
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    ContentKind,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    MemberStatus,
)

# Nearly all messages are: an index of the status finds nothing sooner, and in these words none is taken.
_IS_SENT = case((col(Delivery.status) == DeliveryStatus.SENT, 1), else_=0) == 1


@dataclass(frozen=True, slots=True)
class _Found:
    """What several figures are made of: `clicks` by member and content, `answers` by member (0: nobody's) and kind."""

    reshares: Sequence[Reshare]
    clicks: Mapping[tuple[int, int], int]
    answers: Mapping[tuple[int, AnswerKind], int]

    @property
    def answers_by_kind(self) -> dict[AnswerKind, int]:
        """How many answers of each kind there were."""
        counted: Counter[AnswerKind] = Counter()
        for (_, kind), n in self.answers.items():
            counted[kind] += n
        return dict(counted)

    def clicks_by(self, place: int) -> Counter[int]:
        """Return the clicks by member (0) or by content (1)."""
        counted: Counter[int] = Counter()
        for key, n in self.clicks.items():
            counted[key[place]] += n
        return counted


def get_figures(session: Session, period: str, *, zone: str) -> Figures:
    """Return the figures of a week counted in `zone`."""
    start, end = bounds(period, zone)
    found = _Found(
        list(session.exec(select(Reshare).where(Reshare.at >= start, Reshare.at < end).order_by(col(Reshare.id)))),
        _clicks(session, start, end),
        _answers(session, start, end),
    )
    by_day, discarded = _clicks_by_day(session, start, end)
    return Figures(
        period=period,
        starts_at=start,
        ends_at=end,
        parties=_parties(session, found, start, end),
        contents=_contents(session, found, start, end),
        deliveries=_deliveries(session, start, end),
        answers=found.answers_by_kind,
        networks=_levels_by(found.reshares, lambda row: row.network),
        languages=_levels_by(found.reshares, lambda row: row.language or ""),
        clicks_by_day=by_day,
        discarded=discarded,
        queued_next=_queued(session, period_of(end, zone), zone),
    )


def _levels_by(reshares: Sequence[Reshare], key: Any) -> dict[Any, Levels]:
    counted: dict[Any, dict[Evidence, int]] = defaultdict(lambda: dict.fromkeys(Evidence, 0))
    for row in reshares:
        counted[key(row)][row.evidence] += 1
    return dict(counted)


def _parties(session: Session, found: _Found, start: datetime, end: datetime) -> tuple[PartyFigures, ...]:
    reshares = found.reshares
    received, first = _received(session, start, end), _first_shares(session, reshares)
    levels = _levels_by(reshares, lambda row: row.member_id)
    contents: dict[int, set[int]] = defaultdict(set)
    for row in reshares:
        contents[row.member_id].add(row.content_id)
    clicks = found.clicks_by(0)
    unobservable = list_unobservable(session)
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
            observable=member.id not in unobservable,
            levels=levels.get(member.id, {}),
            shared=len(contents[member.id or 0]),
            clicks=clicks.get(member.id or 0, 0),
            declined=found.answers.get((member.id or 0, AnswerKind.DECLINED), 0),
            first_after_s=first.get(member.id or 0),
            unobservable=unobservable.get(member.id or 0),
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
            _IS_SENT,
            col(Delivery.sent_at) >= start,
            col(Delivery.sent_at) < end,
        )
        .group_by(col(Officer.member_id))
    )
    return dict(session.exec(rows).all())


def _first_shares(session: Session, reshares: Sequence[Reshare]) -> dict[int, int]:
    """Return the shortest time in seconds from an item's arrival to each member's share of it."""
    arrivals = (
        select(Officer.member_id, QueueEntry.content_id, func.min(Delivery.sent_at))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            _IS_SENT,
            col(QueueEntry.content_id).in_({row.content_id for row in reshares}),
        )
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


def _contents(session: Session, found: _Found, start: datetime, end: datetime) -> tuple[ContentFigures, ...]:
    reshares = found.reshares
    sent_rows = (
        select(QueueEntry.content_id, func.count(col(Delivery.id)))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            _IS_SENT,
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
    clicks = found.clicks_by(1)
    wanted = sorted(set(sent) | set(levels))
    kinds: dict[int, ContentKind] = {}
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    named = select(Content.id, Content.kind, Variant.language, Variant.title).outerjoin(Variant)
    for number, kind, language, title in session.exec(named.where(col(Content.id).in_(wanted))):
        kinds[number or 0] = ContentKind(kind)
        if language is not None:
            titles[number or 0][language] = title
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
        .where(
            # Each bot and each status by name: so there is an index on when they were due.
            col(Delivery.bot_id).in_(session.exec(select(Bot.id)).all()),
            col(Delivery.status).in_(list(DeliveryStatus)),
            Delivery.kind == DeliveryKind.ITEM,
            Delivery.due_at >= start,
            Delivery.due_at < end,
        )
        .group_by(Delivery.status)
    )
    return {DeliveryStatus(status): count for status, count in session.exec(rows)}


def _answers(session: Session, start: datetime, end: datetime) -> dict[tuple[int, AnswerKind], int]:
    rows = (
        select(Officer.member_id, Answer.kind, func.count())
        .select_from(Answer)
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .outerjoin(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(Answer.at >= start, Answer.at < end)
        .group_by(col(Officer.member_id), col(Answer.kind))
    )
    return {(member_id or 0, AnswerKind(kind)): n for member_id, kind, n in session.exec(rows)}


def _days(start: datetime, end: datetime) -> tuple[Any, Any]:
    # Clicks are kept by UTC day only; a week takes the seven days that lie nearest to its own.
    return (start + timedelta(hours=12)).date(), (end + timedelta(hours=12)).date()


def _clicks(session: Session, start: datetime, end: datetime) -> dict[tuple[int, int], int]:
    first, last = _days(start, end)
    rows = (
        select(TrackedLink.member_id, Variant.content_id, func.sum(ClickTally.n))
        .select_from(ClickTally)
        .join(TrackedLink, col(TrackedLink.id) == col(ClickTally.link_id))
        .join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
        .where(ClickTally.outcome == ClickOutcome.COUNTED, ClickTally.on_date >= first, ClickTally.on_date < last)
        .group_by(col(TrackedLink.member_id), col(Variant.content_id))
    )
    return {(member_id, content_id): int(total) for member_id, content_id, total in session.exec(rows)}


def _clicks_by_day(session: Session, start: datetime, end: datetime) -> tuple[dict[date, int], dict[ClickOutcome, int]]:
    """Return the clicks that counted by day, and those that did not by why."""
    first, last = _days(start, end)
    rows = select(col(ClickTally.on_date), ClickTally.outcome, func.sum(ClickTally.n)).where(
        ClickTally.on_date >= first, ClickTally.on_date < last
    )
    by_day = {first + timedelta(days=number): 0 for number in range((last - first).days)}
    discarded: Counter[ClickOutcome] = Counter()
    for day, outcome, total in session.exec(rows.group_by(col(ClickTally.on_date), col(ClickTally.outcome))):
        if outcome is ClickOutcome.COUNTED:
            by_day[day] = int(total)
        else:
            discarded[ClickOutcome(outcome)] += int(total)
    return by_day, dict(discarded)


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
    return len(set(session.execute(made.union(approved)).scalars()))
