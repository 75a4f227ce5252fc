"""What the queue pages show: entries, with what became of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_
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
from sharebot.store.listings import find_page, like
from sharebot.store.queue import get_entry, timing_of
from sharebot.store.titles import Title, list_titles
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
_STILL_SENT = select(Delivery.entry_id).where(
    col(Delivery.status).in_(_OPEN), Delivery.kind == DeliveryKind.ITEM, col(Delivery.entry_id).is_not(None)
)
_PLANNED = col(QueueEntry.status).in_((EntryStatus.APPROVED, EntryStatus.RELEASING, EntryStatus.PREVIEWING))
_UNDER_WAY = and_(col(QueueEntry.status) == EntryStatus.RELEASED, col(QueueEntry.id).in_(_STILL_SENT))
_HALTED = col(QueueEntry.status) == EntryStatus.PAUSED
SHOWN: Mapping[str, ColumnElement[bool]] = {
    "going": or_(_PLANNED, _UNDER_WAY, _HALTED),
    "planned": _PLANNED,
    "under_way": or_(_UNDER_WAY, _HALTED),
    "waiting": col(QueueEntry.status).in_((EntryStatus.PROPOSED, EntryStatus.RETURNED)),
    "done": or_(
        col(QueueEntry.status).in_(_ENDED),
        and_(col(QueueEntry.status) == EntryStatus.RELEASED, col(QueueEntry.id).not_in(_STILL_SENT)),
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


def list_going(session: Session, *, language: str, limit: int) -> tuple[list[EntryView], int]:
    """Return the entries that are planned or on their way, the next first, and how many there are in all."""
    listing = Listing(sort="time", filters={"show": "going"})
    found = list_shown(session, listing, language=language, limit=limit)
    return list(found.rows), found.total


def list_entries_of(session: Session, content_id: int, *, language: str) -> list[EntryView]:
    """Return the entries of one content, newest first."""
    waves = select(QueueEntry).where(QueueEntry.content_id == content_id).order_by(col(QueueEntry.id).desc())
    return _views(session, session.exec(waves).all(), language=language)


def get_entry_view(session: Session, entry_id: int, *, language: str) -> EntryView:
    """Return one entry. Raises NotFound."""
    return _views(session, [get_entry(session, entry_id)], language=language)[0]


def _views(session: Session, entries: Sequence[QueueEntry], *, language: str) -> list[EntryView]:
    if not entries:
        return []
    ids = [entry.id or 0 for entry in entries]
    contents = {entry.content_id for entry in entries}
    titles = list_titles(session, contents, language=language)
    kinds = dict(session.exec(select(Content.id, Content.kind).where(col(Content.id).in_(contents))).all())
    deliveries = _deliveries_of(session, ids)
    answers = _answers_of(session, ids)
    clicks = _clicks_of(session, list(contents))
    return [
        EntryView(
            entry.id or 0,
            entry.content_id,
            ContentKind(kinds[entry.content_id]),
            titles.get(entry.content_id, Title("–", language)),
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


def _deliveries_of(session: Session, ids: Sequence[int]) -> dict[int, dict[DeliveryStatus, int]]:
    rows = (
        select(Delivery.entry_id, Delivery.status, func.count())
        .where(col(Delivery.entry_id).in_(ids), Delivery.kind == DeliveryKind.ITEM)
        .group_by(col(Delivery.entry_id), col(Delivery.status))
    )
    found: dict[int, dict[DeliveryStatus, int]] = defaultdict(dict)
    for entry_id, status, n in session.exec(rows):
        found[entry_id or 0][DeliveryStatus(status)] = n
    return found


def _answers_of(session: Session, ids: Sequence[int]) -> dict[int, dict[AnswerKind, int]]:
    rows = (
        select(Delivery.entry_id, Answer.kind, func.count())
        .join(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .where(col(Delivery.entry_id).in_(ids))
        .group_by(col(Delivery.entry_id), col(Answer.kind))
    )
    found: dict[int, dict[AnswerKind, int]] = defaultdict(dict)
    for entry_id, kind, n in session.exec(rows):
        found[entry_id or 0][AnswerKind(kind)] = n
    return found


def _clicks_of(session: Session, content_ids: Sequence[int]) -> dict[int, int]:
    rows = (
        select(Variant.content_id, func.sum(ClickTally.n))
        .join(TrackedLink, col(TrackedLink.variant_id) == col(Variant.id))
        .join(ClickTally, col(ClickTally.link_id) == col(TrackedLink.id))
        .where(col(Variant.content_id).in_(content_ids), ClickTally.outcome == ClickOutcome.COUNTED)
        .group_by(col(Variant.content_id))
    )
    return {content_id: int(n) for content_id, n in session.exec(rows)}
