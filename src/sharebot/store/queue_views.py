"""What the queue pages show: entries with what became of them, and one entry's deliveries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from sharebot.models import (
    Answer,
    ClickTally,
    Content,
    Delivery,
    Member,
    Officer,
    QueueEntry,
    TrackedLink,
    Variant,
)
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.store.queue import get_entry, list_entries, timing_of
from sharebot.store.titles import Title, list_titles
from sharebot.store.zones import zone_of
from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    ContentKind,
    DeclineReason,
    DeliveryStatus,
    EntryStatus,
    Priority,
)

LISTED = 200  # as many as a person can look through on one page
_ENDED = (EntryStatus.WITHDRAWN, EntryStatus.EXPIRED)
_OPEN = (DeliveryStatus.HELD, DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


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


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One message, by the party and seat it went to; never a chat id."""

    id: int
    member_name: str
    member_code: str
    seat: int
    zone: str
    language: str | None
    status: DeliveryStatus
    due_at: datetime
    sent_at: datetime | None
    copies: int
    answer: AnswerKind | None
    reason: DeclineReason | None
    error: str | None


def list_entry_views(session: Session, *, language: str) -> list[EntryView]:
    """Return the newest entries, newest first."""
    return _views(session, list_entries(session)[:LISTED], language=language)


def list_entries_of(session: Session, content_id: int, *, language: str) -> list[EntryView]:
    """Return the entries of one content, newest first."""
    entries = [entry for entry in list_entries(session) if entry.content_id == content_id]
    return _views(session, entries, language=language)


def get_entry_view(session: Session, entry_id: int, *, language: str) -> EntryView:
    """Return one entry. Raises NotFound."""
    return _views(session, [get_entry(session, entry_id)], language=language)[0]


def list_delivery_lines(session: Session, entry_id: int) -> list[DeliveryLine]:
    """Return the deliveries of an entry by party."""
    rows = (
        select(Delivery, Officer, Member, Answer)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(Member, col(Member.id) == col(Officer.member_id))
        .outerjoin(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .where(Delivery.entry_id == entry_id)
        .order_by(Member.name, col(Officer.id))
    )
    versions = select(Variant.id, Variant.language).join(Delivery).where(Delivery.entry_id == entry_id)
    spoken = dict(session.exec(versions.distinct()).all())
    lines: list[DeliveryLine] = []
    seats: dict[int, int] = defaultdict(int)
    for delivery, officer, member, answer in session.exec(rows):
        seats[officer.member_id] += 1
        # A high-risk officer's own answer is shown to nobody.
        said = None if officer.high_risk else answer
        language = spoken.get(delivery.variant_id)
        lines.append(_line(delivery, member, seats[officer.member_id], language, said))
    return lines


def _line(delivery: Delivery, member: Member, seat: int, language: str | None, answer: Answer | None) -> DeliveryLine:
    return DeliveryLine(
        delivery.id or 0,
        member.name,
        member.code,
        seat,
        zone_of(None, member.zone),
        language,
        delivery.status,
        delivery.due_at,
        delivery.sent_at,
        delivery.copies,
        answer.kind if answer else None,
        answer.reason if answer else None,
        delivery.error,
    )


def _views(session: Session, entries: Sequence[QueueEntry], *, language: str) -> list[EntryView]:
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
        .where(col(Delivery.entry_id).in_(ids))
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
