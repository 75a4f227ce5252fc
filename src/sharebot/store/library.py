"""The library of contents: what there is, was sent and was shared, to search and to send again."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import SQLColumnExpression, func, or_, select
from sqlmodel import Session, col

from sharebot.models import Campaign, ClickTally, Content, Reshare, TrackedLink, Variant
from sharebot.store.listings import find_page, like
from sharebot.store.titles import Title, list_titles
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import ClickOutcome, ContentKind, ContentStatus, Evidence

_SEEN = (Evidence.LINK_CHECKED, Evidence.OBSERVED)
_SORTS: Mapping[str, SQLColumnExpression[Any]] = {
    "published": func.coalesce(Content.published_at, Content.created_at),
    "sent": col(Content.released_at),
    "kind": col(Content.kind),
    "status": col(Content.status),
    "id": col(Content.id),
}


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One content. `seen` parties were observed or proven to share it, `said` ones only say so; not added up."""

    id: int
    kind: ContentKind
    status: ContentStatus
    title: Title
    languages: tuple[str, ...]
    campaign: str | None
    topics: tuple[str, ...]
    evergreen: bool
    published_at: datetime | None
    released_at: datetime | None
    seen: int
    said: int
    clicks: int


def list_library(session: Session, listing: Listing, *, language: str) -> Listed[LibraryLine]:
    """Return a page of contents. `q` is looked for in titles, texts and links of all languages.

    Filters: `kind`, `status`, `campaign` (its code), `topic`, `sent` (`yes`, `no`, or `evergreen`).
    """
    statement = _narrow(select(Content, col(Campaign.code)).outerjoin(Campaign, _of_campaign()), listing)
    found = find_page(session, statement, listing, _SORTS)
    ids = [content.id for content, _ in found.rows]
    titles, spoken = list_titles(session, ids, language=language), _languages(session, ids)
    shares, clicks = _shares(session, ids), _clicks(session, ids)
    rows = [
        LibraryLine(
            content.id,
            content.kind,
            content.status,
            titles.get(content.id, Title("–", language)),
            tuple(spoken[content.id]),
            campaign,
            tuple(word for word in content.topics.split(",") if word),
            content.evergreen,
            content.published_at,
            content.released_at,
            shares[content.id, True],
            shares[content.id, False],
            clicks.get(content.id, 0),
        )
        for content, campaign in found.rows
    ]
    return Listed(rows, found.total, found.page)


def _of_campaign() -> Any:
    return col(Campaign.id) == col(Content.campaign_id)


def _narrow(statement: Any, listing: Listing) -> Any:
    if listing.q:
        pattern = like(listing.q)
        words = (col(Variant.title), col(Variant.text), col(Variant.url))
        named = select(col(Variant.content_id)).where(or_(*(one.ilike(pattern, escape="\\") for one in words)))
        statement = statement.where(col(Content.id).in_(named))
    if kind := listing.chosen("kind"):
        statement = statement.where(col(Content.kind) == kind)
    if status := listing.chosen("status"):
        statement = statement.where(col(Content.status) == status)
    if campaign := listing.chosen("campaign"):
        statement = statement.where(col(Campaign.code) == campaign)
    if topic := listing.chosen("topic"):
        listed = "," + col(Content.topics) + ","
        statement = statement.where(listed.like(f"%,{topic},%"))
    return _narrow_sent(statement, listing.chosen("sent"))


def _narrow_sent(statement: Any, sent: str) -> Any:
    if sent == "yes":
        return statement.where(col(Content.released_at).is_not(None))
    if sent == "no":
        return statement.where(col(Content.released_at).is_(None))
    return statement.where(col(Content.evergreen).is_(True)) if sent == "evergreen" else statement


def _languages(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    rows: Any = select(col(Variant.content_id), col(Variant.language)).where(col(Variant.content_id).in_(ids))
    found: dict[int, list[str]] = defaultdict(list)
    for content_id, language in session.execute(rows.order_by(col(Variant.language))):
        found[content_id].append(language)
    return found


def _shares(session: Session, ids: Collection[int]) -> dict[tuple[int, bool], int]:
    """Count the parties of each content that were seen sharing, and those that say so."""
    is_seen = col(Reshare.evidence).in_(_SEEN)
    counted: Any = (
        select(col(Reshare.content_id), is_seen, func.count(func.distinct(col(Reshare.member_id))))
        .where(col(Reshare.content_id).in_(ids))
        .group_by(col(Reshare.content_id), is_seen)
    )
    found: dict[tuple[int, bool], int] = defaultdict(int)
    for content_id, seen, n in session.execute(counted):
        found[content_id, bool(seen)] = n
    return found


def _clicks(session: Session, ids: Collection[int]) -> dict[int, int]:
    counted: Any = (
        select(col(Variant.content_id), func.sum(col(ClickTally.n)))
        .join(TrackedLink, col(TrackedLink.variant_id) == col(Variant.id))
        .join(ClickTally, col(ClickTally.link_id) == col(TrackedLink.id))
        .where(col(Variant.content_id).in_(ids), col(ClickTally.outcome) == ClickOutcome.COUNTED)
        .group_by(col(Variant.content_id))
    )
    return {content_id: int(n) for content_id, n in session.execute(counted)}
