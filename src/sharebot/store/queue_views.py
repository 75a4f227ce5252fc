"""What the queue pages show: entries, with what became of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from sharebot.models import (
    Answer,
    ClickTally,
    Content,
    Delivery,
    QueueEntry,
    TrackedLink,
    Variant,
)
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.store.contents import get_content, list_variants
from sharebot.store.listings import find_page, like
from sharebot.store.queue import get_entry, list_waves, timing_of
from sharebot.store.titles import Title, choose_title
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    ContentKind,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Priority,
)

_ENDED = (EntryStatus.WITHDRAWN, EntryStatus.EXPIRED)
_OPEN = (DeliveryStatus.HELD, DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
# Asked of each entry in turn: the messages of one are found by an index, those of all are very many.
_IS_STILL_SENT = exists().where(
    col(Delivery.entry_id) == col(QueueEntry.id),
    col(Delivery.kind) == DeliveryKind.ITEM,
    col(Delivery.status).in_(_OPEN),
)
_PLANNED = col(QueueEntry.status).in_((EntryStatus.APPROVED, EntryStatus.RELEASING, EntryStatus.PREVIEWING))
_UNDER_WAY = and_(col(QueueEntry.status) == EntryStatus.RELEASED, _IS_STILL_SENT)
_HALTED = col(QueueEntry.status) == EntryStatus.PAUSED
SHOWN: Mapping[str, ColumnElement[bool]] = {
    "going": or_(_PLANNED, _UNDER_WAY, _HALTED),
    "planned": _PLANNED,
    "under_way": or_(_UNDER_WAY, _HALTED),
    "waiting": col(QueueEntry.status).in_((EntryStatus.PROPOSED, EntryStatus.RETURNED)),
    "done": or_(
        col(QueueEntry.status).in_(_ENDED),
        and_(col(QueueEntry.status) == EntryStatus.RELEASED, ~_IS_STILL_SENT),
    ),
}
_SORTS = {
    "time": col(QueueEntry.release_at),
    "until": col(QueueEntry.expires_at),
    "status": col(QueueEntry.status),
    "id": col(QueueEntry.id),
}


@dataclass(frozen=True, slots=True)
class EntryView:
    """A queue entry and what became of it; `clicks` are those of its content, in all its entries."""

    id: int
    content_id: int
    kind: ContentKind
    title: Title
    status: EntryStatus
    audience: Audience
    timing: Timing
    release_at: datetime
    released_at: datetime | None
    expires_at: datetime
    approved_by: str | None
    proposed_by: str | None
    returned_by: str | None
    share_from: datetime | None
    note: str
    priority: Priority
    deliveries: Mapping[DeliveryStatus, int]
    answers: Mapping[AnswerKind, int]
    clicks: int

    @property
    def total(self) -> int:
        """How many messages it is."""
        return sum(self.deliveries.values())

    @property
    def sent(self) -> int:
        """How many of them arrived."""
        return self.deliveries.get(DeliveryStatus.SENT, 0)

    @property
    def is_going_out(self) -> bool:
        """Whether something of it is still to be sent."""
        if self.status in {EntryStatus.APPROVED, EntryStatus.RELEASING, EntryStatus.PAUSED}:
            return True
        return self.status is EntryStatus.RELEASED and any(self.deliveries.get(one) for one in _OPEN)

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether there is still something to stop."""
        return self.status not in {*_ENDED, EntryStatus.RELEASING}


def list_shown(session: Session, listing: Listing, *, language: str, limit: int | None = None) -> Listed[EntryView]:
    """Return a page of entries; the filter `show` is one of SHOWN, `kind` a kind of content, `q` words of a title."""
    statement = select(QueueEntry)
    condition = SHOWN.get(listing.chosen("show"))
    if condition is not None:
        statement = statement.where(condition)
    if kind := listing.chosen("kind"):
        statement = statement.where(col(QueueEntry.content_id).in_(select(Content.id).where(Content.kind == kind)))
    if listing.q:
        titled = select(Variant.content_id).where(col(Variant.title).ilike(like(listing.q), escape="\\"))
        statement = statement.where(col(QueueEntry.content_id).in_(titled))
    found = find_page(session, statement, listing, _SORTS)
    views = _views(session, [row[0] for row in found.rows[:limit]], language=language)
    return Listed(views, found.total, found.page)


def list_some(session: Session, show: str, *, language: str, limit: int) -> tuple[list[EntryView], int]:
    """Return some entries of what SHOWN names, and how many there are: planned ones the next first, others the last."""
    listing = Listing(sort="time", descending=show != "planned", filters={"show": show})
    found = list_shown(session, listing, language=language, limit=limit)
    return list(found.rows), found.total


@dataclass(frozen=True, slots=True)
class Ahead:
    """The `planned` entries that come next, and those that are `out` and on offer; each of how many in all.

    Those still being sent come first, and are what `going` counts.
    """

    planned: Sequence[EntryView]
    to_come: int
    out: Sequence[EntryView]
    going: int


def find_ahead(session: Session, *, language: str, limit: int) -> Ahead:
    """Return some entries of what is planned and of what is out."""
    is_going = SHOWN["under_way"]
    soonest = (col(QueueEntry.release_at), col(QueueEntry.id))
    order = (case((is_going, 0), else_=1), *(one.desc() for one in soonest))
    is_out = col(QueueEntry.status).in_((EntryStatus.RELEASED, EntryStatus.PAUSED))
    planned = session.exec(select(QueueEntry).where(_PLANNED).order_by(*soonest).limit(limit)).all()
    out = session.exec(select(QueueEntry).where(is_out).order_by(*order).limit(limit)).all()
    of_each = [select(func.count(col(QueueEntry.id))).where(one).scalar_subquery() for one in (_PLANNED, is_going)]
    to_come, going = session.execute(select_columns(*of_each)).one()
    views = _views(session, [*planned, *out], language=language)
    return Ahead(views[: len(planned)], to_come, views[len(planned) :], going)


def list_entries_of(session: Session, content_id: int, *, language: str) -> list[EntryView]:
    """Return the entries of one content, newest first."""
    waves = list_waves(session, content_id)
    if not waves:
        return []
    titles = {one.language: one.title for one in list_variants(session, content_id)}
    title = choose_title(titles, language) if titles else Title("–", language)
    named = {content_id: (get_content(session, content_id).kind, title)}
    return _views(session, waves, language=language, named=named)


def get_entry_view(session: Session, entry_id: int, *, language: str) -> EntryView:
    """Return one entry. Raises NotFound."""
    return _views(session, [get_entry(session, entry_id)], language=language)[0]


_Named = Mapping[int, tuple[ContentKind, Title]]


def _views(
    session: Session, entries: Sequence[QueueEntry], *, language: str, named: _Named | None = None
) -> list[EntryView]:
    """Return entries with what became of them; `named` says of which contents, where that is known."""
    if not entries:
        return []
    ids = [entry.id or 0 for entry in entries]
    contents = {entry.content_id for entry in entries}
    named = _name(session, contents, language=language) if named is None else named
    deliveries, answers = _count_messages(session, ids)
    clicks = _clicks_of(session, list(contents))
    return [
        EntryView(
            entry.id or 0,
            entry.content_id,
            *named[entry.content_id],
            entry.status,
            Audience.from_json(entry.audience),
            timing_of(entry),
            entry.release_at,
            entry.released_at,
            entry.expires_at,
            entry.approved_by,
            entry.proposed_by,
            entry.returned_by,
            entry.share_from,
            entry.note,
            entry.priority,
            deliveries[entry.id or 0],
            answers[entry.id or 0],
            clicks.get(entry.content_id, 0),
        )
        for entry in entries
    ]


def _name(session: Session, content_ids: Collection[int], *, language: str) -> _Named:
    """Return the kinds and titles of contents."""
    rows = (
        select_columns(col(Content.id), col(Content.kind), col(Variant.language), col(Variant.title))
        .outerjoin(Variant, col(Variant.content_id) == col(Content.id))
        .where(col(Content.id).in_(content_ids))
        .order_by(col(Variant.language))
    )
    kinds: dict[int, ContentKind] = {}
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    for content_id, kind, spoken, title in session.execute(rows):
        kinds[content_id] = kind
        if spoken is not None:
            titles[content_id][spoken] = title
    return {
        one: (kind, choose_title(titles[one], language) if one in titles else Title("–", language))
        for one, kind in kinds.items()
    }


def _count_messages(
    session: Session, ids: Sequence[int]
) -> tuple[Mapping[int, Mapping[DeliveryStatus, int]], Mapping[int, Mapping[AnswerKind, int]]]:
    """Return how many items of each entry stand where, and how many were answered how."""
    item, said = col(Delivery.entry_id), col(Answer.kind)
    rows = (
        select_columns(item, col(Delivery.status), said, func.count())
        .outerjoin(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .where(item.in_(ids), col(Delivery.kind) == DeliveryKind.ITEM)
        .group_by(item, col(Delivery.status), said)
    )
    deliveries: dict[int, Counter[DeliveryStatus]] = defaultdict(Counter)
    answers: dict[int, Counter[AnswerKind]] = defaultdict(Counter)
    for entry_id, status, answer, n in session.execute(rows):
        deliveries[entry_id][status] += n
        if answer is not None:
            answers[entry_id][answer] += n
    return deliveries, answers


def _clicks_of(session: Session, content_ids: Sequence[int]) -> dict[int, int]:
    rows = (
        select(Variant.content_id, func.sum(ClickTally.n))
        .join(TrackedLink, col(TrackedLink.variant_id) == col(Variant.id))
        .join(ClickTally, col(ClickTally.link_id) == col(TrackedLink.id))
        .where(col(Variant.content_id).in_(content_ids), ClickTally.outcome == ClickOutcome.COUNTED)
        .group_by(col(Variant.content_id))
    )
    return {content_id: int(n) for content_id, n in session.exec(rows)}
