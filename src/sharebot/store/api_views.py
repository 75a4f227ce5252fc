"""What other programs are shown: lists by the page, of ids, words and public texts alone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func
from sqlmodel import Session, col, select

from sharebot.errors import NotFound
from sharebot.models import Answer, Asset, Content, Delivery, Member, Officer, QueueEntry, Reshare, Variant
from sharebot.store.listings import like
from sharebot.values.status import (
    AnswerKind,
    ContentKind,
    ContentStatus,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    MemberStatus,
    OfficerStatus,
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows of a list: a page, counted from 1, of so many."""

    page: int
    limit: int


@dataclass(frozen=True, slots=True)
class ContentRow:
    """A content and its titles by language."""

    content: Content
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry, and how many of its items stand where and were answered how."""

    entry: QueueEntry
    deliveries: Mapping[DeliveryStatus, int]
    answers: Mapping[AnswerKind, int]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member, and how many of its seats stand where; seats of people at high risk are not counted."""

    member: Member
    seats: Mapping[OfficerStatus, int]


@dataclass(frozen=True, slots=True)
class ReshareRow:
    """A reshare, and the code of the member it is of."""

    reshare: Reshare
    member: str


@dataclass(frozen=True, slots=True)
class ContentFilter:
    """Which contents; None narrows nothing. `q` stands in a title or a text."""

    q: str | None = None
    status: ContentStatus | None = None
    kind: ContentKind | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ReshareFilter:
    """Which reshares; None narrows nothing. `since` is when they were found."""

    since: datetime | None = None
    content_id: int | None = None
    member: str | None = None
    evidence: Evidence | None = None
    region: str | None = field(default=None, kw_only=True)


def find_contents(session: Session, wanted: ContentFilter, cut: Cut) -> tuple[list[ContentRow], int]:
    """Return contents, newest first, and how many there are."""
    rows = select(Content).order_by(col(Content.id).desc())
    version = exists().where(col(Variant.content_id) == col(Content.id))
    if wanted.status:
        rows = rows.where(Content.status == wanted.status)
    if wanted.kind:
        rows = rows.where(Content.kind == wanted.kind)
    if wanted.language:
        rows = rows.where(version.where(col(Variant.language) == wanted.language))
    if wanted.q:
        pattern = like(wanted.q)
        said = col(Variant.title).ilike(pattern, escape="\\") | col(Variant.text).ilike(pattern, escape="\\")
        rows = rows.where(version.where(said))
    found, total = _cut(session, rows, cut)
    titles = _titles_of(session, [one.id or 0 for one in found])
    return [ContentRow(one, titles[one.id or 0]) for one in found], total


def _titles_of(session: Session, content_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    versions = select(Variant.content_id, Variant.language, Variant.title).where(
        col(Variant.content_id).in_(content_ids)
    )
    for content_id, language, title in session.exec(versions.order_by(Variant.language)):
        titles[content_id][language] = title
    return titles


def list_assets(session: Session, variant_ids: Collection[int]) -> dict[int, list[Asset]]:
    """Return the originals of language versions, by version."""
    found: dict[int, list[Asset]] = {one: [] for one in variant_ids}
    originals = select(Asset).where(col(Asset.variant_id).in_(variant_ids), col(Asset.original_id).is_(None))
    for one in session.exec(originals.order_by(col(Asset.id))):
        found[one.variant_id].append(one)
    return found


def find_entries(
    session: Session, cut: Cut, *, status: EntryStatus | None, content_id: int | None
) -> tuple[list[EntryRow], int]:
    """Return entries, newest first, and how many there are."""
    rows = select(QueueEntry).order_by(col(QueueEntry.id).desc())
    if status:
        rows = rows.where(QueueEntry.status == status)
    if content_id:
        rows = rows.where(QueueEntry.content_id == content_id)
    found, total = _cut(session, rows, cut)
    return count_messages(session, found), total


def count_messages(session: Session, entries: Sequence[QueueEntry]) -> list[EntryRow]:
    """Return entries with what became of their items."""
    items = (col(Delivery.entry_id).in_([one.id for one in entries]), Delivery.kind == DeliveryKind.ITEM)
    counted = select(Delivery.entry_id, Delivery.status, func.count()).where(*items)
    deliveries: dict[int, dict[DeliveryStatus, int]] = defaultdict(dict)
    for entry_id, status, n in session.exec(counted.group_by(col(Delivery.entry_id), col(Delivery.status))):
        deliveries[entry_id or 0][DeliveryStatus(status)] = n
    said = select(Delivery.entry_id, Answer.kind, func.count()).join(
        Answer, col(Answer.delivery_id) == col(Delivery.id)
    )
    answers: dict[int, dict[AnswerKind, int]] = defaultdict(dict)
    for entry_id, kind, n in session.exec(said.where(*items).group_by(col(Delivery.entry_id), col(Answer.kind))):
        answers[entry_id or 0][AnswerKind(kind)] = n
    return [EntryRow(one, deliveries[one.id or 0], answers[one.id or 0]) for one in entries]


def find_members(
    session: Session, cut: Cut, *, q: str | None, region: str | None, status: MemberStatus | None
) -> tuple[list[MemberRow], int]:
    """Return members by code, and how many there are; in `region` alone when one is given."""
    rows = select(Member).order_by(Member.code)
    if region is not None:
        rows = rows.where(Member.region == region)
    if status:
        rows = rows.where(Member.status == status)
    if q:
        pattern = like(q)
        rows = rows.where(col(Member.name).ilike(pattern, escape="\\") | col(Member.code).ilike(pattern, escape="\\"))
    found, total = _cut(session, rows, cut)
    return _count_seats(session, found), total


def get_member_row(session: Session, code: str, *, region: str | None) -> MemberRow:
    """Return one member. Raises NotFound, for those of another region too."""
    found = session.exec(select(Member).where(Member.code == code)).first()
    if found is None or (region is not None and found.region != region):
        raise NotFound("there is no such member")
    return _count_seats(session, [found])[0]


def _count_seats(session: Session, members: Sequence[Member]) -> list[MemberRow]:
    counted = (
        select(Officer.member_id, Officer.status, func.count())
        .where(col(Officer.member_id).in_([one.id for one in members]), col(Officer.high_risk).is_(False))
        .group_by(col(Officer.member_id), col(Officer.status))
    )
    seats: dict[int, dict[OfficerStatus, int]] = defaultdict(dict)
    for member_id, status, n in session.exec(counted):
        seats[member_id][OfficerStatus(status)] = n
    return [MemberRow(one, seats[one.id or 0]) for one in members]


def find_reshares(session: Session, wanted: ReshareFilter, cut: Cut) -> tuple[list[ReshareRow], int]:
    """Return reshares in the order in which they were found, and how many there are."""
    rows = select(Reshare, Member.code).join(Member, col(Member.id) == col(Reshare.member_id))
    rows = rows.order_by(col(Reshare.id))
    if wanted.region is not None:
        rows = rows.where(Member.region == wanted.region)
    if wanted.since:
        rows = rows.where(Reshare.created_at >= wanted.since)
    if wanted.content_id:
        rows = rows.where(Reshare.content_id == wanted.content_id)
    if wanted.member is not None:
        rows = rows.where(Member.code == wanted.member)
    if wanted.evidence:
        rows = rows.where(Reshare.evidence == wanted.evidence)
    found, total = _cut(session, rows, cut)
    return [ReshareRow(reshare, code) for reshare, code in found], total


def _cut(session: Session, rows: Any, cut: Cut) -> tuple[list[Any], int]:
    total = session.execute(select(func.count()).select_from(rows.order_by(None).subquery())).scalar_one()
    return list(session.exec(rows.limit(cut.limit).offset((cut.page - 1) * cut.limit)).all()), total
