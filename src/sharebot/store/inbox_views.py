"""What the inbox shows: drafts and what is odd about them, and how many of everything wait."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns  # SQLModel's own takes four at most
from sqlmodel import Session, col, select

from sharebot.models import Asset, Content, Delivery, Member, Proposal, QueueEntry, Source, Variant
from sharebot.rules.stories import Story
from sharebot.store.listings import find_page, like
from sharebot.store.renditions import IS_ORIGINAL
from sharebot.store.titles import Title, list_titles
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import (
    AssetKind,
    ContentKind,
    ContentStatus,
    DeliveryStatus,
    EntryStatus,
    ProposalStatus,
)

BY_HAND, BY_PARTY = "hand", "party"  # sources that are no Source
_EXCERPT = 240
_UNDECIDED = select(QueueEntry.content_id).where(
    col(QueueEntry.status).in_((EntryStatus.PROPOSED, EntryStatus.RETURNED))
)
_IS_DRAFT = col(Content.status) == ContentStatus.DRAFT
_IS_PLAIN = _IS_DRAFT & (col(Content.quarantine) == "") & col(Content.id).not_in(_UNDECIDED)
_IS_ODD = _IS_DRAFT & (col(Content.quarantine) != "")
_SORTS = {
    "date": func.coalesce(col(Content.published_at), col(Content.created_at)),
    "kind": col(Content.kind),
    "id": col(Content.id),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits in each part of the inbox."""

    drafts: int
    odd: int
    proposals: int
    waiting: int
    doubts: int


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A draft as the inbox shows it; `source` is a source's name, `party` who proposed it, `by` who wrote it here."""

    id: int
    kind: ContentKind
    title: Title
    excerpt: str
    languages: tuple[str, ...]
    url: str | None
    at: datetime
    media: tuple[AssetKind, ...]
    reasons: tuple[str, ...]
    source: str | None
    party: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Drafts that look like one story, each by its titles, and why."""

    story: Story
    versions: tuple[tuple[int, tuple[Title, ...]], ...]


def count_waiting(session: Session) -> Counts:
    """Count what waits, in one statement."""

    def count(model: Any, condition: ColumnElement[bool]) -> Any:
        return select_columns(func.count()).select_from(model).where(condition).scalar_subquery()

    statement = select_columns(
        count(Content, _IS_PLAIN),
        count(Content, _IS_ODD),
        count(Proposal, col(Proposal.status) == ProposalStatus.OPEN),
        count(QueueEntry, col(QueueEntry.status).in_((EntryStatus.PROPOSED, EntryStatus.RETURNED))),
        count(Delivery, col(Delivery.status) == DeliveryStatus.NEEDS_REVIEW),
    )
    return Counts(*session.execute(statement).one())


def list_draft_sources(session: Session) -> list[tuple[str, str]]:
    """Return the sources that drafts may come from, by number and name."""
    names = [(str(one.id), one.title or one.url) for one in session.exec(select(Source).order_by(Source.title))]
    return sorted(names, key=lambda pair: pair[1].casefold())


def list_draft_languages(session: Session) -> list[str]:
    """Return the languages that drafts have words in."""
    spoken = select(Variant.language).join(Content, col(Content.id) == col(Variant.content_id)).where(_IS_DRAFT)
    return sorted(session.exec(spoken.distinct()))


def list_cards(session: Session, listing: Listing, *, odd: bool, language: str) -> Listed[DraftCard]:
    """Return a page of drafts, the odd ones or the others.

    The filters are `kind`, `language`, and `source`: a source's number, BY_HAND or BY_PARTY.
    """
    statement = select(Content).where(_IS_ODD if odd else _IS_PLAIN)
    for condition in _narrowed(listing):
        statement = statement.where(condition)
    found = find_page(session, statement, listing, _SORTS)
    return Listed(_cards(session, [row[0] for row in found.rows], language), found.total, found.page)


def _narrowed(listing: Listing) -> Iterable[ColumnElement[bool]]:
    if kind := listing.chosen("kind"):
        yield col(Content.kind) == ContentKind(kind)
    if spoken := listing.chosen("language"):
        yield col(Content.id).in_(select(Variant.content_id).where(Variant.language == spoken))
    source = listing.chosen("source")
    if source == BY_HAND:
        yield col(Content.created_by).is_not(None)
    elif source == BY_PARTY:
        yield col(Content.proposed_by_id).is_not(None)
    elif source.isdecimal():
        yield col(Content.id).in_(select(Variant.content_id).where(Variant.source_id == int(source[:9])))
    if listing.q:
        pattern = like(listing.q)
        said = col(Variant.title).ilike(pattern, escape="\\") | col(Variant.text).ilike(pattern, escape="\\")
        yield col(Content.id).in_(select(Variant.content_id).where(said))


def _cards(session: Session, contents: Collection[Content], language: str) -> list[DraftCard]:
    ids = [content.id or 0 for content in contents]
    titles = list_titles(session, ids, language=language)
    versions: dict[int, list[Any]] = defaultdict(list)
    rows = select_columns(
        col(Variant.content_id),
        col(Variant.language),
        col(Variant.url),
        func.substr(col(Variant.text), 1, _EXCERPT),
        col(Variant.source_id),
    ).where(col(Variant.content_id).in_(ids))
    for row in session.execute(rows.order_by(col(Variant.language))):
        versions[row[0]].append(row)
    media = _media_of(session, ids)
    sources = {one.id: one.title or one.url for one in session.exec(_sources_of(versions))}
    proposers = {one.proposed_by_id for one in contents if one.proposed_by_id}
    parties = select(Member.id, Member.name).where(col(Member.id).in_(proposers))
    names = dict(session.exec(parties).all()) if proposers else {}
    return [
        _card(content, titles, versions[content.id or 0], media[content.id or 0], (sources, names), language)
        for content in contents
    ]


def _sources_of(versions: dict[int, list[Any]]) -> Any:
    return select(Source).where(col(Source.id).in_({row[4] for group in versions.values() for row in group if row[4]}))


def _card(
    content: Content,
    titles: dict[int, Title],
    versions: list[Any],
    media: set[AssetKind],
    named: tuple[dict[Any, str], dict[Any, str]],
    language: str,
) -> DraftCard:
    title = titles.get(content.id or 0, Title("–", language))
    shown = next((row for row in versions if row[1] == title.language), None)
    return DraftCard(
        content.id or 0,
        content.kind,
        title,
        " ".join(shown[3].split()) if shown else "",
        tuple(row[1] for row in versions),
        shown[2] if shown else None,
        content.published_at or content.created_at,
        tuple(sorted(media)),
        tuple(line for line in content.quarantine.split("\n") if line),
        next((named[0][row[4]] for row in versions if row[4] in named[0]), None),
        named[1].get(content.proposed_by_id),
        content.created_by,
    )


def _media_of(session: Session, content_ids: Collection[int]) -> dict[int, set[AssetKind]]:
    found: dict[int, set[AssetKind]] = defaultdict(set)
    kinds = (
        select(Variant.content_id, Asset.kind)
        .join(Asset, col(Asset.variant_id) == col(Variant.id))
        .where(col(Variant.content_id).in_(content_ids), IS_ORIGINAL)
    )
    for content_id, kind in session.exec(kinds.distinct()):
        found[content_id].add(AssetKind(kind))
    return found


def describe(session: Session, stories: Collection[Story]) -> list[Lookalike]:
    """Return stories with the titles of their drafts."""
    if not stories:
        return []
    ids = {content_id for story in stories for content_id in story.ids}
    titles: dict[int, list[Title]] = defaultdict(list)
    rows = select(Variant.content_id, Variant.language, Variant.title).where(col(Variant.content_id).in_(ids))
    for content_id, language, title in session.exec(rows.order_by(Variant.language)):
        titles[content_id].append(Title(title, language))
    return [Lookalike(story, tuple((one, tuple(titles[one])) for one in story.ids)) for story in stories]
